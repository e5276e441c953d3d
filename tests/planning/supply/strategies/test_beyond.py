"""What the plan costs beyond standard: the workshop by hand."""

from __future__ import annotations

import pytest

from sop_xl.planning import Outcome
from sop_xl.tables.strategy import BEYOND
from tests.planning.supply.strategies.shop import FAMILY_ROWS, OPTION_ROWS, WHEN, run

STANDARD = """
    family  policy         cost  price  labour_share  subcontract_cost
    Chairs  make to stock  100   200    0.4           130
    Made    make to order  300   400    0.5           .
"""
MATERIAL = """
    component  price  expedite_cost
    Oak        20     3
    Felt       5      .
"""


def lines(found: Outcome) -> dict[str, list[float]]:
    frame = found.frames["supply_cost"]
    plan = frame[frame["period"].isin(WHEN.plan)]
    return {name: [float(x) for x in plan[name]] for name in ("absorbed", *BEYOND, "beyond")}


def test_wages_less_what_units_absorb_and_what_is_in_no_standard_cost() -> None:
    found = lines(run(families=STANDARD, materials=MATERIAL, late={"Oak": [0.0, 10, 0]}))
    # a chair absorbs 100 x 0.4 = 40, a made one 150: 100 and 10, 150 and 10, 110 and 10 are made
    assert found["absorbed"] == [5500, 7500, 5900]
    # two joiners at 3000; in February they make more than their pay
    assert found["unabsorbed"] == [500, -1500, 100]
    assert found["overtime_beyond"] == [0, 50 * 40, 0]
    assert found["expedite"] == [0, 30, 0]
    assert found["beyond"] == [500, 530, 100]


def test_wages_and_overtime_less_labour_absorbed_is_what_labour_costs_beyond_standard() -> None:
    outcome = run(families=STANDARD, produced={"Chairs": [100.0, 185, 110], "Made": [10.0, 10, 10]})
    found, spent = lines(outcome), outcome.frames["supply_cost"]
    paid = float((spent["wages"] + spent["overtime"]).sum())
    assert sum(found["unabsorbed"]) + sum(found["overtime_beyond"]) == pytest.approx(
        paid - sum(found["absorbed"])
    )


def test_hires_count_in_full_and_a_subcontractor_above_standard() -> None:
    rates = run(families=STANDARD).frames["family_rates"].set_index("family")
    assert rates["premium"].to_dict() == {"Chairs": 30, "Made": 0}
    # 360 chairs at 100 and 30 made at 300 share by 36 to 9
    assert rates["share"].to_dict() == pytest.approx({"Chairs": 0.8, "Made": 0.2})


@pytest.mark.parametrize(
    ("families", "team"),
    [
        (FAMILY_ROWS, "team     resource  headcount  hours_per_month  cost_per_month\n"
                      "Joiners  Bench     2          150              3000"),
        (STANDARD, "team     resource  headcount  hours_per_month\n"
                   "Joiners  Bench     2          150"),
    ],
)  # fmt: skip
def test_without_pay_or_labour_in_the_standard_cost_only_overtime_is_beyond_it(
    families: str, team: str
) -> None:
    found = lines(run(families=families, team=team))
    assert found["unabsorbed"] == [0, 0, 0]
    # February takes 350 of 300 hours: 50 of overtime at 40
    assert found["overtime_beyond"] == found["beyond"] == [0, 2000, 0]


def test_pay_that_does_not_fit_the_standard_cost_is_told() -> None:
    few = STANDARD.replace("0.4 ", "0.1 ").replace("0.5 ", "0.1 ")
    told = [one.message for one in run(families=few).findings]
    # 18,000 are paid; 360 x 10 + 30 x 30 = 4,500 are in the standard cost
    assert any("18,000 EUR over the plan, 400 %" in text for text in told)
    assert not any("over the plan" in one.message for one in run(families=STANDARD).findings)


def test_hours_that_nobody_offers_absorb_no_labour() -> None:
    """February takes 350 h of 300: 20 of overtime are offered and 30 by nobody.

    A chair holds 40 of labour in 2 h, 20 an hour: 150 chairs are 300 h of 20, 10 made ones 50 h of
    150 / 5 = 30: 6,000 + 1,500. Of all 30 / 350 is worked by nobody.
    """
    few = OPTION_ROWS.replace("60     40", "20     40").replace("100    35", "0      35")
    found = lines(run(families=STANDARD, options=few))
    february = 7500 * (1 - 30 / 350)
    assert found["absorbed"] == pytest.approx([5500, february, 5900])
    assert found["unabsorbed"] == pytest.approx([500, 6000 - february, 100])
    assert found["overtime_beyond"] == [0, 20 * 40, 0]


MIXED = STANDARD.replace("0.5           .", ".             .")
"""Nobody knows the labour in the cost of what is made to order."""


def test_pay_for_families_without_known_labour_is_no_unabsorbed_labour() -> None:
    outcome = run(families=MIXED)
    found = lines(outcome)
    # chairs take 720 of 870 hours of the bench, so 720 / 870 of 6,000 are held against 40 a chair
    judged = 6000 * 720 / 870
    assert found["absorbed"] == [4000, 6000, 4400]
    assert found["unabsorbed"] == pytest.approx([judged - 4000, judged - 6000, judged - 4400])
    # 50 hours of overtime in February at 40: paid in full, whatever labour is known
    assert found["overtime_beyond"] == [0, 2000, 0]
    told = [one.message for one in outcome.findings]
    assert [text for text in told if "No labour in the standard cost of Made" in text] == [
        "No labour in the standard cost of Made: the pay for 150 h of theirs is held against no "
        "standard cost, and counts as standard."
    ]


def test_families_with_all_their_labour_known_are_not_named() -> None:
    told = [one.message for one in run(families=STANDARD).findings]
    assert not any("No labour" in text for text in told)


def test_what_is_expedited_is_what_is_ordered_with_what_gets_lost() -> None:
    lossy = MATERIAL.replace("expedite_cost", "expedite_cost  output").replace(
        "20     3", "20     3              0.8"
    ).replace("5      .", "5      .              .")
    found = lines(run(families=STANDARD, materials=lossy, late={"Oak": [0.0, 10, 0]}))
    assert found["expedite"] == pytest.approx([0, 10 / 0.8 * 3, 0])
