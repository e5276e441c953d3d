"""The example behaves like a company: its books balance and its troubles are there."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import pandas as pd
import pytest

from sop_xl import cycle, example, tables
from sop_xl.example import CYCLE, Example
from sop_xl.example.company import BOTTLENECK, SHIPPED_AS_ORDERED, TYPING_ERROR
from sop_xl.planning.calendar import Axis, Calendar
from sop_xl.schema import Role, Table, Unit, empty_frame
from sop_xl.tables.data import SOURCES

OPENING = CYCLE - 1
YEAR = pd.period_range(CYCLE - 12, OPENING, freq="M")
SEASON = pd.period_range(CYCLE, periods=3, freq="M")


def pieces(company: Example) -> pd.DataFrame:
    """Output in pieces: one item is counted in boxes of six."""
    made = company.frames["production"]
    box = np.where(made["unit"] == "box", 6, 1)
    return made.assign(planned=made["planned"] * box, produced=made["produced"] * box)


def with_family(company: Example, table: str) -> pd.DataFrame:
    items = company.frames["items"].set_index("item")
    frame = company.frames[table]
    return frame.assign(family=frame["item"].map(items["family"]))


def by_item(frame: pd.DataFrame, column: str) -> pd.DataFrame:
    return frame.pivot_table(column, "period", "item", "sum", fill_value=0.0)


# the market of the example follows no outside signal
DELIVERED = [table for table in SOURCES if table.name != "signals"]


@pytest.mark.parametrize("table", DELIVERED, ids=lambda table: table.name)
def test_every_source_has_rows_that_its_declaration_allows(company: Example, table: Table) -> None:
    frame = company.frames[table.name]
    assert list(frame.columns) == [c.name for c in table.inputs]
    assert len(frame) > 0
    assert not frame.duplicated(table.keys).any()
    for column in table.inputs:
        values = frame[column.name]
        if column.choices and column.unit is Unit.TEXT:
            left_out = {""} if column.role is Role.OPTIONAL and column.default is None else set()
            assert set(values) <= {*column.choices, *left_out}
        if column.unit.is_number:
            assert (
                values.dropna()
                .between(
                    -np.inf if column.minimum is None else column.minimum,
                    np.inf if column.maximum is None else column.maximum,
                )
                .all()
            )
        if column.role is Role.INPUT:
            assert values.notna().all()
        if column.refers:
            owner, _, name = column.refers.partition(".")
            assert set(values) <= {*company.frames[owner][name], ""}


def test_stock_before_plus_output_less_shipments_is_stock(company: Example) -> None:
    stock = by_item(company.frames["stock"], "on_hand")
    made = by_item(pieces(company), "produced").reindex_like(stock).fillna(0)
    shipped = by_item(company.frames["actuals"], "shipments").reindex_like(stock).fillna(0)
    difference = stock - (stock.shift() + made - shipped)
    assert difference.iloc[1:].abs().max().max() == 0
    assert stock.min().min() == 0


def test_backlog_before_plus_orders_less_shipments_is_backlog(company: Example) -> None:
    actuals = company.frames["actuals"]
    backlog = by_item(company.frames["stock"], "backlog")
    orders = by_item(actuals, "orders").reindex_like(backlog).fillna(0)
    shipped = by_item(actuals, "shipments").reindex_like(backlog).fillna(0)
    difference = backlog - (backlog.shift(fill_value=0) + orders - shipped)
    wrong = difference.loc[:, (difference != 0).any()]
    assert set(wrong.columns) == {TYPING_ERROR[0], SHIPPED_AS_ORDERED[0]}
    # a quantity typed with a zero too many: nine times as much was never ordered
    item, region, channel, month, times = TYPING_ERROR
    orders_of = actuals.set_index(["item", "region", "channel", "period"])["orders"].to_dict()
    typed = orders_of[item, region, channel, CYCLE + month]
    assert wrong[item][wrong[item] != 0].to_dict() == {CYCLE + month: -typed * (1 - 1 / times)}
    # orders that the shop did not report are in the backlog all the same
    item, _, first, months = SHIPPED_AS_ORDERED
    unreported = wrong[item][wrong[item] != 0]
    assert (unreported > 0).all()
    assert set(unreported.index) <= set(pd.period_range(CYCLE + first, periods=months, freq="M"))


def test_accounting_books_what_was_shipped(company: Example) -> None:
    sold = company.frames["actuals"].groupby("period")[["revenue", "cost_of_sales"]].sum()
    booked = company.frames["balance"].set_index("period")[["revenue", "cost_of_sales"]]
    assert (booked / sold - 1).abs().max().max() < 0.01


def test_the_inventory_value_is_the_stock_at_cost(company: Example) -> None:
    items, stock = company.frames["items"].set_index("item"), company.frames["stock"]
    last = stock[stock["period"] == OPENING]
    value = (last["on_hand"] * last["item"].map(items["cost"])).sum()
    booked = company.frames["balance"].query("period == @OPENING")["inventory_value"]
    assert booked.tolist() == [pytest.approx(value, rel=1e-3)]


def test_the_size_is_that_of_a_company(company: Example) -> None:
    year = company.frames["balance"].set_index("period").loc[YEAR]
    revenue, cost = year["revenue"].sum(), year["cost_of_sales"].sum()
    assert 60e6 < revenue < 90e6
    assert 0.38 < 1 - cost / revenue < 0.45
    assert 0.25 < year["operating_cost"].sum() / revenue < 0.30
    assert 1.5 < year["inventory_value"].mean() / (cost / 12) < 3
    assert year["operating_cash_flow"].sum() > 0


def test_the_budget_is_six_to_ten_percent_too_high(company: Example) -> None:
    closed = pd.period_range(f"{CYCLE.year}-01", OPENING, freq="M")
    aop = company.frames["aop"]
    asked = with_family(company, "actuals")
    budget = aop[aop["period"].isin(closed)]["quantity"].sum()
    outcome = asked[asked["period"].isin(closed)]["orders"].sum()
    assert 1.05 < budget / outcome < 1.11
    assert set(aop["period"].dt.year) == {CYCLE.year - 1, CYCLE.year, CYCLE.year + 1}


def test_chasing_the_season_overloads_the_bottleneck_and_nothing_else(company: Example) -> None:
    """Load of the coming months, if output is last year's demand and stock is brought to target."""
    output = demand_and_refill(company)
    load = resource_load(company, output)
    use = load / available_hours(company, pd.period_range(CYCLE, periods=1, freq="M")).iloc[0]
    assert use[BOTTLENECK] > 1.1
    assert use.drop(BOTTLENECK).max() < use[BOTTLENECK] - 0.2


def demand_and_refill(company: Example) -> pd.Series:
    """Demand of the first plan month a year ago and what is missing to the target, by family."""
    actuals = with_family(company, "actuals")
    before = actuals[actuals["period"] == CYCLE - 12].groupby("family")["orders"].sum()
    ahead = actuals[actuals["period"].isin(SEASON - 11)].groupby("family")["orders"].sum()
    families = company.frames["families"].set_index("family")
    target = ahead / Calendar().days(SEASON + 1).sum() * families["target_days"]
    stock = with_family(company, "stock")
    last = stock[stock["period"] == OPENING].groupby("family")[["on_hand", "backlog"]].sum()
    output: pd.Series = before + target - last["on_hand"] + last["backlog"]
    return output


def resource_load(company: Example, output: pd.Series) -> pd.Series:
    """Hours by resource at the mix of the last twelve months."""
    actuals = with_family(company, "actuals")
    year = actuals[actuals["period"].isin(YEAR)]
    sold = year.groupby(["family", "item"])["orders"].sum()
    share = (sold / sold.groupby("family").sum()).reset_index()
    bill = company.frames["bill_of_resources"].merge(share, on="item")
    hours = bill["hours_per_unit"] * bill["orders"] * bill["family"].map(output)
    return hours.groupby(bill["resource"]).sum()


def available_hours(company: Example, periods: pd.PeriodIndex) -> pd.DataFrame:
    """Machine hours, or the team's where these are fewer, by month and resource."""
    resources = company.frames["resources"].set_index("resource")
    daily = (
        resources["machines"] * resources["hours_per_day"] * resources["efficiency"]
        * (1 - resources["planned_loss"])
    )  # fmt: skip
    days = company.frames["resource_calendar"].pivot_table("days", "period", "resource")
    normal = pd.Series(Calendar().workdays(periods).astype(float), periods)
    worked = days.reindex(periods).apply(lambda column: column.fillna(normal))
    team = company.frames["workforce"].set_index("resource")
    labour = team["headcount"] * team["hours_per_month"]
    hours: pd.DataFrame = (worked * daily).clip(upper=labour, axis=1)
    return hours


def test_past_output_kept_to_the_hours_there_were(company: Example) -> None:
    made = with_family(company, "production").assign(produced=pieces(company)["produced"])
    bill = company.frames["bill_of_resources"].pivot_table("hours_per_unit", "item", "resource")
    output = by_item(made, "produced")
    load = output @ bill.reindex(output.columns).fillna(0)
    use = load / available_hours(company, pd.PeriodIndex(load.index))
    assert use[BOTTLENECK].max() <= 1.03 + 1e-9
    assert use[BOTTLENECK].nlargest(4).min() > 1
    assert use.loc[YEAR].mean().drop(BOTTLENECK).between(0.7, 0.9).all()


def test_an_item_is_launched_and_one_fades(company: Example) -> None:
    items, actuals = company.frames["items"], company.frames["actuals"]
    new = items[(items["lifecycle"] == "new") & (items["launch"] < CYCLE.to_timestamp())]
    assert new["like_item"].isin(items["item"]).all()
    months = actuals[actuals["item"].isin(new["item"])].groupby("period")["orders"].sum()
    assert list(months.index) == list(pd.period_range(CYCLE - 4, OPENING, freq="M"))
    assert months.is_monotonic_increasing
    ending = items[items["lifecycle"] == "phase-out"]
    sold = actuals[actuals["item"].isin(ending["item"])].groupby("period")["orders"].sum()
    assert sold[YEAR[-3:]].sum() < 0.5 * sold[YEAR[-3:] - 12].sum()
    assert (ending["end"] > CYCLE.to_timestamp()).all()


def test_stock_outs_leave_orders_unshipped(company: Example) -> None:
    actuals = with_family(company, "actuals")
    short = actuals[actuals["stock_out"]]
    assert 0.003 < len(short) / len(actuals) < 0.05
    assert short["orders"].sum() > short["shipments"].sum()
    assert "Team wear" not in set(short["family"])


def test_promotions_lift_and_the_month_after_dips(company: Example) -> None:
    """Tents sold more in May of the campaign, and June less, than the seasons without one."""
    asked = with_family(company, "actuals").query("family == 'Tents'")
    monthly = asked.groupby("period")["orders"].sum()
    change = dict(monthly / monthly.shift())
    may = pd.Period(f"{CYCLE.year - 2}-05", "M")
    assert may in set(asked[asked["promotion"]]["period"])
    assert change[may + 1] < 0.9 * (change[may - 11] + change[may + 13]) / 2
    assert {"promotion", "one-off", "price change"} <= set(company.frames["events"]["kind"])


def test_what_comes_and_goes_is_new_and_ending_in_the_item_master(company: Example) -> None:
    items = company.frames["items"].set_index("item")
    for row in company.frames["launches"].to_dict("records"):
        item = items.loc[row["item"]]
        if row["kind"] == "launch":
            assert (item["lifecycle"], item["like_item"]) == ("new", row["like_item"])
            assert item["launch"] == row["start"].to_timestamp()
        else:
            assert item["lifecycle"] == "phase-out"
            assert row["start"].to_timestamp() <= item["end"]


def test_the_launch_and_the_phase_out_move_the_plan(company: Example) -> None:
    """Jackets gain from the month of the launch on; backpacks lose the share of the Classic 60."""
    settings = replace(company.settings, forecaster="seasonal_naive")
    declared = tables.inputs(settings.level)
    frames = {name: empty_frame(table.inputs) for name, table in declared.items()}
    axis = Axis(Calendar(), CYCLE, 24, 12)
    plan = cycle.run(frames | company.frames, settings, axis, steps=cycle.STEPS[:2]).frames

    months = plan["demand_plan"].groupby(["family", "period"])[["baseline", "lifecycle"]].sum()
    jackets, backpacks = months.loc["Jackets"], months.loc["Backpacks"]
    assert (jackets["lifecycle"][CYCLE : CYCLE + 3] == 0).all()
    assert (jackets["lifecycle"][CYCLE + 4 :] > 0).all()
    year = with_family(company, "actuals").query("family == 'Backpacks' and period >= @YEAR[0]")
    share = year[year["item"] == "BP-206"]["orders"].sum() / year["orders"].sum()
    lost = (backpacks["lifecycle"] / backpacks["baseline"])[CYCLE + 4 :]
    assert lost.to_numpy() == pytest.approx(-share, rel=0.1)  # regions differ a little


def test_most_deliveries_are_on_time_and_fewer_while_items_are_short(company: Example) -> None:
    lines = company.frames["orders"]
    closed = lines[lines["promised"] < CYCLE.to_timestamp()]
    on_time = closed["delivered"] <= closed["promised"]
    assert 0.90 < on_time.mean() < 0.96
    short = company.frames["actuals"].query("stock_out")[["period", "item"]].drop_duplicates()
    at = pd.MultiIndex.from_arrays([closed["promised"].dt.to_period("M"), closed["item"]])
    while_short = np.asarray(at.isin(pd.MultiIndex.from_frame(short)))
    assert on_time[while_short].mean() < on_time[~while_short].mean() - 0.2
    assert 3_000 < len(lines) < 5_000
    assert not (lines["delivered"] >= CYCLE.to_timestamp()).any()
    assert lines["delivered"].isna().equals(lines["delivered_quantity"].isna())


def test_plans_of_the_past_are_a_little_too_high(company: Example) -> None:
    plans = company.frames["past_plans"]
    ahead = plans[plans["period"].isin(YEAR) & (plans["cycle"] == plans["period"] - 1)]
    asked = with_family(company, "actuals").groupby(["period", "family", "region"])["orders"].sum()
    both = ahead.set_index(["period", "family", "region"]).join(asked)
    assert 0 < both["consensus"].sum() / both["orders"].sum() - 1 < 0.06
    error = (both["consensus"] - both["orders"]).abs().sum() / both["orders"].sum()
    assert 0.05 < error < 0.15
    assert plans["cycle"].nunique() == 13
    assert (plans.groupby("cycle")["period"].nunique() >= 12).all()


def test_some_actions_are_late_and_some_overdue(company: Example) -> None:
    actions = company.frames["actions"]
    today = CYCLE.to_timestamp()
    assert len(actions) == 12
    assert (actions["closed"] > actions["due"]).sum() >= 2
    assert ((actions["status"] == "open") & (actions["due"] < today)).sum() >= 2
    assert actions["closed"].isna().equals(actions["status"].eq("open"))


def test_one_deal_is_large(company: Example) -> None:
    deals = company.frames["pipeline"]
    is_open = ~deals["stage"].isin(["won", "lost"])
    assert deals[is_open]["value"].max() > 2 * company.settings.large_deal
    assert len(deals) == 25


@pytest.mark.parametrize("cycle", ["2026-01", "2027-05"])
@pytest.mark.parametrize("months", [24, 60])
def test_any_month_and_length_of_history_gives_a_sound_company(months: int, cycle: str) -> None:
    first = pd.Period(cycle, "M")
    frames = example.make(seed=3, months=months, cycle=first).frames
    periods = frames["actuals"]["period"]
    assert (periods.min(), periods.max()) == (first - months, first - 1)
    assert frames["actuals"]["stock_out"].mean() < 0.05
    assert frames["balance"]["revenue"].tail(12).sum() == pytest.approx(70e6, rel=0.1)
    assert set(frames["aop"]["period"].dt.year) == {first.year - 1, first.year, first.year + 1}


def test_a_history_too_short_is_refused() -> None:
    with pytest.raises(ValueError, match="24 months"):
        example.make(months=23)
