"""Exports as they are passed on: a summary over its detail, pairs above, days that a spreadsheet turned, heads that no list has."""

from __future__ import annotations

from datetime import date

from core.model.reading import PerformanceTable, Reading
from core.sheets.loading import load_workbook
from core.sheets.reading import read_workbook
from tests.unit.sheets import Rows, codes, read

_ = None


def _csv(text: str) -> Reading:
    return read_workbook(load_workbook("report.csv", text.encode()))


def _days(found: Reading) -> list[str]:
    (table,) = found.performance
    return [f"{row.start}..{row.end}" for row in table.rows]


def _spend(table: PerformanceTable) -> int:
    return sum(row.spend_minor or 0 for row in table.rows)


def test_a_summary_over_its_own_detail_leaves_the_detail() -> None:
    summary = "Summary\nPlatform,Spend (EUR),Impressions,Clicks\nGoogle,300.00,30000,300\nMeta,200.00,20000,200\nTotal,500.00,50000,500\n\n"
    detail = "2026-03-01,Google,G1,150.00,15000,150\n2026-03-02,Google,G1,150.00,15000,150\n2026-03-01,Meta,M1,200.00,20000,200\n"
    found = _csv(f"{summary}Date,Platform,Campaign,Spend (EUR),Impressions,Clicks\n{detail}")
    assert (len(found.performance[0].rows), _spend(found.performance[0])) == (3, 50_000) and "other_table" in codes(found)


def test_another_table_below_a_report_is_not_added_to_it() -> None:
    top = "Date,Campaign,Spend (EUR),Impressions,Clicks\n2026-03-01,G1,150.00,15000,150\n2026-03-02,G1,150.00,15000,150\n\n"
    found = _csv(f"{top}Device,Ad name,Spend (EUR),Impressions,Clicks\nMobile,A,100.00,9000,90\n")
    assert _spend(found.performance[0]) == 30_000 and "other_table" in codes(found)


def test_real_days_that_a_spreadsheet_turned_are_read_like_the_texts_beside_them() -> None:
    starts: list[object] = [date(2026, 1, 3), date(2026, 2, 3), "13/03/2026", "14/03/2026"]
    rows: Rows = [["Reporting starts", "Campaign name", "Amount spent (EUR)", "Impressions", "Link clicks"]]
    found = read([*rows, *[[day, "A", 10 + at, 100 + at, at] for at, day in enumerate(starts)]])
    assert _days(found)[:2] == ["2026-03-01..2026-03-01", "2026-03-02..2026-03-02"] and "dates_swapped" in codes(found)


def test_a_range_in_two_pairs_of_cells_above_is_the_report_s() -> None:
    above: Rows = [["Report title", "Campaign Performance"], ["From", "2026-03-01"], ["To", "2026-03-07"], ["Currency", "NOK"], []]
    body: Rows = [["Campaign", "Line item", "Impressions", "Clicks", "Cost"], ["Vår", "LI 1", 120000, 240, 14400.5]]
    found = read([*above, *body, ["Vår", "LI 2", 80000, 120, 8800.25], ["Total", _, 200000, 360, 23200.75]])
    assert _days(found) == ["2026-03-01..2026-03-07"] * 2 and found.performance[0].currency == "NOK"


def test_figures_that_are_never_round_tell_a_report_with_flights_from_a_plan() -> None:
    head = "Ad name,Ad set name,Campaign name,Start date,End date,Spend,Impressions,Clicks\n"
    body = 'v1,Women,Q1,01 Mar 2026,31 Mar 2026,"€1,200.41","80,123",61\nv2,Men,Q1,01 Mar 2026,31 Mar 2026,€800.62,"50,127",43\n'
    found = _csv(head + body)
    assert not found.is_media_plan and _days(found) == ["2026-03-01..2026-03-31"] * 2


def test_a_second_column_of_days_is_the_end_whatever_its_head() -> None:
    head = "Início dos relatórios;Encerramento;Nome da campanha;Impressões;Valor usado (BRL);Cliques no link\n"
    found = _csv(f"{head}2026-03-01;2026-03-31;A;45.678;1.234,50;890\n2026-03-01;2026-03-31;B;95.678;2.765,50;190\n")
    assert _days(found) == ["2026-03-01..2026-03-31"] * 2


def test_days_in_words_are_the_days_of_a_report() -> None:
    head = "Date;Data source;Campaign;Cost;Impressions;Clicks\n"
    found = _csv(f"{head}Mar 1, 2026;Google Ads;A;12,50 €;1.000;10\nMar 2, 2026;Google Ads;A;13,50 €;1.100;11\n")
    assert _days(found) == ["2026-03-01..2026-03-01", "2026-03-02..2026-03-02"]


def test_a_day_that_is_the_same_both_ways_decides_no_order() -> None:
    head = "Date,Campaign name,Currency,Amount spent,Impressions,Clicks\n"
    found = _csv(f"{head}03/04/2026,A,USD,10.50,1000,10\n04/04/2026,A,USD,11.50,1100,11\n")
    assert {question.kind for question in found.questions} == {"ambiguous_date"} and _days(found)[1] == "2026-04-04..2026-04-04"


def test_fields_of_a_database_are_delivery_and_their_currency_is_asked() -> None:
    head = "month,day,campaign_number,user_engagement,banner,placement,displays,cost,clicks,revenue,post_click_conversions\n"
    found = _csv(
        f"{head}April,1,camp 1,High,160 x 600,abc,4,0.0060,0,0.0000,0\nApril,2,camp 1,High,160 x 600,def,20170,26.7824,158,28.9717,23\n"
    )
    (table,) = found.performance
    assert (_spend(table), sum(row.impressions or 0 for row in table.rows)) == (2_679, 20_174)
    assert not found.is_media_plan and {question.kind for question in found.questions} == {"currency"} and "unread_date" in codes(found)


def test_numbers_of_things_count_them_and_two_compact_days_are_a_range() -> None:
    head = "Campaign Name;Date;Spend [USD];# of Impressions;# of Website Clicks;# of Purchase\n"
    (table,) = _csv(f"{head}Control;1.08.2019;2280;82702;7016;618\nControl;2.08.2019;1757;121040;8110;511\n").performance
    assert (sum(row.impressions or 0 for row in table.rows), sum(row.conversions or 0 for row in table.rows)) == (203_742, 1_129)
    above = "# ----\n# Campaigns\n# 20200101-20200131\n# ----\n\nCampaign,Clicks,Cost,CPC,Sessions,Bounce Rate,Transactions,Revenue\n"
    body = 'A,"1,228","$1,127.64",$0.92,"1,287",43.51%,0,$0.00\nB,542,$108.36,$0.20,531,59.13%,1,$48.51\n'
    body += ',"1,770","$1,236.00",$0.70,"1,818",48%,1,$48.51\n'
    found = _csv(above + body)
    assert _days(found) == ["2020-01-01..2020-01-31"] * 2 and _spend(found.performance[0]) == 123_600


def test_a_report_of_one_row_in_indonesian_is_read() -> None:
    head = "Laporan kampanye\n1 Februari 2026 - 28 Februari 2026\nStatus kampanye,Kampanye,Kode mata uang,Klik,Tayangan,Biaya,Konversi\n"
    found = _csv(f'{head}Aktif,Search JKT,IDR,1.200,24.000,3.000.000,"30,00"\nTotal: Akun,,IDR,1.200,24.000,3.000.000,"30,00"\n')
    (row,) = found.performance[0].rows
    assert (row.campaign, row.impressions, row.clicks, row.conversions, row.currency) == ("Search JKT", 24_000, 1_200, 30, "IDR")


def test_cells_that_excel_shall_keep_as_texts_are_read_and_an_event_s_days_are_no_days_of_delivery() -> None:
    lines = [
        [
            "Nama kampanye",
            "ID video",
            "Waktu posting",
            "Biaya",
            "Pesanan SKU",
            "Impresi iklan produk",
            "Jumlah klik iklan produk",
            "ROI",
            "Mata uang",
        ],
        ["teh", "7603411239343082772", "2026-02-05 22:58", "161074.000", "51", "29803", "2177", "5.77", "IDR"],
        ["teh", "7603411241398209813", "2026-02-06 08:10", "3158.314", "20", "12938", "1436", "9.35", "IDR"],
    ]
    found = _csv("\n".join("\t".join(f'="{cell}"' for cell in line) for line in lines))
    (table,) = found.performance
    assert next((row.spend_minor, row.impressions, row.clicks, row.conversions) for row in table.rows) == (16_107_400, 29803, 2177, 51)
    assert table.currency == "IDR" and {row.start for row in table.rows} == {None} and "other_dates" in codes(found)


def test_the_days_of_a_report_count_and_not_the_run_of_its_ads() -> None:
    head = "キャンペーン名,インプレッション,クリック(すべて),通貨,消化金額 (JPY),開始,終了日時,レポート開始日,レポート終了日\n"
    found = _csv(
        f"{head}リマケ,3969149,12897,JPY,440000,2024-02-29,Ongoing,2026-01-01,2026-03-31\n初売り,404561,3016,JPY,106905,2026-01-01,2026-01-12,2026-01-01,2026-03-31\n"
    )
    assert _days(found) == ["2026-01-01..2026-03-31"] * 2 and _spend(found.performance[0]) == 546_905


def test_a_row_of_results_in_all_is_a_total_where_one_row_has_all_of_it() -> None:
    head = "キャンペーン名,コスト,CPC（誘導先）,インプレッション,クリック（誘導先）,通貨\n"
    found = _csv(f"{head}2026初売り,0,0,0,0,JPY\nUGC,80000,145,200062,551,JPY\n全2件の結果,80000,145,200062,551,JPY\n")
    assert (len(found.performance[0].rows), _spend(found.performance[0])) == (2, 80_000)


def test_a_range_whose_commas_part_it_into_cells_right_over_the_heads_is_the_report_s() -> None:
    above = "Sponsored Products - Search term report\nCampaign: All campaigns\nDate Range: Feb 10, 2025 - Feb 16, 2025\n"
    body = "Campaign Name,Targeting,Impressions,Clicks,Spend,7 Day Total Orders (#)\nASIN,exact,150,3,$2.16,1\nAuto,broad,280,7,$4.30,1\n"
    assert _days(_csv(above + body)) == ["2025-02-10..2025-02-16"] * 2


def test_results_that_are_reach_in_one_row_and_views_in_the_next_are_asked_about() -> None:
    head = "Campaign name,Amount spent (EUR),Reach,Impressions,Results,Link clicks,Landing page views\n"
    found = _csv(f"{head}Discovery,35.22,7507,8754,1628,27,\nAwareness,48.58,14654,23343,14654,,\nMenu,44.04,4629,6880,311,250,311\n")
    (asked,) = found.questions
    assert asked.kind == "which_results" and [option.value for option in asked.options][-1] == "all"
    assert {row.conversions for row in found.performance[0].rows} == {None}
    alike = _csv(f"{head}Menu,35.22,7507,8754,162,27,162\nOffer,44.04,4629,6880,311,250,311\n")
    assert [row.conversions for row in alike.performance[0].rows] == [162, 311] and not alike.questions
