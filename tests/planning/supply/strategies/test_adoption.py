"""What an adopted plan fills in, what it writes over, and what clearing it leaves."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from sop_xl.planning import hierarchy
from sop_xl.planning.supply.strategies.adoption import Adoption, adoption, only_ours, typed_over
from sop_xl.planning.supply.workforce import adopted_change, there
from sop_xl.tables.data import WORKFORCE
from sop_xl.tables.people import WORKFORCE_PLAN
from sop_xl.tables.strategy import STRATEGY_HOURS, STRATEGY_PLAN
from sop_xl.tables.supply import CAPACITY, SUPPLY_PLAN
from tests.planning.rows import axis, grid, rows, typed

WHEN = axis("2026-01", history=1, horizon=2)
PLANS = grid(STRATEGY_PLAN, WHEN, {
    "Bikes": {"production_level": [50, 40], "subcontracted_level": [0, 8],
              "production_chase": [60, 30], "subcontracted_chase": [0, 0]},
})  # fmt: skip
HOURS = grid(STRATEGY_HOURS, WHEN, {
    "Frame": {"hours_level": [230, 190], "change_level": [0, 0],
              "hours_chase": [330, 190], "change_chase": [2, -4]},
})  # fmt: skip
HANDS = grid(CAPACITY, WHEN, {"Frame": {"machine_hours": [400, 400]}})
TEAMS = rows(WORKFORCE.columns, """
    team   resource  headcount  hours_per_month
    Early  Frame     3          50
    Late   Frame     1          50
    Help   none      2          50
""")  # fmt: skip
PEOPLE = hierarchy.level_grid(WORKFORCE_PLAN, TEAMS[["team", "resource"]], WHEN, {})


def adopt(chosen: str) -> Adoption:
    return adoption(WHEN, chosen, PLANS, HOURS, PEOPLE, TEAMS, HANDS)


TYPED = """
    family  period   adopted  subcontracted
    Bikes   2026-01  .        12
    Bikes   2026-02  33       8
"""


def test_a_plan_fills_output_what_is_bought_and_hours_beyond_regular_ones() -> None:
    cells = adopt("level")
    assert cells.supply["adopted"].tolist() == [50, 40]
    assert cells.supply["subcontracted"].tolist() == pytest.approx([np.nan, 8], nan_ok=True)
    assert cells.capacity["adopted_hours"].tolist() == pytest.approx([30, np.nan], nan_ok=True)


def test_people_go_to_the_teams_of_their_resource_and_their_hours_are_regular() -> None:
    cells = adopt("chase")
    # two are hired and four laid off, shared by three heads to one
    people = cells.workforce.set_index("team")["adopted_change"]
    assert people["Early"].tolist() == [1.5, -3]
    assert people["Late"].tolist() == [0.5, -1]
    assert "Help" not in people.index
    # six people at 50 hours are 300: 30 more are overtime; then two of them are left, for 100
    assert cells.capacity["adopted_hours"].tolist() == [30, 90]
    assert adopt("none").workforce["adopted_change"].isna().all()


def test_what_people_typed_is_named_unless_it_stays_the_same() -> None:
    new = adopt("level").supply
    held = typed(SUPPLY_PLAN, TYPED)
    assert typed_over(held, new, ["family"], set()) == [
        "Bikes: Adopted plan Feb 2026 33", "Bikes: + Subcontracted Jan 2026 12",
    ]  # fmt: skip
    ours = {("Bikes", "2026-02", "adopted")}
    assert typed_over(held, new, ["family"], ours) == ["Bikes: + Subcontracted Jan 2026 12"]


def test_clearing_leaves_what_people_bought() -> None:
    cells = adopt("none")
    ours = {("Bikes", "2026-02", "subcontracted")}
    left = only_ours(typed(SUPPLY_PLAN, TYPED), cells.supply, ours)
    assert left["adopted"].isna().all()
    assert left["subcontracted"].tolist() == pytest.approx([12, np.nan], nan_ok=True)
    assert cells.capacity["adopted_hours"].isna().all()
    assert "adopted_hours" in CAPACITY.names


UNLIKE = rows(WORKFORCE.columns, """
    team   resource  headcount  hours_per_month  attrition
    Early  Frame     3          50               0.1
    Late   Frame     1          50               .
""")


def moved(change: list[float], hours: list[float]) -> tuple[Adoption, np.ndarray]:
    """A chase plan of two teams of which one loses a tenth each month; its people by team."""
    when = axis("2026-01", history=1, horizon=len(change))
    many = [0.0] * len(change)
    plans = grid(STRATEGY_PLAN, when, {
        "Bikes": {"production_chase": many, "subcontracted_chase": many}
    })
    plan = grid(STRATEGY_HOURS, when, {"Frame": {"hours_chase": hours, "change_chase": change}})
    hands = grid(CAPACITY, when, {"Frame": {"machine_hours": [400.0] * len(change)}})
    people = hierarchy.level_grid(WORKFORCE_PLAN, UNLIKE[["team", "resource"]], when, {})
    cells = adoption(when, "chase", plans, plan, people, UNLIKE, hands)
    typed_in = adopted_change(when, UNLIKE, cells.workforce)
    return cells, there(UNLIKE, np.zeros_like(typed_in), typed_in).people


def test_people_are_laid_off_where_they_are_then_there() -> None:
    # 2.7 and 1 are there, 2.43 and 1 a month later: two of 3.43 who stay go, so nobody comes again
    cells, people = moved([-2, 0], [100, 100])
    went = cells.workforce.set_index("team")["adopted_change"]
    assert went["Early"].tolist() == pytest.approx([-2 * 2.43 / 3.43, np.nan], nan_ok=True,
                                                   abs=1e-5)
    assert went["Late"].tolist() == pytest.approx([-2 / 3.43, np.nan], nan_ok=True, abs=1e-5)
    assert people.sum(axis=0) == pytest.approx([1.7, 1.43], abs=1e-5)
    # 1.7 x 50 = 85 hours of the 100, then 71.5
    assert cells.capacity["adopted_hours"].tolist() == pytest.approx([15, 28.5], abs=1e-3)


@given(st.lists(st.floats(-3, 3), min_size=12, max_size=12))
def test_no_team_falls_below_zero_and_all_together_are_those_of_the_plan(
    change: list[float],
) -> None:
    base = 3 * 0.9 ** np.arange(1, 13) + 1
    wanted = np.maximum(0, base + np.cumsum(change))
    # a plan never has fewer than nobody
    possible = np.diff(wanted - base, prepend=0.0)
    _, people = moved(possible.tolist(), [0.0] * 12)
    assert (people >= -1e-5).all()
    assert people.sum(axis=0) == pytest.approx(wanted, abs=1e-4)


def test_a_company_without_teams_adopts_a_plan() -> None:
    none = TEAMS.iloc[:0]
    empty = hierarchy.level_grid(WORKFORCE_PLAN, none[["team", "resource"]], WHEN, {})
    hands = grid(CAPACITY, WHEN, {"Frame": {"machine_hours": [200, 200]}})
    cells = adoption(WHEN, "level", PLANS, HOURS, empty, none, hands)
    # machines alone limit: 230 - 200
    assert cells.capacity["adopted_hours"].tolist() == pytest.approx([30, np.nan], nan_ok=True)
    held = empty[["team", "resource", "period", "adopted_change"]]
    assert typed_over(held, cells.workforce, ["team", "resource"], set()) == []


def test_a_plan_that_is_not_there_cannot_be_adopted() -> None:
    with pytest.raises(ValueError, match="there is no mixed plan"):
        adopt("mixed")
