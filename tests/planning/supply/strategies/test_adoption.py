"""What an adopted plan fills in, what it writes over, and what clearing it leaves."""

from __future__ import annotations

import numpy as np
import pandas as pd
import pytest
from hypothesis import given
from hypothesis import strategies as st

from sop_xl.planning import hierarchy
from sop_xl.planning.frames import Numbers
from sop_xl.planning.supply.strategies.adoption import Adoption, adoption, only_ours, typed_over
from sop_xl.planning.supply.workforce import adopted_change, there
from sop_xl.tables.data import BILL, WORKFORCE
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


ANY = pd.DataFrame({"family": ["Bikes"], "step": [0.0]})
BILL_ROWS = rows(BILL.columns, """
    family  resource  hours_per_unit
    Bikes   Frame     2
""")  # fmt: skip


def adopt(
    chosen: str, step: float = 0.0, made: pd.DataFrame = PLANS, hours: pd.DataFrame = HOURS
) -> Adoption:
    steps = pd.DataFrame({"family": ["Bikes"], "step": [step]})
    return adoption(WHEN, chosen, made, hours, PEOPLE, TEAMS, HANDS, steps, BILL_ROWS)


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
""")  # fmt: skip


def moved(change: list[float], hours: list[float]) -> tuple[Adoption, Numbers]:
    """A chase plan of two teams of which one loses a tenth each month; its people by team."""
    when = axis("2026-01", history=1, horizon=len(change))
    many = [0.0] * len(change)
    cells = {"production_chase": many, "subcontracted_chase": many}
    plans = grid(STRATEGY_PLAN, when, {"Bikes": cells})
    plan = grid(STRATEGY_HOURS, when, {"Frame": {"hours_chase": hours, "change_chase": change}})
    hands = grid(CAPACITY, when, {"Frame": {"machine_hours": [400.0] * len(change)}})
    people = hierarchy.level_grid(WORKFORCE_PLAN, UNLIKE[["team", "resource"]], when, {})
    found = adoption(when, "chase", plans, plan, people, UNLIKE, hands, ANY, BILL_ROWS)
    typed_in = adopted_change(when, UNLIKE, found.workforce)
    return found, there(UNLIKE, np.zeros_like(typed_in), typed_in).people


def test_people_are_laid_off_where_they_are_then_there() -> None:
    # 2.7 and 1 are there, 2.43 and 1 a month later: two of 3.43 who stay go, so nobody comes again;
    # in hundredths rounded up 1.4169 and 0.5831 who leave are 1.41 and 0.58
    cells, people = moved([-2, 0], [100, 100])
    went = cells.workforce.set_index("team")["adopted_change"]
    assert went["Early"].tolist() == pytest.approx([-1.41, np.nan], nan_ok=True)
    assert went["Late"].tolist() == pytest.approx([-0.58, np.nan], nan_ok=True)
    assert people.sum(axis=0) == pytest.approx([1.71, 1.44])
    # 1.71 x 50 = 85.5 hours of the 100, then 72
    assert cells.capacity["adopted_hours"].tolist() == pytest.approx([14.5, 28])


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
    # a hundredth of a person in each team
    assert (np.abs(people.sum(axis=0) - wanted) <= 0.02 + 1e-6).all()


def plan_of(made: list[float], bought: list[float]) -> pd.DataFrame:
    cells = {"production_level": made, "subcontracted_level": bought}
    return grid(STRATEGY_PLAN, WHEN, {"Bikes": cells})


def test_whole_units_are_adopted_as_such_and_the_rest_goes_to_the_next_month() -> None:
    plan = plan_of([110.4, 120.4], [2.5, 2.5])
    # 110.4 and 230.8 to date are 111 and 231; bought 2.5 and 5 are 3 and 5
    cells = adopt("level", 1.0, plan).supply
    assert cells["adopted"].tolist() == [111, 120]
    assert cells["subcontracted"].tolist() == [3, 2]
    # in batches of 50 they are 150 and 250 to date; what is bought comes in units
    cells = adopt("level", 50.0, plan).supply
    assert cells["adopted"].tolist() == [150, 100]
    assert cells["subcontracted"].tolist() == [3, 2]
    # noise of the solver makes no further batch
    assert adopt("level", 50.0, plan_of([100.000002, 50.0], [0, 0])).supply["adopted"].tolist() == [
        100,
        50,
    ]


def test_hours_are_those_of_whole_units_in_hundredths() -> None:
    # 200 regular hours of 230; 0.6 units more in January and 0.4 fewer in February at 2 hours
    cells = adopt("level", 1.0, plan_of([110.4, 120.4], [0, 0])).capacity
    assert cells["adopted_hours"].tolist() == pytest.approx([31.2, np.nan], nan_ok=True)
    noisy = HOURS.assign(hours_level=HOURS["hours_level"].replace({230: 200.0004, 190: 210.0024}))
    cells = adopt("level", 0.0, hours=noisy).capacity
    assert cells["adopted_hours"].tolist() == pytest.approx([np.nan, 10.01], nan_ok=True)


def test_hours_that_a_batch_needs_beyond_those_of_the_plan_are_not_offered_by_adopting_it() -> None:
    # a batch of 500 in January needs 1,009 h; the plan took 30 beyond 200 regular ones, and a
    # hundredth of these is noise: the rest shows as a gap
    found = adopt("level", 500.0, plan_of([110.4, 120.4], [0, 0]))
    assert found.supply["adopted"].tolist() == [500, 0]
    assert found.capacity["adopted_hours"].tolist() == pytest.approx([32, np.nan], nan_ok=True)


def test_a_company_without_teams_adopts_a_plan() -> None:
    none = TEAMS.iloc[:0]
    empty = hierarchy.level_grid(WORKFORCE_PLAN, none[["team", "resource"]], WHEN, {})
    hands = grid(CAPACITY, WHEN, {"Frame": {"machine_hours": [200, 200]}})
    cells = adoption(WHEN, "level", PLANS, HOURS, empty, none, hands, ANY, BILL_ROWS)
    # machines alone limit: 230 - 200
    assert cells.capacity["adopted_hours"].tolist() == pytest.approx([30, np.nan], nan_ok=True)
    held = empty[["team", "resource", "period", "adopted_change"]]
    assert typed_over(held, cells.workforce, ["team", "resource"], set()) == []


def test_a_plan_that_is_not_there_cannot_be_adopted() -> None:
    with pytest.raises(ValueError, match="there is no mixed plan"):
        adopt("mixed")
