"""Scenarios by hand, and budgets that hold no cost: two families, three plan months."""

import numpy as np
import pytest

from sop_xl.planning import Outcome, finance
from sop_xl.planning.executive.views import finance_summary
from sop_xl.planning.finance.bridge_view import bridge
from sop_xl.planning.finance.recon_view import recon_view
from sop_xl.planning.finance.tie_outs import still_open
from sop_xl.planning.finance.windows import Months
from sop_xl.planning.frames import zero
from sop_xl.tables.data import AOP, BALANCE, FAMILIES, FINANCE_LINES, HISTORY, SCENARIO_DRIVERS
from sop_xl.tables.recon import AOP as BUDGET
from sop_xl.tables.recon import EFFECT_NAMES, MARGIN, SCENARIO
from sop_xl.tables.settings import Settings
from sop_xl.tables.supply import SUPPLY_PLAN
from tests.planning.finance.inputs import NOTHING
from tests.planning.rows import axis, grid, plan_row, rows

WHEN = axis("2026-01", history=2, horizon=3)
SUPPLY = {
    "Bikes": {"shipments": [100.0, 110, 120], "inventory": [50.0, 60, 70]},
    "Parts": {"shipments": [1000.0, 1000, 0], "inventory": [500.0, 500, 500]},
}
DRIVERS = """
number  scenario  driver          family  start    until    change
1       Boom      shipments       Bikes   2026-02  .        0.10
2       Boom      price           All     2026-02  2026-02  0.05
3       Boom      operating cost  All     2026-02  2026-02  0.10
4       Dear      unit cost       Parts   2026-01  2026-01  0.50
5       Dear      unit cost       Boats   2026-01  .        0.50
6       Late      price           All     2026-02  2026-01  0.05
"""
COSTED = """
period   family  quantity  revenue  cost_of_sales
2026-01  Bikes   110       45000    28000
2026-01  Parts   1000      4500     2500
"""
UNCOSTED = COSTED.replace("2500", ".")


def run(drivers: str = "", aop: str = COSTED) -> Outcome:
    levels = HISTORY.for_level(("family", "region"))
    return finance.run(
        WHEN,
        Settings(tolerance=0.02),
        supply_plan=grid(SUPPLY_PLAN, WHEN, SUPPLY),
        families=rows(FAMILIES.columns, "family  price  cost\nBikes  400  250\nParts  5  2"),
        history=rows(levels.columns, ""),
        aop=rows(AOP.columns, aop),
        finance_lines=rows(FINANCE_LINES.columns, """
            line     fixed  share_of_revenue  per_unit  aop
            Freight  .      0.02              1.5       3000
            Rent     5000   .                 .         5200
        """),
        balance=rows(BALANCE.columns),
        **NOTHING | {"scenario_drivers": rows(SCENARIO_DRIVERS.inputs, drivers)},
    )


def test_a_scenario_by_hand() -> None:
    """February: 121 bikes at 420, 1,000 parts at 5.25; the costs follow revenue and units."""
    found = run(DRIVERS)
    total, family = found.frames["finance_total"], found.frames["finance_family"]
    assert plan_row(family, WHEN, "scenario_volume", family="Bikes") == pytest.approx(
        [100, 121, 132]
    )
    # 121 x 400 x 1.05 = 50,820 and 1,000 x 5 x 1.05 = 5,250; without an earlier price in January
    assert plan_row(total, WHEN, "scenario_revenue") == pytest.approx([45000, 56070, 52800])
    # 121 x 250 + 1,000 x 2 = 32,250
    assert plan_row(total, WHEN, "scenario_margin") == pytest.approx([18000, 23820, 19800])
    # plan 0.02 x 49,000 + 1.5 x 1,110 + 5,000 = 7,645; + 0.02 x 7,070 + 1.5 x 11; x 1.1
    assert plan_row(total, WHEN, "scenario_operating_cost")[1] == pytest.approx(8583.19)
    assert plan_row(total, WHEN, "scenario_operating_profit")[1] == pytest.approx(15236.81)


def test_every_scenario_stands_beside_the_plan_with_what_makes_its_margin() -> None:
    found = run(DRIVERS).frames["scenarios"].set_index("scenario")
    # of the parts: 1,000 x 2 x 0.5 in January, and nothing else
    dear = found.loc["Dear"]
    assert (dear["revenue_effect"], dear["margin_effect"], dear["cost_part"]) == (0, -1000, -1000)
    boom = found.loc["Boom"]
    # 7,070 in February and 12 more bikes at 400 in March; 23 more bikes cost 250 each
    assert boom["revenue_effect"] == pytest.approx(7070 + 4800)
    assert boom["margin_effect"] == pytest.approx(7070 + 4800 - 23 * 250)
    parts = boom[["volume_part", "price_part", "cost_part"]].sum()
    assert parts == pytest.approx(boom["margin_effect"], abs=0.01)
    # of 143,620 for 353 bikes and 10,250 for 2,000 parts, at the units of the plan
    assert boom["price_part"] == pytest.approx(330 * (143620 / 353 - 400) + 2000 * 0.125, abs=0.01)


def test_drivers_that_change_nothing_are_named() -> None:
    told = [f.message for f in run(DRIVERS).findings if f.table == "scenario_drivers"]
    assert told == [
        "1 row (5): the plan has no such family.",
        "1 row (6): until is before from, it never counts.",
    ]


def test_without_a_scenario_its_rows_are_the_plan() -> None:
    total = run().frames["finance_total"]
    for name in ("volume", "revenue", "margin", "operating_cost", "operating_profit"):
        assert plan_row(total, WHEN, f"scenario_{name}") == pytest.approx(
            plan_row(total, WHEN, name)
        )


def test_a_scenario_is_a_tie_out_that_nobody_has_to_explain() -> None:
    table = run(DRIVERS).frames["tie_outs"].set_index("tie_out")
    assert not still_open(table)[table.index.str.contains("scenario")].any()
    boom = table.loc["Revenue to scenario Boom"]
    assert (boom["value"], boom["other"], boom["amount"]) == (142000, 153870, -11870)
    assert boom["state"] == "▲ above tolerance"


def test_a_family_without_a_budgeted_cost_is_compared_with_nothing() -> None:
    """The AOP knows 45,000 - 28,000 of the bikes; the parts' 3,000 of margin are left out."""
    found = run(aop=UNCOSTED)
    total = found.frames["finance_total"]
    assert plan_row(total, WHEN, "margin")[0] == pytest.approx(18000)
    assert plan_row(total, WHEN, "margin_variance")[0] == pytest.approx(15000 - 17000)
    assert np.isnan(plan_row(total, WHEN, "profit_variance")[0])
    view = found.frames["recon_view"].set_index("line")
    shown = view.loc["Margin", ["plan", "other", "difference"]].astype(float)
    assert shown.to_numpy() == pytest.approx([15000, 17000, -2000])
    assert view["difference"].isna()["Operating profit"]
    assert view.loc["Operating profit", "verdict"] == ""
    assert [f.message for f in found.findings if f.table == "aop"][-1] == (
        "No budgeted cost for 1 family: Parts. Margin and profit are compared with the AOP"
        " without them."
    )


def test_the_bridge_of_the_margin_leaves_out_what_has_no_budgeted_cost() -> None:
    january = Months(*(np.asarray(WHEN.periods == WHEN.first),) * 5)
    for aop, before, after in ((COSTED, 19000, 18000), (UNCOSTED, 17000, 15000)):
        family = run(aop=aop).frames["finance_family"]
        found = bridge(family, january, BUDGET, MARGIN)
        assert (found["before"].sum(), found["after"].sum()) == (before, after)
        assert found[list(EFFECT_NAMES)].sum().sum() == pytest.approx(after - before, abs=0.01)


def test_a_bridge_goes_from_the_scenario_to_the_plan() -> None:
    family = run(DRIVERS).frames["finance_family"]
    plan = Months(*(np.asarray(WHEN.periods >= WHEN.first),) * 5)
    found = bridge(family, plan, SCENARIO, MARGIN)
    assert (found["after"] - found["before"]).sum() == pytest.approx(-(7070 + 4800 - 23 * 250))


def test_a_scenario_is_one_however_it_is_spelt() -> None:
    drivers = """
        number  scenario  driver     family  start    until  change  included
        1       Boom      shipments  Bikes   2026-02  .      0.10    yes
        2       boom      price      All     2026-02  .      0.05    yes
        3       Late      price      Boats   2026-02  .      0.05    no
    """
    found = run(drivers)
    assert found.frames["scenarios"]["scenario"].tolist() == ["Boom"]
    assert not [f for f in found.findings if f.table == "scenario_drivers"]


def test_a_scenario_without_any_margin_is_compared_all_the_same() -> None:
    """Bikes cost 60 % more, 400, and parts 150 % more, 5: nothing is earned, and that is news."""
    drivers = """
        number  scenario  driver     family  start    until  change
        1       Dear      unit cost  Bikes   2026-01  .      0.6
        2       Dear      unit cost  Parts   2026-01  .      1.5
    """
    found = run(drivers)
    total, lines = found.frames["finance_total"], found.frames["recon_lines"]
    assert plan_row(total, WHEN, "scenario_margin") == [0, 0, 0]
    plan = Months(*(np.asarray(WHEN.periods >= WHEN.first),) * 5)
    shown = recon_view(total, plan, SCENARIO, lines).set_index("line")
    # 330 bikes earn 150 each, 2,000 parts 3
    assert (shown["plan"]["Margin"], shown["difference"]["Margin"]) == (55_500, 55_500)
    ties = found.frames["tie_outs"].set_index("tie_out")
    assert ties["amount"]["Margin to scenario Dear"] == 55_500


def test_the_page_of_the_meeting_and_the_reconciliation_have_one_variance() -> None:
    """AOP in January only, of which parts have no cost: neither line takes in other months."""
    for budget in (COSTED, UNCOSTED):
        frames = run(aop=budget).frames
        total, lines = frames["finance_total"], frames["recon_lines"]
        year = Months(*(zero(total["aop_revenue"].to_numpy(dtype=float)) != 0,) * 5)
        shown = recon_view(total, year, BUDGET, lines).set_index("line")
        page = finance_summary(WHEN, total, lines).set_index("line")
        expected = shown["difference"].reindex(page.index)
        assert page["variance"].to_numpy() == pytest.approx(expected.to_numpy(), nan_ok=True)
        assert page["verdict"].tolist() == shown["verdict"].reindex(page.index).tolist()
        assert page["outlook"]["Margin"] == 55_500  # the outlook itself is of the whole year
