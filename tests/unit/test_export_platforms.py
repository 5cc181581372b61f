"""Tables of what was spent that carry few of a report's marks, platforms' heads in many languages, and amounts that need a question."""

from __future__ import annotations

import pytest

from core.model.reading import Correction, PerformanceTable, Reading
from core.sheets.loading import load_workbook
from core.sheets.reading import read_workbook
from core.sheets.reading.platform_heads import platform_head
from tests.unit.sheets import codes


def _csv(text: str, *corrections: Correction) -> Reading:
    return read_workbook(load_workbook("report.csv", text.encode()), corrections=corrections)


def _sums(found: Reading) -> tuple[float, ...]:
    (table,) = found.performance
    return tuple(sum(getattr(row, name) or 0 for row in table.rows) for name in ("spend_minor", "impressions", "clicks", "conversions"))


def _asked(found: Reading) -> set[str]:
    return {question.kind for question in found.questions}


@pytest.mark.parametrize(
    ("text", "currency", "spend"),
    [
        (
            "Campaign Name,Campaign Group Name,Campaign Status,Cost,Clicks,CTR\n"
            'A,,Paused,"NOK1,400.11",511,6.1%\nB,,Enabled,NOK302.22,123,3.2%\n',
            "NOK",
            170_233,
        ),
        ("Campaign Name,Cost,Cost (Comparison)\nA,£101.21,£98.10\nB,£77.43,£55.20\n", "GBP", 17_864),
        ('Kampagnenname,Kosten (Vergleich),Kosten,Klicks\nA,"1.002,10 €","1.212,30 €",345\nB,"702,10 €","812,77 €",247\n', "EUR", 202_507),
        ("Device,Cost,Impressions,Clicks\nMobile,€401.11,8511,311\nTablet,€21.31,623,17\nComputer,€99.13,3217,127\n", "EUR", 52_155),
        ("Реклама,Статус,CPA,ROAS,CPC,Spend EUR\nA,Running,,,0.41,3.11\nB,Running,8.7,1.4,0.29,2.32\nC,On hold,,,0.61,1.57\n", "EUR", 700),
    ],
)
def test_cards_and_lists_of_results_without_days_are_performance(text: str, currency: str, spend: int) -> None:
    found = _csv(text)
    assert not found.is_media_plan and found.performance[0].currency == currency and _sums(found)[0] == spend
    assert all(row.start is None for row in found.performance[0].rows)


@pytest.mark.parametrize(
    ("text", "spend", "first"),
    [
        ("date,utm_source,utm_medium,utm_campaign,cost\n2026-03-01T07:21:13,google,cpc,a,311\n2026-03-02T15:02:44,tg,social,a,127\n"
         "2026-03-04T02:33:59,tg,social,b,97\n", 53_500, "2026-03-01"),
        ("date,station,market,spots_aired,rate_card_cost,negotiated_cost,spend,reach_000\n2026-01-05,A,GB,4,1210.5,800.25,800.25,88\n"
         "2026-01-06,B,GB,3,910.5,600.75,600.75,70\n", 140_100, "2026-01-05"),
        ("owner_name,account_id,spend_today,status\nA,11223344,,Request failed: (429) Too many requests.\n"
         "B,55667788,41302,ok\n", 4_130_200, "None"),
        ("cliente,verba_mensal_centavos,gasto_no_mes_centavos,pct_da_verba,estourou_em\nA,1500000,1622301,108.2,2026-05-19\n"
         "B,800000,711207,88.9,\nC,900000,402113,44.7,\n", 2_735_621, "None"),
    ],
)  # fmt: skip
def test_records_of_what_was_spent_are_performance_whose_currency_is_asked(text: str, spend: int, first: str) -> None:
    found = _csv(text)
    assert not found.is_media_plan and _sums(found)[:2] == (spend, 0) and _asked(found) == {"currency"}
    assert str(found.performance[0].rows[0].start) == first


def test_rows_without_any_figure_are_said_and_count_nothing() -> None:
    found = _csv("owner_name,account_id,spend_today,status\nA,11223344,,(429) Too many requests\nB,55667788,41302,ok\n")
    assert [row.spend_minor for row in found.performance[0].rows] == [None, 4_130_200] and "no_figures" in codes(found)


@pytest.mark.parametrize(
    "text",
    [
        "week,channel,partner,planned_spend\n2026-04-06,Audio,Spotify,8000\n2026-04-13,Display,TTD,15700\n",
        "campaign_name,start_date,end_date,channel,spend\nA,2026-04-06,2026-05-06,Audio,8000\nB,2026-04-13,2026-05-13,Display,15700\n",
        "Channel,Publisher,Budget EUR,CPM,Impressions,CTR,Clicks\nSocial,Meta,12000,6,2000000,1%,20000\n"
        "Video,YT,8000,10,800000,0.5%,4000\n",
        "Platform,Cost EUR,CPC,Clicks\nMeta,12000,0.45,26667\nGoogle,8000,1.1,7273\nBing,2000,0.9,2222\n",
        "line_id,channel_name,budget_eur,start_date,end_date,spend_to_date\n1,Meta,10000,2026-01-01,2026-03-31,4021.33\n"
        "2,Google,20000,2026-01-01,2026-03-31,9021.12\n",
    ],
)
def test_plans_with_fields_estimates_or_spend_beside_the_budget_stay_plans(text: str) -> None:
    found = _csv(text)
    assert found.is_media_plan and not found.performance


def test_days_on_which_ads_began_and_ended_are_not_the_days_of_the_report() -> None:
    head = ",Ad Name,Adset Name,Creative Type,Spend In USD,Impressions,First Ad Spend Date,Last Ad Spend Date,Days ad spending\n"
    found = _csv(f'{head}1,A,S,VIDEO,"$4,211","90,127",2025-03-02,2025-05-11,70\n2,B,S,SHARE,"$1,307","31,411",2025-04-07,2025-04-29,22\n')
    (table,) = found.performance
    assert (table.currency, _sums(found)[0]) == ("USD", 551_800) and {row.start for row in table.rows} == {None}
    assert "other_dates" in codes(found)


_HEADS = {
    "sv": "Dag,Kampanj,Valutakod,Klick,Exp.,Kostnad,Konv.frekvens,Konverteringar,Kostnad/konv.,Konv.värde",
    "da": "Dag,Kampagne,Valutakode,Klik,Visn.,Omkostning,Konv.rate,Konverteringer,Omkostning/konv.,Konv.værdi",
    "no": "Dag,Kampanje,Valutakode,Klikk,Visn.,Kostnad,Konv.frekvens,Konverteringer,Kostnad/konv.,Konv.verdi",
    "fi": "Päivä,Kampanja,Valuuttakoodi,Klikkaukset,Näytt.,Hinta,Konv.suhde,Konversiot,Hinta/konv.,Konv.arvo",
    "pl": "Dzień,Kampania,Kod waluty,Kliknięcia,Wyśw.,Koszt,Wsp. konw.,Konwersje,Koszt konw.,Wartość konw.",
    "cs": "Den,Kampaň,Kód měny,Prokliky,Zobr.,Cena,Konv. poměr,Konverze,Cena/konv.,Hodnota konv.",
    "hu": "Nap,Kampány,Pénznemkód,Kattintások,Megj.,Költség,Konv. arány,Konverziók,Költség/konv.,Konv. értéke",
    "tr": "Gün,Kampanya,Para birimi kodu,Tıklamalar,Göst.,Maliyet,Dönş. oranı,Dönüşümler,Maliyet/dönş.,Dönş. değeri",
    "ja": "日,キャンペーン,通貨コード,クリック数,表示回数,費用,コンバージョン率,コンバージョン,コンバージョン単価,コンバージョン値",
    "ko": "일,캠페인,통화 코드,클릭수,노출수,비용,전환율,전환수,전환당비용,전환 가치",
    "zh": "日期,广告计划名称,货币,点击数,展示数,消耗,转化率,转化数,转化成本,转化金额",
    "zh-tw": "日期,廣告活動,貨幣代碼,點擊次數,曝光次數,費用,轉換率,轉換次數,轉換成本,轉換價值",
}


@pytest.mark.parametrize("language", _HEADS)
def test_heads_of_platforms_are_known_in_their_languages(language: str) -> None:
    rows = ["2026-05-01,A,EUR,211,5117,731.21,5.10%,2.25,324.98,1411.31", "2026-05-02,B,EUR,83,1203,302.13,3.15%,3.41,88.60,611.17"]
    found = _csv("\n".join([_HEADS[language], *rows]))
    (table,) = found.performance
    spend, impressions, clicks, conversions = _sums(found)
    assert (spend, impressions, clicks, round(conversions, 2)) == (103_334, 6_320, 294, 5.66)
    assert sum(row.value_minor or 0 for row in table.rows) == 202_248 and table.currency == "EUR"
    assert [(str(row.start), row.campaign) for row in table.rows] == [("2026-05-01", "A"), ("2026-05-02", "B")]


def test_a_chinese_report_that_names_yuan_only_in_its_heads_is_read() -> None:
    head = "时间,广告计划名称,广告计划ID,投放范围,消耗(元),展示数,点击数,点击率,平均点击单价(元),转化数,转化成本(元)\n"
    body = '2026-06-01,A,17654321\t,抖音,"1,811.25","61,207","913",1.49%,1.98,23,78.75\n'
    body += '总计-1,-,-,-,"1,811.25","61,207","913",1.49%,1.98,23,78.75\n'
    found = _csv(head + body)
    assert _sums(found) == (181_125, 61_207, 913, 23) and found.performance[0].currency == "CNY"


def test_spend_with_vat_says_so() -> None:
    head = '일별,캠페인,노출수,클릭수,클릭률(%),"평균클릭비용(VAT포함,원)","총비용(VAT포함,원)",전환수\n'
    found = _csv(f"{head}2026.06.01.,A,18203,611,3.36,512,312832,9\n2026.06.02.,A,16111,402,2.50,498,200196,11\n")
    assert _sums(found) == (513_028, 34_314, 1_013, 20) and found.performance[0].currency == "KRW" and "with_vat" in codes(found)
    assert str(found.performance[0].rows[1].start) == "2026-06-02"


@pytest.mark.parametrize(
    ("head", "amounts", "spend"),
    [
        ("spend_cents", ("12345", "2345"), 14_690),
        ("Cost (pence)", ("12345", "2345"), 14_690),
        ("cost_micros", ("12340000", "2345678"), 1_469),
        ("spendMicros", ("12340000", "2345678"), 1_469),
        ("gasto_centavos", ("12345", "2345"), 14_690),
    ],
)
def test_amounts_in_parts_of_a_unit_are_read_as_such(head: str, amounts: tuple[str, str], spend: int) -> None:
    first, second = amounts
    found = _csv(f"date,campaign,{head},impressions,clicks,currency\n2026-03-01,A,{first},1001,33,EUR\n2026-03-02,A,{second},402,13,EUR\n")
    assert _sums(found)[0] == spend


_MIXED = "Berichtsstart,Berichtsende,Kampagnenname,Ergebnisse,Ergebnisindikator,Impressionen,Ausgegebener Betrag (EUR)\n" + (
    "2026-05-01,2026-05-31,A,205,actions:lead,211033,3107.41\n2026-05-01,2026-05-31,B,61,actions:purchase,70211,1204.22\n"
)


def test_results_of_several_kinds_count_as_conversions_once_a_person_says_which() -> None:
    found = _csv(_MIXED)
    (question,) = found.questions
    assert question.kind == "which_results" and [option.value for option in question.options] == ["actions:lead", "actions:purchase", "all"]
    assert [row.conversions for row in found.performance[0].rows] == [None, None]
    settled = _csv(_MIXED, Correction("answer", question.key, "actions:purchase", tab=question.tab))
    assert not settled.questions and [row.conversions for row in settled.performance[0].rows] == [None, 61]
    assert _sums(_csv(_MIXED, Correction("answer", question.key, "all", tab=question.tab)))[3] == 266


def test_results_of_one_kind_or_beside_named_purchases_are_not_asked_about() -> None:
    one = _csv(_MIXED.replace("actions:purchase", "actions:lead"))
    assert not one.questions and _sums(one)[3] == 266
    head = "Reporting starts,Reporting ends,Campaign name,Results,Result type,Purchases,Amount spent (USD),Impressions\n"
    rows = "2026-03-01,2026-03-07,A,12,Website purchases,12,100.21,20011\n2026-03-01,2026-03-07,B,4112,Link clicks,,80.11,30021\n"
    beside = _csv(head + rows)
    assert not beside.questions and _sums(beside)[3] == 12


def test_of_several_costs_what_was_billed_counts_and_the_others_are_named() -> None:
    head = "Date,Insertion Order,Line Item,Impressions,Clicks,Media Cost (Advertiser Currency),Total Media Cost (Advertiser Currency)"
    body = "2026/06/01,IO,LI,51203,101,1800.111111,2000.222222,2200.333333,DKK\n"
    body += "2026/06/02,IO,LI,60111,177,1500.444444,1700.555555,1900.666666,DKK\n"
    found = _csv(f"{head},Revenue (Adv Currency),Advertiser Currency\n{body}")
    (said,) = [warning.message for warning in found.warnings if warning.code == "several_costs"]
    assert _sums(found)[0] == 410_100 and "'Revenue (Adv Currency)'" in said and "3,700.78" in said


def test_a_dollar_sign_alone_is_us_dollars_until_somebody_says_which() -> None:
    body = "2026-03-01,A,$10.11,1011,11\n2026-03-02,A,$12.31,1311,13\n"
    found = _csv(f"Day,Campaign,Cost,Impr.,Clicks\n{body}")
    (question,) = found.questions
    assert found.performance[0].currency == "USD" and question.kind == "currency" and "$" in question.why
    said = _csv(f"Day,Campaign,Cost,Impr.,Clicks\n{body}", Correction("answer", question.key, "AUD", tab=question.tab))
    assert {row.currency for row in said.performance[0].rows} == {"AUD"} and not said.questions


@pytest.mark.parametrize("days", [('"Mar 1, 2026"', '"Mar 2, 2026"'), ("03/14/2026", "03/15/2026")])
def test_a_dollar_sign_beside_american_days_is_not_asked_about(days: tuple[str, str]) -> None:
    first, second = days
    found = _csv(f"Day,Campaign,Cost,Impr.,Clicks\n{first},A,$10.11,1011,11\n{second},A,$12.31,1311,13\n")
    assert found.performance[0].currency == "USD" and not found.questions


def test_two_rows_that_are_alike_among_zeros_are_no_total() -> None:
    body = "2026-03-01,A,x,0,0,0\n2026-03-02,A,x,0.22,10,1\n2026-03-03,A,x,0.22,10,1\n2026-03-04,A,x,0,0,0\n"
    found = _csv(f"Date,Campaign name,Ad set name,Amount spent (EUR),Impressions,Clicks\n{body}")
    tables: tuple[PerformanceTable, ...] = found.performance
    assert len(tables[0].rows) == 4 and _sums(found)[0] == 44


def test_a_unit_in_brackets_does_not_hide_a_platform_s_head() -> None:
    head = platform_head("총비용(VAT포함,원)")
    assert head is not None and (head.kind, head.key) == ("money", "spend") and "naver" in head.platforms
    assert platform_head("Cost (Comparison)") is None


_BUDGETED = (
    "campaign_id,campaign_name,channel,start_date,end_date,budget_usd,spend_usd,impressions,clicks,ctr,conversions,revenue_usd\n"
    "C1,Spring,Facebook,2026-03-02,2026-03-29,3000.00,2711.13,210119,5141,2.45%,107,7411.21\n"
    "C2,Search,Google Search,2026-03-09,2026-03-22,1500.00,1402.77,98761,3141,3.18%,211,9120.10\n"
    "C3,Video,YouTube,2026-03-02,2026-04-05,2500.00,2102.41,301223,1207,0.40%,31,1107.31\n"
)


def test_budgets_with_flights_beside_spend_are_asked_about_and_may_be_the_plan() -> None:
    found = _csv(_BUDGETED)
    (question,) = found.questions
    assert question.kind == "plan_or_performance" and "7,000.00" in question.why and _sums(found)[0] == 621_631
    plan = _csv(_BUDGETED, Correction("answer", question.key, "plan", tab=question.tab))
    assert plan.is_media_plan and not plan.performance and plan.tables[0].total_minor == 700_000
    kept = _csv(_BUDGETED, Correction("answer", question.key, "performance", tab=question.tab))
    assert not kept.questions and _sums(kept) == _sums(found)


def test_daily_budgets_beside_spend_are_named_with_their_sum() -> None:
    head = "Date,Campaign,Daily Budget USD,Spend,Running spend,Impressions,Clicks\n"
    rows = "2026-03-02,A,110,101.31,101.31,10119,514\n2026-03-03,A,120,117.77,219.08,9871,311\n2026-03-04,A,120,98.41,317.49,9433,307\n"
    found = _csv(head + rows)
    (said,) = found.warnings
    assert said.code == "budget_beside_spend" and "350.00" in said.message and _sums(found)[0] == 31_749


def test_a_fee_names_no_channel_and_the_net_cost_counts_before_the_gross() -> None:
    head = "Date,Campaign,Media cost (EUR),Platform fee (EUR),Total cost (EUR),Impressions,Clicks\n"
    found = _csv(f"{head}2026-03-02,A,10.11,1.01,11.12,1011,11\n2026-03-03,A,12.31,1.23,13.54,1311,13\n")
    assert _sums(found)[0] == 2_466 and {row.channel for row in found.performance[0].rows} == {None}
    based = _csv("Date,Campaign,Gross cost (EUR),Net cost (EUR),Impressions,Clicks\n2026-03-02,A,12.03,10.11,1011,11\n")
    assert _sums(based)[0] == 1_011 and "several_costs" in codes(based)


def test_a_series_of_days_with_what_they_brought_is_performance() -> None:
    rows = "2026-03-02,Search,500,14,1010.1\n2026-03-02,Social,410,12,910.2\n2026-03-03,Search,500,13,1000.1\n"
    found = _csv(f"date,channel,spend,conversions,revenue\n{rows}")
    assert _sums(found) == (141_000, 0, 0, 39) and {row.channel for row in found.performance[0].rows} == {"Search", "Social"}
    assert _csv("date,channel,budget,conversions\n2026-03-02,Search,500,14\n2026-03-02,Social,410,12\n").is_media_plan


def test_media_across_are_not_one_of_them_alone() -> None:
    found = _csv(
        "week,tv_spend,radio_spend,search_spend,sales\n2026-03-02,5013.18,1400.1,1010.1,99100\n2026-03-09,4013.18,1200.1,910.2,912\n"
    )
    assert not found.performance


@pytest.mark.parametrize(
    ("head", "conversions"),
    [("Gesamtbestellungen (14 Tage)", 7), ("구매(7일)", 7), ("注文数", 7), ("Total des commandes (14 jours)", 7)],
)
def test_windows_in_brackets_do_not_hide_what_is_counted(head: str, conversions: int) -> None:
    found = _csv(f"Date,Campaign,Spend (EUR),Impressions,Clicks,{head}\n2026-03-02,A,10.11,1011,11,3\n2026-03-03,A,12.31,1311,13,4\n")
    assert _sums(found)[3] == conversions


@pytest.mark.parametrize(
    ("text", "spend", "rows"),
    [
        (
            "CATEGORY,SUB_CATEGORY,OCT25_SPEND,NOV25_SPEND,OCT25_CPA,NOV25_CPA\nA,x,131,402,21.3,15.7\nA,y,37,,8.9,\nTotal,,168,402,,\n",
            57_000,
            3,
        ),
        ("campaign_name,spend_2025_10,spend_2025_11\nA,12.2,45.8\nB,2.4,\n", 6_040, 3),
    ],
)
def test_months_across_in_fields_are_a_row_each(text: str, spend: int, rows: int) -> None:
    found = _csv(text)
    (table,) = found.performance
    assert (_sums(found)[0], len(table.rows)) == (spend, rows) and _asked(found) == {"currency"} and not found.warnings
    assert [(str(row.start), str(row.end)) for row in table.rows[:2]] == [("2025-10-01", "2025-10-31"), ("2025-11-01", "2025-11-30")]


def test_months_across_that_a_person_writes_or_that_are_budgets_stay_a_plan() -> None:
    for head in ("channel,budget_2026_01,budget_2026_02", "Channel,Spend Jan 2026,Spend Feb 2026"):
        assert _csv(f"{head}\nSearch,1200,4580\nSocial,240,510\n").is_media_plan
