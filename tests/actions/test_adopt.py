"""The buttons *Optimise* and *Adopt plan*: a strategy in words, and in the supply plan."""

from __future__ import annotations

import datetime as dt
from pathlib import Path
from types import SimpleNamespace
from typing import Any

import pandas as pd
import pytest

from sop_xl import actions
from sop_xl.actions import FileBook, Press, adopting, open_plan
from sop_xl.actions.buttons import button
from sop_xl.errors import SopError
from tests.actions.desk import CYCLE, Desk, state_of
from tests.books import InGrid
from tests.conftest import BOOK

NOW = dt.datetime(2026, 10, 6, 8, 0, tzinfo=dt.UTC)


def press(plan: Path, action: str, choice: str = "", *, yes: bool = True) -> actions.Report:
    """Press a button on the file, as the command does."""
    book = FileBook(plan / BOOK, answer=lambda _title, _lines: yes, print_line=lambda _line: None)
    pressed = button(action)
    return actions.perform(Press(action, book, plan, "Bob", NOW, choice), pressed, pressed.label)


def adopted(plan: Path) -> pd.DataFrame:
    """What the plan holds as adopted output."""
    with open_plan(plan) as opened:
        inputs = opened.store.inputs(CYCLE)["supply_plan_inputs"]
    return inputs[inputs["adopted"].notna()]


def supply(measure: str, family: str = "Bikes", month: str = "2026-12") -> InGrid:
    return InGrid("Supply_Plan", (family,), measure, month)


def test_the_plan_that_is_named_is_written_with_its_reason(plan: Path) -> None:
    told = press(plan, "adopt", "level")

    assert told.title == "Adopted: the level plan: 0 changes taken over, 0 conflicts."
    held = adopted(plan)
    assert len(held) == 2 * 12  # two families, twelve months
    # a level plan makes the same number each working day, 22 of October and 21 of November, in
    # whole units to date
    october, november = held[held["family"] == "Parts"]["adopted"].iloc[:2]
    assert [october % 1, november % 1] == [0, 0]
    assert abs(october / 22 - november / 21) <= 1 / 22 + 1 / 21
    with open_plan(plan) as opened:
        last = opened.store.changes(CYCLE).iloc[-1]
    assert (last["author"], last["reason"]) == ("Bob", "Adopted the level plan, by Bob")
    assert told.lines[0].startswith("It costs")
    units = f"{held['adopted'].sum():,.0f}"
    assert any(line.startswith(f"It makes {units} units") for line in told.lines)


def test_production_follows_the_adopted_plan_and_none_takes_it_back(plan: Path) -> None:
    before = actions.run(plan).plan.frames["supply_plan"]
    press(plan, "adopt", "level")
    done = actions.run(plan).plan.frames
    shown = done["supply_plan"].dropna(subset="adopted")
    hours = done["strategy_hours"]
    for own in ("people", "available", "overtime", "extra"):
        level = hours[f"{own}_level"].to_numpy()
        assert hours[f"{own}_current"].to_numpy() == pytest.approx(level, abs=1e-3, nan_ok=True)
    costs = done["strategy_cost"].groupby("strategy")["total"].sum()
    # whole units to date: in the end up to one more of each family, made and kept
    assert costs["current"] == pytest.approx(costs["level"], rel=5e-4)
    assert shown["production"].tolist() == shown["adopted"].tolist()
    bikes = done["strategy_plan"].set_index(["family", "period"])["production_level"]
    at = pd.MultiIndex.from_frame(shown[["family", "period"]])
    assert shown["adopted"].to_numpy() == pytest.approx(bikes.reindex(at).to_numpy(), abs=1)
    assert (shown["adopted"] % 1 == 0).all()
    more = shown["adopted"].sum() - bikes.reindex(at).sum()
    assert 0 <= more <= 2
    net = done["supply_plan"].set_index(["family", "period"])
    moved = net["net_stock"].groupby("family").diff().reindex(at)
    flows = (net["production"] + net["subcontracted"].fillna(0.0) - net["demand"]).reindex(at)
    assert moved.to_numpy() == pytest.approx(flows.to_numpy())

    press(plan, "adopt", "optimised", yes=False)  # nothing of this was typed: nobody is asked
    press(plan, "adopt", "none")

    assert adopted(plan).empty
    after = actions.run(plan).plan.frames["supply_plan"]
    pd.testing.assert_frame_equal(after, before)
    assert press(plan, "adopt", "none").title == "There is no adopted plan to clear."


def test_what_was_typed_is_asked_for_and_a_no_leaves_all_as_it_is(desk: Desk) -> None:
    desk.type({supply("+ Subcontracted"): 5})
    desk.excel.answer = "cancel"
    before = state_of(desk.plan)

    assert desk.press("adopt").text.startswith("Cancelled: nothing was changed.")
    assert "Bikes: + Subcontracted Dec 2026 5" in desk.asked()[0]
    assert state_of(desk.plan) == before


def test_the_plan_chosen_on_the_sheet_is_adopted(desk: Desk) -> None:
    assert desk.press("adopt").text.startswith("Adopted: the optimised plan")
    assert len(adopted(desk.plan)) == 24


def test_an_impossible_plan_is_refused_with_its_reason(short: Path) -> None:
    told = press(short, "adopt", "mixed")
    assert told.title == "Nothing was adopted: there is no mixed plan."
    assert told.lines[0].startswith("Frame lacks")


def test_an_unknown_plan_is_refused_and_those_there_are_named(plan: Path) -> None:
    with pytest.raises(SopError, match="no plan 'cheap'"):
        press(plan, "adopt", "cheap")


def test_optimise_says_which_is_cheapest_and_changes_no_plan(plan: Path) -> None:
    told = press(plan, "optimise")
    assert told.lines[0].startswith("Cheapest is the")
    assert sum("against the plan in the book" in line for line in told.lines) == 4
    assert adopted(plan).empty


def test_what_earlier_cycles_adopted_is_known_as_ours() -> None:
    """Three cycles ago a plan was adopted; each log of the store reaches one cycle back."""
    cycles = ["2026-09", "2026-10", "2026-11", "2026-12"]

    def changes(cycle: str) -> pd.DataFrame:
        at = cycles.index(cycle)
        return pd.DataFrame({"cycle": cycles[max(at - 1, 0) : at + 1]})

    store = SimpleNamespace(
        previous_cycle=dict(zip(cycles[1:], cycles, strict=False)).get, changes=changes
    )

    def read(last: str, horizon: int) -> list[str]:
        plan = SimpleNamespace(store=store, settings=SimpleNamespace(horizon=horizon))
        session: Any = SimpleNamespace(plan=plan, issue=SimpleNamespace(cycle=last))
        return list(adopting._log(session)["cycle"])

    assert read("2026-12", 12) == cycles
    assert read("2026-11", 12) == cycles[:3]
    assert read("2026-12", 2) == cycles[2:]
