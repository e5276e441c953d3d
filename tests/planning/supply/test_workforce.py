"""People by team against the load of their resource."""

import numpy as np
import pandas as pd
import pytest

from sop_xl.planning.supply.capacity import with_team_hours
from sop_xl.planning.supply.workforce import (
    Workforce,
    load_share,
    with_overtime_rate,
    workforce,
)
from sop_xl.tables.data import CAPACITY_OPTIONS, WORKFORCE
from sop_xl.tables.people import WORKFORCE_PLAN
from sop_xl.tables.supply import CAPACITY
from tests.planning.rows import axis, grid, plan_row, rows, typed

WHEN = axis("2026-01", history=2, horizon=4)
TEAM = """
team     resource  headcount  hours_per_month  cost_per_month  attrition  ramp  overtime_share
Welders  Frame     10         100              4000            0.1        1     0.05
"""


def teams(text: str = TEAM) -> pd.DataFrame:
    return with_overtime_rate(with_team_hours(rows(WORKFORCE.columns, text)))


def planned(
    text: str = TEAM, hires: str = "", load: float = 900.0, options: str = "",
    overtime: float = 0.0,
) -> Workforce:  # fmt: skip
    capacity = grid(
        CAPACITY, WHEN, {"Frame": {"load": [load] * 4, "overtime": [overtime] * 4}}
    )
    offers = rows(CAPACITY_OPTIONS.columns, options)
    return workforce(WHEN, teams(text), capacity, typed(WORKFORCE_PLAN, hires), offers)


def row(found: Workforce, measure: str, team: str = "Welders") -> list[float]:
    return plan_row(found.plan, WHEN, measure, team=team)


def test_people_leave_and_the_gap_grows() -> None:
    found = planned()
    assert row(found, "required") == [9, 9, 9, 9]
    assert row(found, "people") == pytest.approx([9, 8.1, 7.29, 6.561])
    # in February 90 hours are missing, of which 5 % of 810 are overtime
    assert row(found, "overtime")[:2] == pytest.approx([0, 40.5])
    assert row(found, "gap")[:2] == pytest.approx([0, -49.5])
    assert row(found, "gap_people")[1] == pytest.approx(-0.495)


def test_hires_are_worth_half_in_the_month_of_their_ramp() -> None:
    hires = "team  resource  period  planned_hires\nWelders  Frame  2026-02  2"
    found = planned(hires=hires)
    assert row(found, "people")[:3] == pytest.approx([9, 10.1, 9.09])
    # two people at half, then fully productive
    assert row(found, "productive")[:3] == pytest.approx([900, 1010 - 100, 909])


def test_cost_is_pay_hiring_and_overtime() -> None:
    text = TEAM.replace("overtime_share", "overtime_share  hiring_cost  overtime_cost").replace(
        "0.05", "0.05  1000  60"
    )
    hires = "team  resource  period  planned_hires\nWelders  Frame  2026-01  1"
    found = planned(text, hires, load=2000)
    # ten people, one of them half productive: 950 hours and 47.5 of overtime
    assert row(found, "cost")[0] == pytest.approx(10 * 4000 + 1000 + 47.5 * 60)


def test_overtime_without_a_rate_costs_a_quarter_more() -> None:
    assert teams()["overtime_rate"].tolist() == [50]


def test_proposed_hires_close_what_is_missing() -> None:
    hires = row(planned(), "proposed_hires")
    typed_in = "team  resource  period  planned_hires\n" + "\n".join(
        f"Welders  Frame  {period}  {people}"
        for period, people in zip(WHEN.plan, hires, strict=True)
    )
    assert sum(hires) > 0
    assert min(row(planned(hires=typed_in), "gap")) >= 0


def test_people_of_an_adopted_plan_need_not_be_proposed_again() -> None:
    still = TEAM.replace("0.1  ", ".  ").replace("0.05", ".").replace("  1  ", "  0  ")
    adopted = "team  resource  period  adopted_change\nWelders  Frame  2026-02  "
    # 1250 hours of ten people at 100: three are missing; two of the plan come in February
    assert row(planned(still, load=1250), "proposed_hires") == [3, 0, 0, 0]
    assert row(planned(still, adopted + "2", load=1250), "proposed_hires") == [3, 0, 0, 0]
    # with 1000 hours nobody is missing until the plan lays off one
    assert row(planned(still, adopted + "-1", load=1000), "proposed_hires") == [0, 1, 0, 0]
    # two who come in January leave one missing, and their overtime counts as well
    soon = adopted.replace("-02", "-01") + "2"
    assert row(planned(still, soon, load=1250), "proposed_hires") == [1, 0, 0, 0]
    capped = TEAM.replace("0.1  ", ".  ").replace("  1  ", "  0  ")
    # 12 people x 100 x 1.05 = 1260
    assert row(planned(capped, soon, load=1260), "proposed_hires") == [0, 0, 0, 0]
    assert row(planned(capped, soon, load=1261), "proposed_hires") == [1, 0, 0, 0]


def test_teams_of_one_resource_share_its_load_by_their_hours() -> None:
    text = """
        team   resource  headcount  hours_per_month
        Early  Frame     3          100
        Late   frame     1          100
        Help   .         5          100
    """
    assert load_share(teams(text))[:, 0].tolist() == [0.75, 0.25, 1]
    found = planned(text, load=400)
    assert row(found, "required_hours", "Late") == [100] * 4
    # who belongs to no resource has no load
    assert row(found, "required_hours", "Help") == [0] * 4


def test_a_team_with_work_and_without_hours_is_told() -> None:
    found = planned("team  resource  headcount  hours_per_month\nWelders  Frame  3  .")
    (finding,) = found.findings
    assert "Welders has work and no hours per month" in finding.message
    assert not np.isnan(found.plan["gap_people"].dropna()).any()
    assert row(found, "use") == pytest.approx([float("nan")] * 4, nan_ok=True)


def test_the_total_is_the_sum_of_the_teams() -> None:
    found = planned()
    assert plan_row(found.total, WHEN, "people") == pytest.approx(row(found, "people"))
    assert plan_row(found.total, WHEN, "cost") == pytest.approx(row(found, "cost"))


def test_a_company_without_teams_has_an_empty_plan() -> None:
    assert planned("").plan.empty


def test_overtime_has_one_limit_that_of_the_option_where_there_is_one() -> None:
    option = """
        resource  option    hours  lead_time
        Frame     overtime  60     1
    """
    # 900 hours are needed, 900, 810, 729 and 656.1 are there; the option begins in February
    found = planned(options=option)
    assert row(found, "overtime_offered") == [0, 60, 60, 60]
    assert row(found, "overtime") == pytest.approx([0, 60, 60, 60])
    # what Capacity commits to is more than an offer
    assert row(planned(options=option, overtime=80), "overtime")[1] == pytest.approx(80)
    # without an option the cap of the team: 5 % of 810
    assert row(planned(), "overtime")[1] == pytest.approx(40.5)
