"""The constrained plan, the register of constraints, and what is told about missing hours."""

import numpy as np
import pandas as pd
import pytest

from sop_xl.actions.shortages import gaps_in_words
from sop_xl.planning import Outcome
from sop_xl.planning.supply import shortage
from sop_xl.planning.supply.gap_choices import hours_to_commit
from sop_xl.planning.supply.gap_options import reckoned
from sop_xl.planning.supply.gaps import loads
from sop_xl.schema import empty_frame
from sop_xl.tables.data import BILL, CAPACITY_OPTIONS, FAMILIES, RESOURCES, WORKFORCE
from sop_xl.tables.finance import FINANCE_FAMILY
from sop_xl.tables.materials import MATERIAL_MESSAGES, MATERIAL_PEGGING
from sop_xl.tables.settings import Settings
from sop_xl.tables.shortage import CONSTRAINTS, GAP_OPTIONS
from sop_xl.tables.supply import CAPACITY, SUPPLY_PLAN
from tests.planning.nobody import nobody
from tests.planning.rows import axis, grid, plan_row, rows

WHEN = axis("2026-01", history=2, horizon=3)
BILL_ROWS = """
    family  resource  hours_per_unit
    Bikes   Frame     1
    Trikes  Frame     1
"""
FRAME = """
    resource  machines  hours_per_day  cost_per_hour
    Frame     1         8              40
"""


FLAT = {name: [10.0] * 3 for name in ("demand", "shipments", "production")}
SUPPLY = grid(SUPPLY_PLAN, WHEN, {"Bikes": FLAT, "Trikes": FLAT})
PRICES = {"Bikes": {"price": [20.0] * 3, "unit_cost": [15.0] * 3},
          "Trikes": {"price": [20.0] * 3, "unit_cost": [12.0] * 3}}  # fmt: skip
FINANCE = grid(FINANCE_FAMILY, WHEN, PRICES)
REGIONS = pd.DataFrame({"family": ["Bikes"], "region": ["North"], "period": [WHEN.first],
                        "volume": [10.0], "price": [20.0], "margin": [50.0]})  # fmt: skip
RANKS = rows(FAMILIES.columns, "family  priority\nBikes   1\nTrikes  2\n")


MESSAGES = """
    number  what      component  needed   message
    1       late      Tube       2026-01  Order_at_once.
    2       delay     Tube       2026-02  Put_off.
    3       expedite  Paint      2026-02  Bring_forward.
"""
PEGS = """
    component  parent  family  quantity
    Tube       B-1     Bikes   30
    Tube       T-1     Trikes  10
    Paint      P-9     .       10
"""


def hours_of(available: float) -> pd.DataFrame:
    frame = {"load": [20.0] * 3, "available": [available] * 3, "gap": [available - 20.0] * 3}
    return grid(CAPACITY, WHEN, {"Frame": frame})


def run(
    bill: str = BILL_ROWS, available: float = 15.0, rule: str = "fair_share", typed: str = "",
    resources: str = FRAME,
) -> Outcome:  # fmt: skip
    """Ten of each family are wanted each month, nothing is on stock; a unit earns 5 (8 of trikes).

    20 h of load against 15 h.
    """
    return shortage.run(
        WHEN,
        Settings(allocation=rule),
        capacity=hours_of(available),
        supply_plan=SUPPLY,
        finance_family=FINANCE,
        finance_region=REGIONS,
        bill=rows(BILL.columns, bill),
        families=RANKS,
        resources=rows(RESOURCES.columns, resources),
        capacity_options=rows(CAPACITY_OPTIONS.columns),
        workforce=rows(WORKFORCE.columns),
        workforce_plan=nobody(WHEN),
        gap_options=empty_frame(GAP_OPTIONS.inputs),
        constraints=rows(CONSTRAINTS.inputs, typed),
        material_messages=rows(MATERIAL_MESSAGES.columns, MESSAGES),
        material_pegging=rows(MATERIAL_PEGGING.columns, PEGS),
    )


@pytest.mark.parametrize(
    ("rule", "bikes", "trikes"),
    [("fair_share", [7.5] * 3, [7.5] * 3), ("priority", [10] * 3, [5] * 3),
     ("margin", [5] * 3, [10] * 3)],
)  # fmt: skip
def test_sales_go_as_far_as_the_hours(rule: str, bikes: list[float], trikes: list[float]) -> None:
    found = run(rule=rule).frames["constrained_plan"]
    for family, sold in (("Bikes", bikes), ("Trikes", trikes)):
        # nothing can be made up: every month asks for more than there is, oldest orders first
        assert plan_row(found, WHEN, "sales", family=family) == pytest.approx(sold)
        gap = np.array(sold) - 10
        assert plan_row(found, WHEN, "gap", family=family) == pytest.approx(gap)
        margin = gap * {"Bikes": 5, "Trikes": 8}[family]
        assert plan_row(found, WHEN, "gap_margin", family=family) == pytest.approx(margin)


def test_with_hours_enough_the_plan_is_the_supply_plan() -> None:
    found = run(available=20.0).frames
    assert plan_row(found["constrained_plan"], WHEN, "gap", family="Bikes") == [0, 0, 0]
    assert found["gap_options"].empty
    assert found["constraints"].empty


def test_gaps_are_proposed_for_the_register_and_inputs_are_kept() -> None:
    typed = """
        constraint                         owner  action       due         status
        Hours short: Frame from Jan 2026   Ann    Second shift  2026-02-15  in work
        Hours short: Paint from Dec 2025   Bob    Overtime      .           open
        Hours short: Oven from Nov 2025    Bob    Overtime      .           closed
    """
    table = run(rule="priority", typed=typed).frames["constraints"].set_index("constraint")
    assert set(table.index) == {
        "Hours short: Frame from Jan 2026",
        "Hours short: Paint from Dec 2025",
    }
    frame = table.loc["Hours short: Frame from Jan 2026"]
    assert (frame["owner"], frame["status"], frame["size"]) == ("Ann", "in work", 15)
    # bikes go first: 5 trikes a month are never delivered, at 20 each with a margin of 8
    assert frame["what"] == (
        "Frame lacks 15 h in Jan 2026 to Mar 2026: 15 pcs of Trikes cannot be delivered when they "
        "are asked for, none of them later in the plan months."
    )
    assert (frame["units"], frame["revenue"], frame["margin"]) == pytest.approx((15, 300, 120))
    assert str(table.loc["Hours short: Paint from Dec 2025", "what"]).startswith("Not found")


def test_a_gap_without_any_option_is_registered_and_told() -> None:
    """One family, no cost of an hour, short in every month: nothing can be offered for 3 x 5 h."""
    bill = "family  resource  hours_per_unit\nBikes   Frame     2"
    frame = "resource  machines  hours_per_day\nFrame     1         8"
    made = run(bill, 15.0, resources=frame).frames
    assert made["gap_options"].empty
    row = made["constraints"].set_index("subject").loc["Frame"]
    assert (row["size"], row["proposal"]) == (15, "No option is known: add capacity options.")
    (told,) = gaps_in_words(made["constraints"])
    assert told.startswith("Frame lacks 15 h in Jan 2026 to Mar 2026: ")
    assert told.endswith("; No option is known: add capacity options")


def test_by_margin_is_offered_with_what_it_saves_in_the_constrained_plan() -> None:
    """Alike 2.5 of each are late a month: 3 x 2.5 x (5 + 8) = 97.50; by margin 5 bikes: 75."""
    table = run().frames["gap_options"].set_index("option")
    assert table.loc["allocate by margin", "gain"] == pytest.approx(97.5 - 75)
    assert table.loc["allocate by margin", "covers"] == 0
    assert "allocate by margin" not in set(run(rule="margin").frames["gap_options"]["option"])


def test_hours_of_an_adopted_plan_are_in_force_already() -> None:
    """7 h adopted, 3 h typed: 7 are in force. 5 more are written as 12, or nothing would come."""
    frame = {"load": [20.0] * 3, "available": [15.0] * 3, "overtime": [3.0] * 3,
             "adopted_hours": [7.0] * 3, "gap": [-5.0] * 3}  # fmt: skip
    capacity = grid(CAPACITY, WHEN, {"Frame": frame})
    bill = rows(BILL.columns, BILL_ROWS)
    plan = loads(WHEN, capacity, SUPPLY, FINANCE, bill, RANKS, Settings(),
                 rows(WORKFORCE.columns), nobody(WHEN))  # fmt: skip
    assert plan.overtime.tolist() == [[7.0] * 3]
    offers = rows(CAPACITY_OPTIONS.columns, "resource  option  hours\nFrame  overtime  15")
    late = -np.ones_like(plan.production)
    found = reckoned(plan, Settings(), rows(RESOURCES.columns, FRAME), offers, late)
    written = hours_to_commit(plan, found, {("Frame", WHEN.first, "overtime")})
    assert written["overtime"].tolist() == [12.0] * 3


@pytest.mark.parametrize(
    ("bill", "available", "told"),
    [("family  resource  hours_per_unit", 15, "no bill of resources"),
     ("family  resource  hours_per_unit\nBikes   Frame     1", 15, "No hours at any resource for"
      " Trikes"),
     (BILL_ROWS, 0, "No hours, but load, at Frame")],
)  # fmt: skip
def test_what_makes_the_load_wrong_is_told(bill: str, available: float, told: str) -> None:
    outcome = run(bill, available)
    (finding,) = outcome.findings
    assert told in finding.message
    assert finding.remedy
    numbers = outcome.frames["constrained_plan"].select_dtypes("number")
    plan = outcome.frames["constrained_plan"]["period"] >= WHEN.first
    assert np.isfinite(numbers[plan.to_numpy()].to_numpy()).all()


def test_what_is_hurried_for_output_that_cannot_be_made_is_noted() -> None:
    texts = run(rule="priority").frames["material_messages"]["message"].tolist()
    # ten bikes of ten are made in January and five trikes: (30 x 1 + 10 x 0.5) / 40 = 87.5 %
    assert texts[0] == (
        "Order_at_once. But by the hours there are, only 88 % of it can be used by the end of "
        "Jan 2026: see Constrained_Plan."
    )
    assert texts[1:] == ["Put_off.", "Bring_forward."]
    # where hours suffice nothing is said
    enough = run(available=30.0).frames["material_messages"]
    assert enough["message"].tolist()[0] == "Order_at_once."
