"""Step 2, demand planning: targets of families and company, spread over their blocks.

A target is met by fixing the consensus of the blocks: it stands whatever the next forecast says,
and the blocks sum to it to the last unit. A number that somebody fixed with a reason is locked.
"""

from __future__ import annotations

from collections.abc import Iterator
from typing import NamedTuple

import numpy as np
import numpy.typing as npt
import pandas as pd

from sop_xl.planning.calendar import Axis
from sop_xl.planning.demand.consensus import LAYERS
from sop_xl.planning.frames import Numbers, zero
from sop_xl.planning.spreading import spread as spread_one
from sop_xl.planning.spreading import spread_levels
from sop_xl.planning.wording import month, months, number
from sop_xl.schema import ALL_FAMILIES
from sop_xl.tables.demand import TOP_DOWN

YEAR = 12
SAME = 1e-6
"""Units below which two numbers are the same."""

Texts = npt.NDArray[np.object_]


class Spreading(NamedTuple):
    """What the spreading of targets writes, and what there is to say about it."""

    changed: pd.DataFrame
    """Keys, period, ``fixed`` and ``reason`` of each cell that changes; blank where released."""
    overwritten: list[str]
    """What people typed and is written over: one line for each cell."""
    met: list[str]
    """One line for each total that is met in some months, and by how much it has moved."""
    moved: list[str]
    """One line for each block that moved, the largest move first."""
    refused: list[str]
    """Why a target cannot be met, and what to do; then nothing is to be written."""


class _Plan(NamedTuple):
    """The grid ``demand_plan`` in the plan periods, blocks down."""

    keys: pd.DataFrame
    periods: pd.PeriodIndex
    fixed: Numbers
    reason: Texts
    summed: Numbers
    """Consensus that the layers sum up to, where nothing is fixed."""


def spread_targets(
    axis: Axis, demand_plan: pd.DataFrame, demand_total: pd.DataFrame, basis: str
) -> Spreading:
    """Spread the targets over the blocks, in whole units.

    A family's target goes over its blocks, the company's over what the targets of families leave.
    A target with a fraction is rounded before it is spread; family targets that sum to that of the
    company do so afterwards, by the largest remainder.
    Blocks that hold a spread number but lie under no target any more get their layers back.

    Args:
        axis: The cycle.
        demand_plan: The grid of that name, by block.
        demand_total: The grid of that name, with the targets.
        basis: The setting ``spread_basis``. Where it is zero, the consensus counts, then all alike.
    """
    plan = _plan(axis, demand_plan)
    names = pd.Index(demand_total["family"].drop_duplicates())
    wanted = _wide(demand_total, "target", axis)[:, axis.history :]
    targets = _whole(wanted)
    own = plan.reason == TOP_DOWN
    locked = ~np.isnan(plan.fixed) & ~own & (plan.reason != "")
    company = np.zeros(len(plan.keys), dtype=np.int64)
    family = names[1:].get_indexer(pd.Index(plan.keys["family"])).astype(np.int64)
    layers = np.where(locked, plan.fixed, plan.summed)
    bases = [_basis(axis, demand_plan, basis, layers), layers]
    found = spread_levels(
        [company, family],
        [targets[:1], targets[1:]],
        bases,
        np.where(locked, plan.fixed, np.nan),
        decimals=0,
    )
    refused = [
        *_refused(names[:1], plan.periods, targets[:1], found.all_locked[0], found.exceeded[0]),
        *_refused(names[1:], plan.periods, targets[1:], found.all_locked[1], found.exceeded[1]),
    ]
    spread = ~np.isnan(found.leaves) & ~locked
    fixed = np.where(locked, plan.fixed, np.where(own, np.nan, plan.fixed))
    fixed = np.where(spread, found.leaves, fixed)
    reason = np.where(spread, TOP_DOWN, np.where(own, "", plan.reason))
    same = (zero(fixed) == zero(plan.fixed)) & (np.isnan(fixed) == np.isnan(plan.fixed))
    changes = ~(same & (reason == plan.reason))
    before, after = (np.where(np.isnan(held), plan.summed, held) for held in (plan.fixed, fixed))
    inside = np.vstack([company == 0, *(family == at for at in range(len(names) - 1))])
    return Spreading(
        _changed(plan, changes, fixed, reason),
        list(_overwritten(plan, changes & spread & ~own, fixed)),
        list(_met(names, plan.periods, wanted, targets, inside.astype(float) @ before)),
        _moved(plan, before, after),
        refused,
    )


def _plan(axis: Axis, demand_plan: pd.DataFrame) -> _Plan:
    names = [name for name in ("family", "region", "channel") if name in demand_plan]
    ahead = slice(axis.history, None)
    layers = [zero(_wide(demand_plan, name, axis)) for name in LAYERS]
    reasons = demand_plan["reason"].fillna("").to_numpy(dtype=object)
    return _Plan(
        demand_plan[names].iloc[:: len(axis.periods)].reset_index(drop=True),
        axis.plan,
        _wide(demand_plan, "fixed", axis)[:, ahead],
        reasons.reshape(-1, len(axis.periods))[:, ahead],
        np.maximum(0.0, np.sum(layers, axis=0))[:, ahead],
    )


def _wide(grid: pd.DataFrame, name: str, axis: Axis) -> Numbers:
    """A measure of a grid, blocks down and periods across."""
    return grid[name].to_numpy(dtype=float).reshape(-1, len(axis.periods))


def _basis(axis: Axis, demand_plan: pd.DataFrame, basis: str, layers: Numbers) -> Numbers:
    """Weights by block and plan period, from zero up."""
    if basis == "consensus":
        return layers
    if basis == "even":
        return np.ones_like(layers)
    if basis == "history":
        year = _wide(demand_plan, "actual", axis)[:, : axis.history][:, -YEAR:]
        return np.broadcast_to(zero(year).sum(axis=1, keepdims=True), layers.shape).clip(0.0)
    return zero(_wide(demand_plan, basis, axis)[:, axis.history :]).clip(0.0)


def _refused(
    names: pd.Index,
    periods: pd.PeriodIndex,
    targets: Numbers,
    all_locked: npt.NDArray[np.bool_],
    exceeded: npt.NDArray[np.bool_],
) -> Iterator[str]:
    for row, column in zip(*np.nonzero(all_locked | exceeded), strict=True):
        name = names[row]
        part = "families and blocks" if name == ALL_FAMILIES else "blocks"
        what = f"{name}, {month(periods[column])}: the target {number(targets[row, column])} "
        if exceeded[row, column]:
            yield f"{what}is less than what its locked {part} sum to. Raise it, or release some."
        else:
            yield f"{what}finds no free block: its {part} are all locked. Release some."


def _changed(
    plan: _Plan, changes: npt.NDArray[np.bool_], fixed: Numbers, reason: Texts
) -> pd.DataFrame:
    row, column = np.nonzero(changes)
    cells = plan.keys.iloc[row].reset_index(drop=True)
    return cells.assign(
        period=plan.periods.take(column), fixed=fixed[row, column],
        reason=pd.Series(reason[row, column], dtype="str"),
    )  # fmt: skip


def _overwritten(plan: _Plan, cells: npt.NDArray[np.bool_], fixed: Numbers) -> Iterator[str]:
    """Numbers that were fixed without a reason, and reasons of other layers."""
    typed = cells & (~np.isnan(plan.fixed) | (plan.reason != ""))
    for row, column in zip(*np.nonzero(typed), strict=True):
        name = " · ".join(plan.keys.iloc[row])
        line = f"{name}, {month(plan.periods[column])}: "
        if not np.isnan(plan.fixed[row, column]):
            was, now = plan.fixed[row, column], fixed[row, column]
            yield f"{line}Fixed consensus {number(was)} without a reason becomes {number(now)}"
        else:
            yield f'{line}the reason "{plan.reason[row, column]}" becomes "{TOP_DOWN}"'


def _whole(targets: Numbers) -> Numbers:
    """Targets in whole units, the company's first, then the families'."""
    whole = np.floor(targets + 0.5)
    # families without a target are not bound to anything, so nothing has to sum up
    together = (~np.isnan(targets)).all(axis=0)
    together &= np.abs(targets[0] - targets[1:].sum(axis=0)) < SAME
    for column in np.flatnonzero(together):
        whole[1:, column] = spread_one(whole[0, column], targets[1:, column], decimals=0).ravel()
    return whole


def _met(
    names: pd.Index, periods: pd.PeriodIndex, wanted: Numbers, targets: Numbers, before: Numbers
) -> Iterator[str]:
    for name, asked, target, was in zip(names, wanted, targets, before, strict=True):
        given = ~np.isnan(target)
        if not given.any():
            continue
        met = periods[given]
        when = f"{len(met)} months from {month(met[0])} to {month(met[-1])}"
        when = month(met[0]) if len(met) == 1 else when
        total, then = float(target[given].sum()), float(was[given].sum())
        rounded = np.abs(asked - target)[given].max() > SAME
        note = f" (rounded from {float(asked[given].sum()):,.10g})" if rounded else ""
        yield f"{name}: {number(total)}{note} in {when}, {_change(then, total)}"


def _moved(plan: _Plan, before: Numbers, after: Numbers) -> list[str]:
    """The blocks that moved, over the months in which they did."""
    by = np.abs(after - before)
    order = np.argsort(-by.sum(axis=1), kind="stable")
    lines = []
    for row in order[by[order].max(axis=1, initial=0.0) > SAME]:
        moved = by[row] > SAME
        was, now = float(before[row, moved].sum()), float(after[row, moved].sum())
        name = " · ".join(plan.keys.iloc[row])
        when = months(plan.periods[moved][0], plan.periods[moved][-1])
        lines.append(f"{name}: {number(now)} in {when}, {_change(was, now)}")
    return lines


def _change(was: float, now: float) -> str:
    """How much more or less a number is than before.

    >>> _change(80.0, 100.0), _change(0.0, 5.0), _change(5.0, 5.0)
    ('20 more than 80 (+25.0 %)', '5 more than 0', 'as before')
    """
    by = now - was
    if abs(by) < SAME:
        return "as before"
    share = f" ({by / was:+.1%})".replace("%", " %") if was > 0 else ""
    return f"{number(abs(by))} {'more' if by > 0 else 'less'} than {number(was)}{share}"
