"""One limit of overtime: the cap of the teams with the people of an adopted plan."""

import pytest

from sop_xl.planning.frames import totals
from sop_xl.planning.supply.capacity import with_team_hours
from sop_xl.planning.supply.gaps import loads
from sop_xl.planning.supply.workforce import with_overtime_rate, workforce
from sop_xl.tables.data import BILL, CAPACITY_OPTIONS, FAMILIES, WORKFORCE
from sop_xl.tables.finance import FINANCE_FAMILY
from sop_xl.tables.people import WORKFORCE_PLAN
from sop_xl.tables.settings import Settings
from sop_xl.tables.supply import CAPACITY, SUPPLY_PLAN
from tests.planning.rows import grid, plan_row, rows, typed
from tests.planning.supply.strategies.shop import WHEN, run

TEAM = """
    team     resource  headcount  hours_per_month  cost_per_month  attrition  overtime_share
    Joiners  Bench     2          150              3000            .          0.1
    Helpers  Bench     1          100              2000            0.5        0.2
"""
ADOPTED = """
    team     resource  period   adopted_change
    Joiners  Bench     2026-02  1
"""
LIMIT = [0.1 * 300 + 0.2 * 50, 0.1 * 450 + 0.2 * 25, 0.1 * 450 + 0.2 * 12.5]
"""A tenth of the hours of two joiners, three from February on; a fifth of those of the helper, of
whom half leaves each month."""


def test_workforce_strategy_and_options_have_one_limit() -> None:
    teams = with_overtime_rate(with_team_hours(rows(WORKFORCE.columns, TEAM)))
    busy = grid(CAPACITY, WHEN, {"Bench": {"load": [9000.0] * 3}})
    staff = workforce(WHEN, teams, busy, typed(WORKFORCE_PLAN, ADOPTED),
                      rows(CAPACITY_OPTIONS.columns)).plan  # fmt: skip
    shown = totals(staff, "overtime", "resource", ["Bench"], WHEN.plan)[0]
    assert shown == pytest.approx(LIMIT)

    found = run(team=TEAM, options="", hires=ADOPTED).frames["strategy_hours"]
    assert plan_row(found, WHEN, "overtime_limit") == pytest.approx(LIMIT)

    plan = loads(
        WHEN, busy, grid(SUPPLY_PLAN, WHEN, {"Chairs": {"demand": [1.0] * 3}}),
        grid(FINANCE_FAMILY, WHEN, {"Chairs": {"price": [1.0] * 3}}),
        rows(BILL.columns, "family  resource  hours_per_unit\nChairs  Bench  2"),
        rows(FAMILIES.columns, "family  policy_used\nChairs  make to stock"), Settings(), teams,
        staff,
    )  # fmt: skip
    assert plan.overtime_cap[0] == pytest.approx(LIMIT)
