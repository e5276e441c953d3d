"""What it means to adopt a plan: the cells of supply plan, capacity and workforce that it fills."""

from __future__ import annotations

from collections.abc import Sequence
from typing import NamedTuple, TypeAlias

import numpy as np
import pandas as pd

from sop_xl.planning.calendar import Axis
from sop_xl.planning.frames import Numbers, lookup, matrix, positions, rounded, totals, zero
from sop_xl.planning.resource_bill import resource_bill
from sop_xl.planning.supply.production import level_in_steps
from sop_xl.planning.supply.workforce import planned_hires, there
from sop_xl.planning.wording import listed, month, number
from sop_xl.tables.strategy import NONE_ADOPTED, name_of

Cells: TypeAlias = set[tuple[str, str, str]]
"""Input cells: family, resource, or team and resource; month such as ``2026-11``; column."""
BETWEEN = " · "
"""Stands between the parts of a key."""
SAME = 1e-6
"""Units or hours up to which two numbers are the same."""
NOISE_HOURS, NOISE_SHARE = 0.5, 0.01
"""Hours, and share of the regular ones, that whole units or batches may add unseen; what they add
beyond is a gap, as nobody offers it."""
LABELS = {
    "adopted": "Adopted plan", "subcontracted": "+ Subcontracted",
    "adopted_hours": "+ Adopted plan", "adopted_change": "± Adopted plan",
}  # fmt: skip


class Adoption(NamedTuple):
    """New contents of the input cells of the plan months, blank where they are cleared."""

    supply: pd.DataFrame
    """family, period, adopted, subcontracted."""
    capacity: pd.DataFrame
    """resource, period, adopted_hours."""
    workforce: pd.DataFrame
    """team, resource, period, adopted_change."""


def adoption(
    axis: Axis,
    chosen: str,
    strategy_plan: pd.DataFrame,
    strategy_hours: pd.DataFrame,
    workforce_plan: pd.DataFrame,
    workforce: pd.DataFrame,
    capacity: pd.DataFrame,
    families_table: pd.DataFrame,
    bill: pd.DataFrame,
) -> Adoption:
    """The cells that a plan fills; those of ``none`` are all blank.

    Production and what is bought go to the supply plan, people whom it hires or lays off to the
    teams of their resource by who is there, and the hours beyond the regular ones with these people
    (overtime and extra hours) to capacity. What is made in batches or whole units is written so,
    its sum to date never below that of the plan; people and hours in hundredths, rounded up.

    Args:
        axis: Periods across.
        chosen: A strategy, or ``none``.
        strategy_plan: The grid.
        strategy_hours: The grid.
        workforce_plan: The grid, for the teams and their planned hires.
        workforce: The list of teams.
        capacity: The grid, for the hours of machines.
        families_table: The table, for batches and whole units.
        bill: Hours per unit, for the hours of production in whole steps.

    Raises:
        ValueError: The plan is not there, as it is impossible.
    """
    families, resources = (
        [str(name) for name in frame[key].drop_duplicates()]
        for frame, key in ((strategy_plan, "family"), (strategy_hours, "resource"))
    )
    blank_units = np.full((len(families), axis.horizon), np.nan)
    blank_hours = np.full((len(resources), axis.horizon), np.nan)
    teams = _Teams(axis, workforce_plan, workforce, resources)
    if chosen == NONE_ADOPTED:
        return Adoption(
            _cells(axis, "family", families, adopted=blank_units, subcontracted=blank_units),
            _cells(axis, "resource", resources, adopted_hours=blank_hours),
            teams.cells(axis, np.full((len(teams.keys), axis.horizon), np.nan)),
        )

    def of(frame: pd.DataFrame, key: str, names: list[str], measure: str) -> Numbers:
        return matrix(frame, measure, key, names, axis.plan)

    made, bought = (
        of(strategy_plan, "family", families, name_of(measure, chosen))
        for measure in ("production", "subcontracted")
    )
    if not made.size or np.isnan(made).any():
        raise ValueError(f"there is no {chosen} plan")
    step = zero(lookup(families_table, "family", families, "step"))
    whole = _in_steps(made, step)
    more = resource_bill(bill, families, resources).load(whole - made)
    hours = of(strategy_hours, "resource", resources, name_of("hours", chosen))
    change = teams.shared(
        zero(of(strategy_hours, "resource", resources, name_of("change", chosen)))
    )
    machines = totals(capacity, "machine_hours", "resource", resources, axis.plan)
    # as Capacity has them with the people of the plan
    people = teams.hours(change)
    regular = np.where((people > 0) | teams.staffed, np.minimum(machines, people), machines)
    # the strategy stays within the hours on offer; of what rounding adds only noise does
    noise = np.maximum(NOISE_HOURS, NOISE_SHARE * regular)
    offered = np.maximum(0.0, hours - regular) + noise
    beyond = _hundredths(np.clip(hours + more - regular, 0.0, offered))
    return Adoption(
        _cells(
            axis,
            "family",
            families,
            adopted=whole,
            subcontracted=_blank(_in_steps(zero(bought), np.minimum(step, 1.0))),
        ),
        _cells(axis, "resource", resources, adopted_hours=_blank(beyond)),
        teams.cells(axis, np.where(change == 0, np.nan, change)),
    )


class _Teams:
    """The teams at resources, and how a resource's people are theirs; teams down."""

    def __init__(
        self, axis: Axis, plan: pd.DataFrame, workforce: pd.DataFrame, resources: list[str]
    ) -> None:
        rows = plan[["team", "resource"]].drop_duplicates(ignore_index=True)
        at = positions(rows["resource"], resources)
        self.keys, self._at = rows[at >= 0].reset_index(drop=True), at[at >= 0]
        facts = workforce.drop_duplicates("team").set_index("team").reindex(self.keys["team"])
        self._facts = facts.reset_index()
        self._hires = planned_hires(axis, self._facts, plan)
        self._heads = zero(facts["headcount"].to_numpy(dtype=float))
        self._many = len(resources)
        today = self._heads * zero(facts["hours_per_month"].to_numpy(dtype=float))
        self.staffed = self._sums(today[:, np.newaxis]) > 0

    def shared(self, change: Numbers) -> Numbers:
        """People by resource whom a plan hires or lays off, shared by who is there in the month.

        Whoever is to be laid off comes first from those who would stay to the end, so that nobody
        has to be hired again where people leave by themselves; no team falls below zero.
        """
        base = there(self._facts, self._hires, np.zeros_like(self._hires)).people
        least = np.minimum.accumulate(base[:, ::-1], axis=1)[:, ::-1]
        wanted = np.maximum(0.0, self._sums(base) + np.cumsum(change, axis=1))
        found, to_date = np.zeros_like(base), np.zeros((len(base), 1))
        for t in range(base.shape[1]):
            month = slice(t, t + 1)
            present = np.maximum(0.0, base[:, month] + to_date)
            due = wanted[:, month] - self._sums(present)
            new = present + self._moved(due, present, least[:, month] + to_date)
            found[:, month] = new - base[:, month] - to_date
            to_date = to_date + found[:, month]
        # to date, so that nobody comes and goes by rounding twice
        return rounded(np.diff(_hundredths(np.cumsum(found, axis=1)), axis=1, prepend=0.0))

    def _moved(self, due: Numbers, present: Numbers, lasting: Numbers) -> Numbers:
        """Who comes or leaves in a month, by team.

        Args:
            due: By resource; negative are laid off, no more than are present.
            present: By team.
            lasting: Those of them who stay to the end.
        """
        staying = np.clip(lasting, 0.0, present)
        leaving = np.maximum(0.0, -due)
        first = np.minimum(leaving, self._sums(staying))
        today = np.where(self._sums(present)[self._at] > 0, present, self._heads[:, np.newaxis])
        return (
            self._parts(np.maximum(0.0, due), today)
            - self._parts(first, staying)
            - self._parts(leaving - first, present - staying)
        )

    def _parts(self, amount: Numbers, weights: Numbers) -> Numbers:
        """An amount of each resource by the weights of its teams."""
        every = self._sums(weights)
        return amount[self._at] * weights / np.where(every > 0, every, 1.0)[self._at]

    def _sums(self, numbers: Numbers) -> Numbers:
        """By resource what is given by team."""
        sums = np.zeros((self._many, numbers.shape[1]))
        np.add.at(sums, self._at, numbers)
        return sums

    def hours(self, change: Numbers) -> Numbers:
        """Productive hours by resource with people who come or leave, by team and month."""
        return self._sums(there(self._facts, self._hires, change).productive)

    def cells(self, axis: Axis, change: Numbers) -> pd.DataFrame:
        """The input cells of the teams."""
        found = _cells(axis, "team", list(self.keys["team"]), adopted_change=change)
        resources = np.repeat(self.keys["resource"].to_numpy(dtype=object), axis.horizon)
        found.insert(1, "resource", pd.Series(resources, dtype="str"))
        return found


def _hundredths(numbers: Numbers) -> Numbers:
    """Rounded up to hundredths; less than a tenth of one is the noise of the solver."""
    return np.ceil(np.round(numbers * 100, 1)) / 100 + 0.0


def _in_steps(units: Numbers, step: Numbers) -> Numbers:
    """A plan in whole steps; a thousandth of a unit too many is no reason for another one."""
    to_date: Numbers = np.asarray(np.round(np.cumsum(units, axis=1), 3), dtype=np.float64)
    settled = to_date - np.hstack([np.zeros_like(to_date[:, :1]), to_date[:, :-1]])
    return np.where(step > 0, level_in_steps(settled, step), units)


def _blank(numbers: Numbers) -> Numbers:
    return np.where(numbers > 0, numbers, np.nan)


def _cells(axis: Axis, key: str, names: list[str], **columns: Numbers) -> pd.DataFrame:
    periods = axis.plan
    keys = {
        key: pd.Series(np.repeat(np.array(names, dtype=object), len(periods)), dtype="str"),
        "period": periods.take(np.tile(np.arange(len(periods)), len(names))),
    }
    return pd.DataFrame(keys | {name: numbers.ravel() for name, numbers in columns.items()})


def typed_over(
    held: pd.DataFrame, new: pd.DataFrame, keys: Sequence[str], ours: Cells
) -> list[str]:
    """What people typed in cells that are going to hold something else, a line for each row.

    Args:
        held: The input cells as they are.
        new: Their new contents.
        keys: family, resource, or team and resource.
        ours: Cells that an adoption filled.
    """
    columns = [name for name in new.columns if name in LABELS]
    both = _beside(held, new, keys, columns)
    lines = []
    for column in columns:
        was, now = both[f"{column}_was"], both[column]
        lost = was.notna() & ~_mine(both, keys, column, ours) & ~((was - now).abs() <= SAME)
        for name, rows in both[lost].groupby(keys[0], sort=False):
            cells = [
                f"{month(at)} {number(units)}"
                for at, units in zip(rows["period"], rows[f"{column}_was"], strict=True)
            ]
            lines.append(f"{name}: {LABELS[column]} {listed(cells)}")
    return lines


def only_ours(held: pd.DataFrame, new: pd.DataFrame, ours: Cells) -> pd.DataFrame:
    """What clearing an adopted plan leaves of the supply plan: what people bought stays."""
    both = _beside(held, new, ["family"], ["subcontracted"])
    typed = both["subcontracted_was"].mask(_mine(both, ["family"], "subcontracted", ours))
    return new.assign(subcontracted=typed.to_numpy())


def _beside(
    held: pd.DataFrame, new: pd.DataFrame, keys: Sequence[str], columns: Sequence[str]
) -> pd.DataFrame:
    """The new cells, and what they hold now in columns that end in ``_was``."""
    was = held[[*keys, "period", *columns]]
    return new.merge(was, "left", [*keys, "period"], suffixes=("", "_was"))


def _mine(both: pd.DataFrame, keys: Sequence[str], column: str, ours: Cells) -> pd.Series:
    """Which rows hold a number that an adoption put there."""
    names = [BETWEEN.join(key) for key in both[list(keys)].itertuples(index=False, name=None)]
    places = zip(names, both["period"].astype(str), strict=True)
    mine = [(name, period, column) in ours for name, period in places]
    return pd.Series(mine, index=both.index, dtype=bool)
