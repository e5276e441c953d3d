"""The button *Apply options*: what is chosen becomes hours of the plan, in book and store."""

from __future__ import annotations

from sop_xl.actions import open_plan
from tests.actions.desk import CYCLE, Desk, state_of
from tests.books import InGrid


def test_without_a_choice_nothing_is_done(desk: Desk) -> None:
    before = state_of(desk.plan)

    told = desk.press("options").text

    assert told.startswith("No option is chosen.")
    assert "Set Chosen to yes" in told
    assert state_of(desk.plan) == before


def test_the_capacity_check_tells_what_is_short_and_writes_no_inputs(desk: Desk) -> None:
    told = desk.press("capacity").text

    assert told.startswith("Capacity checked: 0 changes taken over, 0 conflicts.")
    assert "h short in" in told or "No resource is short" in told


def test_chosen_overtime_becomes_hours_of_the_resource(desk: Desk) -> None:
    """Fixed production of 900 bikes overloads the frames; 60 h are there, not before November."""
    desk.type({InGrid("Supply_Plan", ("Bikes",), "Fixed production", "2026-12"): 900})
    told = desk.press("capacity").text
    assert "Frame lacks" in told
    wanted = [
        row
        for row in range(7, 30)
        if (desk.shown(f"Options!A{row}"), desk.shown(f"Options!C{row}")) == ("Frame", "overtime")
    ]
    assert wanted
    desk.type({f"Options!P{row}": "yes" for row in wanted})

    told = desk.press("options").text

    assert told.startswith("Options applied:")
    with open_plan(desk.plan) as plan:
        inputs = plan.store.inputs(CYCLE)
        last = plan.store.changes(CYCLE).iloc[-1]
    hours = inputs["capacity_inputs"]
    assert ((hours["resource"] == "Frame") & (hours["overtime"] > 0)).any()
    assert hours["overtime"].max() <= 60
    assert not inputs["gap_options"]["chosen"].any()
    assert last["reason"] == "Options applied by Bob"
