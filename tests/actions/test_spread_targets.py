"""The button *Spread targets*: typed totals become numbers of the blocks, in book and plan."""

from __future__ import annotations

import pandas as pd

from sop_xl.actions import open_plan
from sop_xl.tables.demand import TOP_DOWN
from tests.actions.desk import CYCLE, Desk, contents, demand, state_of
from tests.books import InGrid


def total(measure: str, family: str = "Bikes") -> InGrid:
    return InGrid("Demand_Plan", (family,), measure, "2026-12", "Demand by family")


def fixed(desk: Desk) -> pd.DataFrame:
    """What the plan holds as fixed consensus."""
    with open_plan(desk.plan) as plan:
        inputs = plan.store.inputs(CYCLE)["demand_plan_inputs"]
    return inputs[inputs["fixed"].notna()]


def test_blocks_sum_to_the_target_and_the_book_shows_it(desk: Desk) -> None:
    desk.type({total("Target"): 1001})

    told = desk.press("spread")

    assert told.text.startswith("Targets spread: 1 change taken over, 0 conflicts.")
    assert "Bikes: 1,001 in Dec 2026" in told.text
    held = fixed(desk)
    assert held["fixed"].sum() == 1001
    assert set(held["reason"]) == {TOP_DOWN}
    # the desk's Excel calculates nothing; the sheet's sums are formulas over these cells
    assert desk.shown(demand("Fixed consensus")) in held["fixed"].to_list()
    assert desk.shown(demand("Reason")) == TOP_DOWN
    assert desk.asked() == []
    with open_plan(desk.plan) as plan:
        last = plan.store.changes(CYCLE).iloc[-1]
    assert (last["author"], last["reason"]) == ("Bob", "Spread by Bob, by consensus")


def test_what_is_fixed_with_a_reason_stays_and_what_has_none_is_asked_for(desk: Desk) -> None:
    desk.type({total("Target"): 900, demand("Fixed consensus"): 400})
    desk.excel.answer = "cancel"
    before = contents(desk.book), state_of(desk.plan)

    assert desk.press("spread").text.startswith("Cancelled: nothing was changed.")
    assert "Bikes · North, Dec 2026: Fixed consensus 400 without a reason" in desk.asked()[0]
    assert (contents(desk.book), state_of(desk.plan)) == before

    desk.type({demand("Reason"): "new customer"})
    desk.press("spread")

    assert desk.shown(demand("Fixed consensus")) == 400
    assert fixed(desk)["fixed"].sum() == 900


def test_a_target_that_is_taken_away_releases_its_blocks(desk: Desk) -> None:
    desk.type({total("Target"): 1001})
    desk.press("spread")
    desk.type({total("Target"): None})

    told = desk.press("spread")

    assert "released: no target any more" in told.text
    assert fixed(desk).empty
    assert desk.shown(demand("Fixed consensus")) in (None, "")


def test_without_a_target_there_is_nothing_to_spread(desk: Desk) -> None:
    before = state_of(desk.plan)

    assert desk.press("spread").text.startswith("There is no target to spread.")
    assert state_of(desk.plan) == before


def test_a_company_target_below_its_families_is_refused(desk: Desk) -> None:
    before = state_of(desk.plan)
    desk.type({total("Target"): 900, total("Target", "All families"): 800})

    told = desk.press("spread").text

    assert told.startswith("Nothing was spread: 1 target cannot be met.")
    assert "All families, Dec 2026: the target 800 is less than" in told
    assert state_of(desk.plan) == before
