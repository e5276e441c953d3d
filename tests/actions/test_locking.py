"""Finance locks its view: it is kept, it can be shown again, and the book says what has moved."""

from __future__ import annotations

from sop_xl.actions import open_plan
from tests.actions.desk import CYCLE, Desk, demand
from tests.books import InGrid


def price(month: str = "2026-12") -> InGrid:
    return InGrid("Finance_Recon", ("Bikes", "North"), "Price change", month,
                  "Finance by family and region")


def test_a_locked_view_is_reproducible_and_shows_what_moved(desk: Desk) -> None:
    assert desk.press("show_locked").text.startswith("The financial view is not locked.")
    locked = desk.press("lock_finance").text
    assert locked.startswith("Finance locked: 0 changes taken over, 0 conflicts.")
    with open_plan(desk.plan) as plan:
        held = plan.store.inputs(CYCLE)["finance_lock"]
    assert held["hash"].nunique() == 1
    assert held["hash"].iloc[0] in locked

    desk.type({price(): -0.5})
    moved = desk.press("reconcile").text
    assert "Moved since finance locked its view:" in moved
    assert "Revenue: Bikes:" in moved

    # the plan has moved; what was locked is made again from the inputs of then
    shown = desk.press("show_locked").text
    assert f"content {held['hash'].iloc[0]}: computed anew, it is the same." in shown

    assert desk.press("unlock_finance").text.startswith("Finance unlocked:")
    with open_plan(desk.plan) as plan:
        assert plan.store.inputs(CYCLE)["finance_lock"].empty


def test_reconcile_says_the_gap_what_explains_it_and_what_is_open(desk: Desk) -> None:
    desk.type({demand("± Sales"): 25, demand("Reason"): "new customer"})
    told = desk.press("reconcile").text
    assert told.startswith("Reconciled: 2 changes taken over, 0 conflicts.")
    assert "Full year 2026, against AOP:" in told
    assert "Revenue moves by" in told
    assert "above tolerance open: see Tie_Out" in told


def test_the_tie_out_list_names_differences_and_their_owners(desk: Desk) -> None:
    told = desk.press("tie_out").text
    assert told.startswith("Tie-outs listed: 0 changes taken over, 0 conflicts.")
    assert "Revenue to AOP, " in told
