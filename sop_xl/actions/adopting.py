"""The buttons *Optimise* and *Adopt plan*: the strategies in words, and one written to the plan."""

from __future__ import annotations

from collections.abc import Mapping
from itertools import pairwise
from typing import NamedTuple

import pandas as pd

from sop_xl.actions.laying import laid_over
from sop_xl.actions.pressing import (
    Report,
    StoppedError,
    ask_first,
    bring_up_to_date,
    opened,
    taken_over,
)
from sop_xl.actions.preview import Preview
from sop_xl.actions.session import Press, Session
from sop_xl.errors import SopError
from sop_xl.planning.supply.strategies.adoption import (
    LABELS,
    Adoption,
    Cells,
    adoption,
    only_ours,
    typed_over,
)
from sop_xl.planning.supply.strategies.words import cost_after, findings_in_words
from sop_xl.planning.wording import count, number
from sop_xl.store import difference
from sop_xl.store.log import key_text
from sop_xl.tables import GRIDS
from sop_xl.tables.people import WORKFORCE_PLAN
from sop_xl.tables.strategy import (
    BOTTLENECKS,
    NONE_ADOPTED,
    STRATEGIES,
    STRATEGIES_TABLE,
    STRATEGY_COST,
    STRATEGY_HOURS,
    STRATEGY_PLAN,
)
from sop_xl.workbook.pages.strategy import ADOPT_LABEL, SHEET
from sop_xl.workbook.reader import OpenedSheet

GO = f"{SHEET}!A1"
ADOPTED = "Adopted"
"""How the reason of a change begins that an adoption made."""
_GRIDS = {
    "supply": ("supply_plan", ["family"]),
    "capacity": ("capacity", ["resource"]),
    "workforce": ("workforce_plan", ["team", "resource"]),
}
"""The grids whose input cells a plan fills, with their keys, by the part of an adoption."""


class _Choice(NamedTuple):
    """A plan to adopt, and what it makes of the cells."""

    name: str
    cells: Adoption
    lines: list[str]
    before: pd.DataFrame
    """The costs of the plans while this one is not adopted yet."""


def optimise(press: Press) -> Report:
    """Compute the strategies anew, and say which is cheapest and what stands in their way."""

    def then(session: Session) -> Report:
        done = bring_up_to_date(session)
        frames, currency = done.made.frames, session.plan.settings.currency
        told = findings_in_words(
            frames[STRATEGY_COST.name], frames[STRATEGIES_TABLE.name], frames[BOTTLENECKS.name],
            currency,
        )  # fmt: skip
        return done.report(f"Strategies computed: {taken_over(done.collected)}.", told, GO)

    return opened(press, "supply", then)


def adopt(press: Press) -> Report:
    """Take over what was typed, and write the chosen plan to the supply plan."""

    def then(session: Session) -> Report:
        name = press.choice or _chosen(session.book.sheets())
        if name not in (*STRATEGIES, NONE_ADOPTED):
            known = ", ".join((*STRATEGIES, NONE_ADOPTED))
            raise SopError(f"There is no plan {name!r} to adopt.", f"Choose one of: {known}.")
        choices: list[_Choice] = []

        def allow(foreseen: Preview) -> None:
            choices.append(_weighed(session, foreseen, name))

        done = bring_up_to_date(session, lambda s: _write(s, choices[0]), allow)
        what, told = "No plan is adopted any more", []
        if name != NONE_ADOPTED:
            what, after = f"Adopted: the {name} plan", done.made.frames[STRATEGY_COST.name]
            told = [cost_after(choices[0].before, after, session.plan.settings.currency)]
        return done.report(f"{what}: {taken_over(done.collected)}.", told, "Supply_Plan!A1")

    return opened(press, "supply", then)


def _chosen(sheets: Mapping[str, OpenedSheet]) -> str:
    """The plan chosen on the sheet; the cell stands beside its label.

    Raises:
        SopError: The sheet is gone, or nothing is chosen.
    """
    values, _, _ = sheets.get(SHEET, OpenedSheet([], [], {}))
    for row in values:
        for label, value in pairwise(row):
            if label == ADOPT_LABEL and value not in (None, ""):
                return str(value).strip().casefold()
    raise SopError(
        f"No plan is chosen on the sheet {SHEET}.",
        f"Choose one beside {ADOPT_LABEL}, or name it: sop-xl run adopt --choice level --book FILE",
    )


def _weighed(session: Session, foreseen: Preview, name: str) -> _Choice:
    """What the plan makes of the cells, as they will be with what was typed.

    Raises:
        StoppedError: The plan is impossible, there is nothing to clear, or the answer was no.
    """
    frames = foreseen.made.frames
    plans = frames[STRATEGIES_TABLE.name].set_index("strategy")
    if name != NONE_ADOPTED and plans.loc[name, "possible"] == 0:
        title = f"Nothing was adopted: there is no {name} plan."
        raise StoppedError(Report(title, [str(plans.loc[name, "reason"])], findings=True, go=GO))
    cells = adoption(
        foreseen.made.run.axis, name, frames[STRATEGY_PLAN.name], frames[STRATEGY_HOURS.name],
        frames[WORKFORCE_PLAN.name], frames["workforce"], frames["capacity"],
        frames["families"], frames["bill"],
    )  # fmt: skip
    ours = _ours(session)
    if name == NONE_ADOPTED:
        supply = only_ours(_held(frames, "supply", cells), cells.supply, ours)
        cells = cells._replace(supply=supply)
        if not _anything_adopted(frames):
            raise StoppedError(Report("There is no adopted plan to clear.", [], go=GO))
    lost = [
        line for part, (_, keys) in _GRIDS.items()
        for line in typed_over(_held(frames, part, cells), getattr(cells, part), keys, ours)
    ]  # fmt: skip
    ask_first(session, "This was typed, and is going to be written over:", lost)
    return _Choice(name, cells, _said(foreseen, name, cells), frames[STRATEGY_COST.name])


def _held(frames: Mapping[str, pd.DataFrame], part: str, cells: Adoption) -> pd.DataFrame:
    """The input cells as the plan has them."""
    grid, keys = _GRIDS[part]
    columns = [c for c in getattr(cells, part).columns if c in LABELS]
    return frames[grid][[*keys, "period", *columns]]


def _anything_adopted(frames: Mapping[str, pd.DataFrame]) -> bool:
    return any(
        bool(frames[grid][column].notna().any())
        for grid, column in (
            ("supply_plan", "adopted"), ("capacity", "adopted_hours"),
            ("workforce_plan", "adopted_change"),
        )
    )  # fmt: skip


def _ours(session: Session) -> Cells:
    """The cells whose last change was made by an adoption: name, month, column."""
    log = _log(session)
    found: dict[tuple[str, str, str], bool] = {}
    for grid, _ in _GRIDS.values():
        label = f"{GRIDS[grid].label}: inputs"
        fields = {GRIDS[grid][name].label: name for name in LABELS if name in GRIDS[grid].names}
        rows = log[(log["table"] == label) & log["field"].isin(list(fields))]
        for key, name, reason in zip(rows["key"], rows["field"], rows["reason"], strict=True):
            at, _, period = str(key).rpartition(" · ")
            found[at, period, fields[name]] = str(reason).startswith(ADOPTED)
    for change in session.weighed.applied:  # typed since, and not on record yet
        at, _, period = key_text(change.key).rpartition(" · ")
        found[at, period, change.column] = False
    return {cell for cell, mine in found.items() if mine}


def _log(session: Session) -> pd.DataFrame:
    """The change log of all cycles that planned months which are still ahead, oldest first."""
    store = session.plan.store
    cycles = [session.issue.cycle]
    while len(cycles) < session.plan.settings.horizon and (
        before := store.previous_cycle(cycles[-1])
    ):
        cycles.append(before)
    # each log holds the cycle before it, too
    return pd.concat([store.changes(cycle) for cycle in reversed(cycles[::2])], ignore_index=True)


def _said(foreseen: Preview, name: str, cells: Adoption) -> list[str]:
    """What the plan makes and whom it moves, and what goes before it."""
    frames = foreseen.made.frames
    if name == NONE_ADOPTED:
        return ["Production follows chase or level again, as the families say."]
    made, bought = (cells.supply[column].sum() for column in ("adopted", "subcontracted"))
    beside = f" and buys {number(bought)}" if bought else ""
    lines = [
        f"It makes {number(made)} units{beside}, in batches and whole units where families are "
        "made so."
    ]
    months = frames[STRATEGY_COST.name]
    people = months[months["strategy"] == name][["hired", "laid_off"]].sum().round()
    if people.any():
        lines.append(
            f"It hires {number(people['hired'])} people and lays off {number(people['laid_off'])}, "
            "planned hires of Workforce among them: the rest stands there as ± Adopted plan."
        )
    fixed = int(frames["supply_plan"]["production_override"].notna().sum())
    if fixed:
        lines.append(f"Fixed production stands in {count(fixed, 'cell')} and goes before it.")
    return lines


def _write(session: Session, choice: _Choice) -> list[str]:
    """Put the cells on record as changes of the plan's inputs."""
    press, plan, issue = session.press, session.plan, session.issue
    what = "none" if choice.name == NONE_ADOPTED else f"the {choice.name} plan"
    why = f"{ADOPTED} {what}, by {press.author}"
    held = plan.store.inputs(issue.cycle)
    changes = []
    for part, (grid, keys) in _GRIDS.items():
        table = f"{grid}_inputs"
        found = laid_over(held[table], getattr(choice.cells, part), [*keys, "period"])
        changes += [
            change._replace(reason=why, cell=SHEET)
            for change in difference(held[table], found, plan.store.tables[table])
        ]
    # whoever adopts a plan decides now: an older copy of the book is no conflict
    plan.store.append_changes(
        issue.cycle, changes, press.author, press.at, issue.build, prefer="book"
    )
    where = "of Supply_Plan, Capacity and Workforce"
    return [*choice.lines, f"{count(len(changes), 'cell')} {where} changed"]

