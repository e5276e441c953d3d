"""Versions of the plan: kept by cycle, read back as past plans."""

from __future__ import annotations

import pandas as pd
from pandas.testing import assert_frame_equal

from sop_xl.schema import Finding, Unit, empty_frame
from sop_xl.store import Store
from sop_xl.store.layout import VERSION, VERSION_VALUE
from sop_xl.store.values import plain
from sop_xl.tables.data import PAST_PLANS
from tests.store.company import NOVEMBER, OCTOBER, at, frame

JANUARY = pd.Period("2027-01", "M")


def demand(first: str, consensus: float, level: tuple[str, ...] = ("region",)) -> pd.DataFrame:
    """One block of a demand plan: a past period, then two of the plan."""
    periods = pd.period_range(pd.Period(first, "M") - 1, periods=3, freq="M")
    plan = pd.DataFrame({"family": pd.Series(["Skis"] * 3, dtype="str")})
    for name in level:
        plan[name] = pd.Series(["North"] * 3, dtype="str")
    return plan.assign(
        period=periods,
        actual=[7.0, float("nan"), float("nan")],
        baseline=[float("nan"), 90.0, 95.5],
        consensus=[float("nan"), consensus, consensus + 1],
    )


def count(store: Store, table: object) -> int:
    with store._database.read() as connection:
        return len(connection.execute(table.select()).all())  # type: ignore[attr-defined]


def test_past_plans_are_the_last_ones_of_earlier_cycles(store: Store) -> None:
    for cycle, consensus in ((OCTOBER, 100.0), (NOVEMBER, 200.0), ("2027-01", 300.0)):
        store.open_cycle(cycle, at(1))
        store.save_plan(cycle, {"demand_plan": demand(cycle, 1.0)}, [], "ann", at(1))
        store.save_plan(cycle, {"demand_plan": demand(cycle, consensus)}, [], "ann", at(2))
    assert_frame_equal(
        store.past_plans(JANUARY),
        frame(
            PAST_PLANS,
            """
            cycle    period   family  region  channel  consensus  baseline
            2026-10  2026-10  Skis    North   All      100        90
            2026-10  2026-11  Skis    North   All      101        95.5
            2026-11  2026-11  Skis    North   All      200        90
            2026-11  2026-12  Skis    North   All      201        95.5
        """,
        ),
    )


def test_dimensions_that_the_level_does_not_have_are_all(url: str) -> None:
    with Store(url, ("family",)) as store:
        store.open_cycle(OCTOBER, at(1))
        store.save_plan(OCTOBER, {"demand_plan": demand(OCTOBER, 1.0, ())}, [], "ann", at(1))
        past = store.past_plans(JANUARY)
    assert past[["region", "channel"]].to_numpy().tolist() == [["All", "All"]] * 2


def test_without_a_plan_there_are_no_past_plans(store: Store) -> None:
    past = store.past_plans(JANUARY)
    assert_frame_equal(past, empty_frame(PAST_PLANS.inputs))
    store.open_cycle(OCTOBER, at(1))
    store.save_plan(OCTOBER, {}, [], "ann", at(1))
    assert store.past_plans(JANUARY).empty


def test_a_run_that_changes_nothing_is_not_stored_again(store: Store) -> None:
    store.open_cycle(OCTOBER, at(1))
    frames = {"demand_plan": demand(OCTOBER, 1.0)}
    finding = Finding("demand_plan", "Look here.")
    first = store.save_plan(OCTOBER, frames, [finding], "ann", at(1))
    assert store.save_plan(OCTOBER, frames, [finding], "ben", at(2)) == first
    assert (count(store, VERSION), count(store, VERSION_VALUE)) == (2, 4)
    assert store.save_plan(OCTOBER, frames, [], "ben", at(2)) != first
    assert (count(store, VERSION), count(store, VERSION_VALUE)) == (2, 4)
    assert store.status(OCTOBER).findings == []
    store.save_plan(OCTOBER, {"demand_plan": demand(OCTOBER, 2.0)}, [], "ben", at(3))
    assert (count(store, VERSION), count(store, VERSION_VALUE)) == (3, 6)  # the baseline stays


def test_supply_and_finance_are_kept_too(store: Store) -> None:
    periods = pd.period_range(OCTOBER, periods=2, freq="M")
    supply = pd.DataFrame({"family": ["Skis"] * 2, "period": periods, "production": [5.0, 6.0],
                           "inventory": [1.0, 0.0], "backlog": [0.0, 2.0]})  # fmt: skip
    finance = pd.DataFrame({"period": periods, "revenue": [10.0, 11.0], "cost_of_sales": [4.0, 5.0],
                            "operating_cost": [1.0, 1.0], "operating_profit": [5.0, 5.0],
                            "inventory_value": [3.0, float("nan")]})  # fmt: skip
    store.open_cycle(OCTOBER, at(1))
    store.save_plan(OCTOBER, {"supply_plan": supply, "finance_total": finance}, [], "ann", at(1))
    with store._database.read() as connection:
        rows = connection.execute(VERSION_VALUE.select().order_by(*VERSION_VALUE.primary_key)).all()
        names = connection.execute(VERSION.select().order_by(VERSION.c.id)).all()
    assert [(v.name, v.grid, v.rows) for v in names] == [
        ("supply", "supply_plan", 6), ("financial", "finance_total", 9),
    ]  # fmt: skip
    assert tuple(rows[0])[1:] == ("backlog", '{"family":"Skis"}', "2026-10", 0.0)
    assert [tuple(row)[1:] for row in rows if row.measure == "revenue"] == [
        ("revenue", "{}", "2026-10", 10.0), ("revenue", "{}", "2026-11", 11.0),
    ]  # fmt: skip


def test_blank_periods_are_blank() -> None:
    periods = pd.Series(pd.PeriodIndex(["2026-10", None], freq="M"))
    assert plain(periods, Unit.PERIOD) == ["2026-10", None]


def test_the_gross_flows_that_a_cycle_expected_are_frozen_with_its_last_plan(
    store: Store,
) -> None:
    periods = pd.period_range(OCTOBER, periods=2, freq="M")
    for cycle, more in ((OCTOBER, 0.0), (OCTOBER, 1.0), (NOVEMBER, 5.0)):
        store.open_cycle(cycle, at(1))
        flow = pd.DataFrame({"period": periods, "collections": [10 + more, 20 + more],
                             "payments": [7.0, 8.0]})  # fmt: skip
        store.save_plan(cycle, {"cash_flow": flow}, [], "ann", at(1))
    found = store.past_cash(pd.Period(NOVEMBER, "M"))
    assert found["cycle"].astype(str).tolist() == [OCTOBER] * 2
    assert found["collections"].tolist() == [11.0, 21.0]
    assert found["payments"].tolist() == [7.0, 8.0]
    # of November only what lies ahead of it is a forecast
    later = store.past_cash(JANUARY)
    assert later["collections"].tolist() == [11.0, 21.0, 25.0]


def test_the_methods_of_a_baseline_are_kept_with_it(store: Store) -> None:
    methods = pd.DataFrame(
        {
            "family": ["Skis", "Skis"], "region": ["North", "North"],
            "method": ["champion", "ets"], "weight": [1.0, 0.6], "error": [0.1, float("nan")],
        }
    )  # fmt: skip
    for cycle, weight in ((OCTOBER, 0.6), (NOVEMBER, 0.7)):
        store.open_cycle(cycle, at(1))
        frames = {
            "demand_plan": demand(cycle, 1.0),
            "forecast_methods": methods.assign(weight=[1.0, weight]),
        }
        store.save_plan(cycle, frames, [], "ann", at(1))

    found = store.past_forecasts(JANUARY)

    assert found[["family", "region", "channel"]].to_numpy().tolist() == [
        ["Skis", "North", "All"]
    ] * 2
    assert found["method"].tolist() == ["champion", "ets"]
    assert found["weight"].tolist() == [1.0, 0.7]
    assert found["error"].tolist()[0] == 0.1
    assert found["error"].isna().tolist() == [False, True]
    earlier = store.past_forecasts(pd.Period(NOVEMBER, "M"))
    assert earlier["weight"].tolist() == [1.0, 0.6]
    assert store.past_forecasts(pd.Period(OCTOBER, "M")).empty


def test_other_methods_make_another_version(store: Store) -> None:
    store.open_cycle(OCTOBER, at(1))
    methods = pd.DataFrame({"family": ["Skis"], "region": ["North"], "method": ["ets"],
                            "weight": [1.0], "error": [0.1]})  # fmt: skip
    plan = {"demand_plan": demand(OCTOBER, 1.0)}
    store.save_plan(OCTOBER, plan, [], "ann", at(1))
    store.save_plan(OCTOBER, plan | {"forecast_methods": methods}, [], "ann", at(2))
    assert len(store.past_forecasts(JANUARY)) == 1


def test_the_supply_cost_of_a_financial_plan_stands_apart_from_its_standard_cost(
    store: Store,
) -> None:
    """A plan of an older version of the program keeps no full cost: nothing is known of it."""
    periods = pd.period_range(OCTOBER, periods=2, freq="M")
    plan = pd.DataFrame({"family": ["Skis"] * 2, "period": periods, "volume": [1.0, 1.0],
                         "revenue": [10.0, 11.0], "cost_of_sales": [4.0, 5.0]})  # fmt: skip
    for cycle, made in ((OCTOBER, plan), (NOVEMBER, plan.assign(full_cost=[4.0, 5.7]))):
        store.open_cycle(cycle, at(1))
        store.save_plan(cycle, {"finance_family": made}, [], "ann", at(1))
    found = store.past_finance(JANUARY)
    cycles = found["cycle"].astype(str)
    assert found["cost_of_sales"].tolist() == [4.0, 5.0, 5.0]
    assert found["supply_cost"][cycles == OCTOBER].isna().all()
    assert found["supply_cost"][cycles == NOVEMBER].tolist() == [0.7]
