"""An uploaded export becomes performance in the right currency, on the right days, or says plainly what it lacks."""

from __future__ import annotations

from datetime import date

import numpy as np
import pytest

from core.access import AccessContext
from core.errors import InvalidInput
from core.runtime import Runtime
from core.services.performance import ImportFile, ImportView, history_of, import_performance, list_performance
from core.services.uploads import Upload, upload_file

WEEKS = [f"2026-03-{day:02d}" for day in (2, 9, 16, 23)]
YAHOO = "日,キャンペーン名,インプレッション数,クリック数,コスト,コンバージョン数\n" + "".join(
    f'{day.replace("-", "/")},指名,"8,10{at}",21{at},"93,41{at}",9\n' for at, day in enumerate(WEEKS)
)
DOLLARS = "Day,Campaign,Cost,Impr.,Clicks\n2026-03-02,A,$10.11,1011,11\n2026-03-03,A,$12.31,1311,13\n"
CARD = "Campaign Name,Campaign Group Name,Campaign Status,Cost,Clicks,CTR\nA,,Paused,NOK401.11,511,6.1%\nB,,Enabled,NOK302.22,123,3.2%\n"
MIXED = "Reporting starts,Reporting ends,Campaign name,Results,Result indicator,Amount spent (EUR),Impressions\n" + "".join(
    f"{day},{day[:-2]}{int(day[-2:]) + 6:02d},A,41,actions:lead,310.4{at},21103\n"
    f"{day},{day[:-2]}{int(day[-2:]) + 6:02d},B,5101,reach,120.4{at},70211\n"
    for at, day in enumerate(WEEKS)
)
UTM = "date,utm_source,utm_medium,utm_campaign,cost\n" + "".join(
    f"{day}T07:21:13,google,cpc,a,31{at}\n{day}T15:02:44,tg,social,a,12{at}\n" for at, day in enumerate(WEEKS)
)


def take_in(ctx: AccessContext, rt: Runtime, text: str, *, channel: str | None = None, currency: str | None = None) -> ImportView:
    info = upload_file(ctx, rt, Upload("report.csv", text.encode()))
    return import_performance(ctx, rt, ImportFile(info.file_id, channel, currency))


def test_an_export_without_a_currency_is_taken_in_that_which_the_person_names(runtime: Runtime, ctx: AccessContext) -> None:
    with pytest.raises(InvalidInput) as refused:
        take_in(ctx, runtime, YAHOO, channel="Yahoo")
    assert "no currency" in (refused.value.hint or "")
    take_in(ctx, runtime, YAHOO, channel="Yahoo", currency="JPY")
    view = list_performance(ctx, runtime)
    assert view.currency == "JPY" and view.history is not None
    assert view.history.channel("Yahoo").spend.tolist()[:3] == [93_410, 93_411, 93_412], "yen have no minor unit"
    assert view.through == date(2026, 3, 23)


def test_a_dollar_sign_is_said_to_be_open_and_the_named_dollar_counts(runtime: Runtime, ctx: AccessContext) -> None:
    assumed = take_in(ctx, runtime, DOLLARS)
    assert assumed.currency == "USD" and any("US dollars" in said for said in assumed.skipped)
    told = take_in(ctx, runtime, DOLLARS, currency="AUD")
    assert told.currency == "AUD" and not told.skipped
    assert list_performance(ctx, runtime, currency="AUD").through == date(2026, 3, 3)


def test_an_export_without_days_says_which_it_needs(runtime: Runtime, ctx: AccessContext) -> None:
    with pytest.raises(InvalidInput, match="2 rows were read, and none says on which day") as refused:
        take_in(ctx, runtime, CARD)
    assert "by day or by week" in (refused.value.hint or "") and list_performance(ctx, runtime).history is None


def test_results_of_several_kinds_bring_spend_and_no_conversions_until_settled(runtime: Runtime, ctx: AccessContext) -> None:
    taken = take_in(ctx, runtime, MIXED)
    assert taken.rows == 4 and any(said.startswith("Still open: Results") for said in taken.skipped)
    history = list_performance(ctx, runtime).history
    assert history is not None and history.channel("Meta Ads").spend.tolist() == [430.80, 430.82, 430.84, 430.86]
    assert np.isnan(history.channel("Meta Ads").conversions).all()


def test_costs_by_utm_source_are_channels_on_their_days(runtime: Runtime, ctx: AccessContext) -> None:
    assert take_in(ctx, runtime, UTM, currency="EUR").rows == 8
    history = list_performance(ctx, runtime).history
    assert history is not None and history.channels == ("google", "tg")
    assert history.channel("google").spend.tolist()[:3] == [310, 311, 312]


def test_a_first_export_of_two_days_is_kept_and_the_page_says_what_it_lacks(runtime: Runtime, ctx: AccessContext) -> None:
    take_in(ctx, runtime, DOLLARS)
    view = list_performance(ctx, runtime)
    assert view.history is None and len(view.imports) == 1 and "fewer than three whole weeks" in (view.lacks or "")
    with pytest.raises(InvalidInput, match="fewer than three whole weeks"):
        history_of(ctx, runtime)
