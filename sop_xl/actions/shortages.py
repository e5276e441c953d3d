"""The buttons *Capacity check* and *Apply options*: what is short, and what is done about it."""

from __future__ import annotations

from typing import NamedTuple

import pandas as pd

from sop_xl.actions.laying import laid_over
from sop_xl.actions.pressing import (
    Refreshed,
    Report,
    StoppedError,
    ask_first,
    bring_up_to_date,
    opened,
    taken_over,
)
from sop_xl.actions.preview import Preview
from sop_xl.actions.session import Press, Session
from sop_xl.actions.telling import LISTED
from sop_xl.planning.calendar import Axis
from sop_xl.planning.supply.constrained import shortfall_of
from sop_xl.planning.supply.gap_choices import hours_to_commit, production_to_fix
from sop_xl.planning.supply.gap_options import Reckoned, reckoned
from sop_xl.planning.supply.gaps import Loads, loads
from sop_xl.planning.wording import count, month, number
from sop_xl.store import difference
from sop_xl.tables.settings import Settings
from sop_xl.tables.shortage import BY_MARGIN, CONSTRAINTS, GAP_OPTIONS, RESOURCE
from sop_xl.tables.supply import CAPACITY, SUPPLY_PLAN

CAPACITY_INPUTS, SUPPLY_INPUTS = f"{CAPACITY.name}_inputs", f"{SUPPLY_PLAN.name}_inputs"
SHEET = "Options!A1"


class _Choice(NamedTuple):
    """What the chosen options write, by input table, and what is said about it."""

    cells: dict[str, pd.DataFrame]
    lines: list[str]
    overwritten: list[str]


def short_in_words(done: Refreshed) -> list[str]:
    """Which resource is short, when, by how much, what it does, and what is proposed."""
    frames = done.made.frames
    lines = gaps_in_words(frames[CONSTRAINTS.name])
    if not lines:
        return ["No resource is short of hours in the plan months."]
    more = [f"... and {len(lines) - LISTED} more: see Constraints"] if len(lines) > LISTED else []
    return [*lines[:LISTED], *more, sales_line(frames["constrained_plan"])]


def gaps_in_words(constraints: pd.DataFrame) -> list[str]:
    """One line for each gap, most money first, as the register has them.

    Args:
        constraints: The list.
    """
    gaps = constraints[constraints["kind"] == RESOURCE]
    return [
        f"{what.removesuffix('.')}; {proposal.removesuffix('.')}"
        for what, proposal in zip(gaps["what"], gaps["proposal"], strict=True)
    ]


def sales_line(constrained: pd.DataFrame) -> str:
    """What the shortage does to sales."""
    short = constrained[constrained["gap"] < 0]
    if short.empty:
        return "Stock covers it: everything can be sold when it is asked for."
    units, margin = -float(short["gap"].sum()), -float(short["gap_margin"].sum())
    return (
        f"{number(units)} units cannot be sold when they are asked for, margin of {number(margin)}:"
        " see Constrained_Plan."
    )


def apply_options(press: Press) -> Report:
    """Take over what was typed, and write the chosen options into capacity and supply plan."""

    def then(session: Session) -> Report:
        choices: list[_Choice] = []

        def allow(foreseen: Preview) -> None:
            choices.append(_weighed(session, foreseen))

        def work(session: Session) -> list[str]:
            return _write(session, choices[0])

        done = bring_up_to_date(session, work, allow)
        return done.report(f"Options applied: {taken_over(done.collected)}.", go="Capacity!A1")

    return opened(press, "supply", then)


def _reckoned(
    frames: dict[str, pd.DataFrame], settings: Settings, axis: Axis
) -> tuple[Loads, list[Reckoned]]:
    plan = loads(
        axis, frames["capacity"], frames["supply_plan"], frames["finance_family"], frames["bill"],
        frames["families"], settings, frames["workforce"], frames["workforce_plan"],
    )  # fmt: skip
    shortfall = shortfall_of(axis, plan, frames["constrained_plan"])
    offers = frames["capacity_options"]
    return plan, reckoned(plan, settings, frames["resources"], offers, shortfall)


def _weighed(session: Session, foreseen: Preview) -> _Choice:
    """What the choices make of the plan as it will be with what was typed.

    Raises:
        StoppedError: Nothing is chosen, or the answer was no.
    """
    frames, settings = foreseen.made.frames, session.plan.settings
    listed = frames[GAP_OPTIONS.name]
    rows = listed[listed["chosen"]]
    if rows.empty:
        line = "Set Chosen to yes beside the options that you want, on the sheet Options."
        raise StoppedError(Report("No option is chosen.", [line], go=SHEET))
    chosen = set(rows[GAP_OPTIONS.keys].itertuples(index=False, name=None))
    plan, found = _reckoned(frames, settings, foreseen.made.run.axis)
    hours = hours_to_commit(plan, found, chosen)
    fixed = production_to_fix(plan, found, chosen)
    lines = [
        f"{row['resource']}, {month(row['period'])}: overtime {number(row['overtime'])} h, extra"
        f" {number(row['extra'])} h"
        for row in hours.to_dict("records")
    ]
    if len(fixed):
        families = fixed["family"].nunique()
        many = "1 family" if families == 1 else f"{families} families"
        lines.append(f"{count(len(fixed), 'month')} of production fixed, of {many}")
    if (rows["option"] == BY_MARGIN).any():
        lines.append(
            f"Allocation by margin is the setting allocation, now {settings.allocation}: see"
            " Constrained_Plan"
        )
    choice = _Choice(
        {
            CAPACITY_INPUTS: hours,
            SUPPLY_INPUTS: fixed,
            GAP_OPTIONS.name: rows[GAP_OPTIONS.keys].assign(chosen=False),
        },
        lines,
        _overwritten(frames[SUPPLY_PLAN.name], fixed),
    )
    ask_first(session, "This is going to be written over:", choice.overwritten)
    return choice


def _overwritten(supply_plan: pd.DataFrame, fixed: pd.DataFrame) -> list[str]:
    """Production that people fixed before and that the choice fixes otherwise."""
    keys = ["family", "period"]
    both = fixed.merge(supply_plan[[*keys, "production_override"]], on=keys, suffixes=("", "_old"))
    old = both[both["production_override_old"].notna()]
    changed = old[old["production_override_old"] != old["production_override"]]
    return [
        f"{row['family']}, {month(row['period'])}: fixed production"
        f" {number(row['production_override_old'])} becomes {number(row['production_override'])}"
        for row in changed.to_dict("records")
    ]


def _write(session: Session, choice: _Choice) -> list[str]:
    """Put the numbers on record as changes of the plan's inputs, and say what was done."""
    press, plan, issue = session.press, session.plan, session.issue
    held = plan.store.inputs(issue.cycle)
    why = f"Options applied by {press.author}"
    changes = []
    for name, cells in choice.cells.items():
        table = plan.store.tables[name]
        laid = laid_over(held[name], cells, table.keys)
        found = difference(held[name], laid, table)
        changes += [change._replace(reason=why, cell="Options") for change in found]
    # whoever applies decides now: an older copy of the book is no conflict
    plan.store.append_changes(
        issue.cycle, changes, press.author, press.at, issue.build, prefer="book"
    )
    return choice.lines

