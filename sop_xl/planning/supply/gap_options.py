"""Priced options for every capacity gap: hours, cost, margin saved, and whether it is in time."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from typing import Any, NamedTuple

import numpy as np
import pandas as pd

from sop_xl.planning.frames import Flags, Numbers, positions
from sop_xl.planning.supply.gaps import Gap, Loads, Moved, built_ahead, gaps_of, made_later
from sop_xl.planning.supply.stakes import Stake, stakes
from sop_xl.planning.wording import listed, month, number
from sop_xl.schema import empty_frame
from sop_xl.tables.settings import Settings
from sop_xl.tables.shortage import (
    ALL_OPTIONS,
    BUILD_AHEAD,
    BY_MARGIN,
    GAP_OPTIONS,
    HOURS_OPTIONS,
    IN_PART,
    IN_TIME,
    MOVE_LATER,
    OVERTIME,
    TOO_LATE,
)
from sop_xl.tables.supply import SHORT_HOURS

NO_GAIN, TOO_LITTLE, PAYS = "■ no", "▲ too little", "● yes"
"""Whether an option pays off, as the list says it."""
MOST_GAPS = 40
"""Gaps that are listed, those with the most money at stake."""
LEAST_MONEY = 0.5
"""Money that is rounding."""
LEAST_HOURS = 1e-6
"""Hours that are the noise of floating point."""


class Option(NamedTuple):
    """One way to deal with a gap; arrays by plan month."""

    gap: Gap
    name: str
    covers: Numbers
    """Hours of the gap's months."""
    cost: float
    gain: float
    usable: Flags
    """True in the months in which it can be used, decided now."""
    why: str
    moved: Moved | None = None

    @property
    def net(self) -> float:
        return self.gain - self.cost

    def returns(self, required: float) -> str:
        """Whether it pays off: a net gain with the return that is asked for, or hours for nothing.

        Args:
            required: Net gain / cost that an option has to bring.
        """
        if self.net < 0 or (self.net == 0 and (self.cost > 0 or not self.covers.any())):
            return NO_GAIN
        little = self.cost > 0 and self.net / self.cost < required
        return TOO_LITTLE if little else PAYS


class Reckoned(NamedTuple):
    """A gap, what is at stake, and its options, the highest net gain first."""

    gap: Gap
    stake: Stake
    options: list[Option]


def reckoned(
    plan: Loads,
    settings: Settings,
    resources: pd.DataFrame,
    capacity_options: pd.DataFrame,
    shortfall: Numbers,
    by_margin: Numbers | None = None,
) -> list[Reckoned]:
    """Every gap with what is at stake and its options: the one reckoning that all sheets show.

    The gaps come in the order of the register: most margin at stake first, then most hours short.
    In this order they are offered the hours that other months have to spare; what one is offered is
    not offered to the next.

    The gain of an option is the margin of the output that its hours make, at most what is at stake.

    Args:
        plan: Loads and values of the plan months.
        settings: Rates of holding stock, the rule of allocation.
        resources: For the cost per hour where an option names none.
        capacity_options: What gives hours.
        shortfall: Constrained less unconstrained sales in units, families down, months across.
        by_margin: The same if scarce hours went to the families that earn most for them; not given
            where that is the rule already.
    """
    gaps = list(gaps_of(plan))
    found = sorted(
        zip(gaps, stakes(plan, gaps, shortfall), strict=True),
        key=lambda one: (-one[1].margin, -float(one[0].short.sum()), one[0].first),
    )
    offers = _Offers(plan, resources, capacity_options)
    spare = {name: plan.spare.copy() for name in (BUILD_AHEAD, MOVE_LATER)}
    room = plan.room
    told = []
    for gap, stake in found:
        options = [
            *offers.of(gap, stake),
            *_moves(plan, settings, gap, stake, spare, room),
            *_by_margin(plan, gap, stake, shortfall, by_margin),
        ]
        told.append(Reckoned(gap, stake, sorted(options, key=_rank)))
    return _sharing(plan, told)


def _rank(one: Option) -> tuple[bool, float, float, int]:
    """The highest net gain first, then what covers more; what does nothing comes last."""
    covers = float(one.covers.sum())
    return covers <= 0 and one.gain <= 0, -one.net, -covers, ALL_OPTIONS.index(one.name)


def _sharing(plan: Loads, found: list[Reckoned]) -> list[Reckoned]:
    """Says which hours to spare are offered to two gaps: they can be worked for one of them."""
    free = plan.spare
    taken = np.zeros((len(found), *free.shape))
    for at, one in enumerate(found):
        for option in one.options:
            if option.moved is not None:
                arriving = option.moved.arriving
                k = one.gap.resource
                taken[at, k] = np.maximum(taken[at, k], arriving)
    return [
        one._replace(options=[_shared_with(plan, at, option, found, taken, free)
                              for option in one.options])
        for at, one in enumerate(found)
    ]  # fmt: skip


def _shared_with(
    plan: Loads, at: int, option: Option, found: Sequence[Reckoned], taken: Numbers, free: Numbers
) -> Option:
    if option.moved is None:
        return option
    k = option.gap.resource
    arriving = option.moved.arriving
    over = (arriving > 0) & (arriving + taken[:, k].sum(axis=0) - taken[at, k] > free[k] + 1e-6)
    others = [
        month(plan.axis.plan[found[n].gap.first])
        for n in np.flatnonzero((taken[:, k] * over).any(axis=1)).tolist()
        if n != at
    ]
    if not others:
        return option
    told = f"{option.why}; the gap from {listed(others)} is offered some of them, too: they are"
    return option._replace(why=f"{told} used once, by what is chosen first in the list")


class _Offers:
    """What overtime, extra shifts and subcontractors give."""

    def __init__(self, plan: Loads, resources: pd.DataFrame, options: pd.DataFrame) -> None:
        self.plan = plan
        rates = resources.set_index("resource")["cost_per_hour"].fillna(0.0)
        self.rates = rates.reindex(list(plan.resources)).fillna(0.0).to_numpy(dtype=float)
        self.owner = positions(options["resource"], plan.resources)
        kind = options["option"].map({name: at for at, name in enumerate(HOURS_OPTIONS)})
        # an extra shift fills the row of extra hours before a subcontractor does
        self.rows = options.assign(owner=self.owner, kind=kind).sort_values("kind", kind="stable")

    def of(self, gap: Gap, stake: Stake) -> Iterator[Option]:
        plan, rate = self.plan, float(self.rates[gap.resource])
        own = self.rows[(self.rows["owner"] == gap.resource) & self.rows["kind"].notna()]
        committed = {True: plan.overtime[gap.resource].copy(),
                     False: plan.extra[gap.resource].copy()}  # fmt: skip
        for row in own.to_dict("records"):
            usable = self._usable(row["lead_time"], row["start"], row["end"])
            limit = 0.0 if pd.isna(row["hours"]) else float(row["hours"])
            used = committed[row["option"] == OVERTIME]
            left = np.maximum(limit - used, 0.0)
            used -= np.minimum(used, limit)
            price = rate if pd.isna(row["cost_per_hour"]) else float(row["cost_per_hour"])
            fixed = 0.0 if pd.isna(row["fixed_cost"]) else float(row["fixed_cost"])
            told = f"{number(limit)} h a month at most, {price:,.2f} per hour"
            told += f", {number(fixed)} fixed per month" if fixed else ""
            yield self._offer(
                gap, stake, row["option"], left * usable, price, fixed, usable, told
            )
        if rate > 0 and OVERTIME not in set(own["option"]):
            always = np.ones(len(gap.short), dtype=bool)
            cap = plan.overtime_cap.get(gap.resource)
            if cap is not None:
                left = np.maximum(cap - plan.overtime[gap.resource], 0.0)
                told = f"{rate:,.2f} per hour, up to the overtime cap of its teams"
            else:
                left = np.full(len(gap.short), np.inf)
                told = (
                    f"{rate:,.2f} per hour; no limit is known, and Strategy and profit count no"
                    " cost of what nobody offers: add it to Capacity options"
                )
            yield self._offer(gap, stake, OVERTIME, left, rate, 0.0, always, told)

    def _usable(self, lead_time: float, start: Any, end: Any) -> Flags:
        axis = self.plan.axis
        notice = 0 if pd.isna(lead_time) else int(lead_time)
        usable = np.arange(axis.horizon) >= notice
        if not pd.isna(start):
            usable &= np.asarray(axis.plan >= start)
        if not pd.isna(end):
            usable &= np.asarray(axis.plan <= end)
        return np.asarray(usable)

    def _offer(
        self, gap: Gap, stake: Stake, name: str, hours: Numbers, rate: float, fixed: float,
        usable: Flags, told: str,
    ) -> Option:  # fmt: skip
        covers = np.minimum(gap.short, hours)
        cost = float(covers.sum()) * rate + fixed * int((covers > 0).sum())
        gain = _saved(stake, covers, self.plan.worth(gap.resource).margin)
        return Option(gap, name, covers, cost, gain, usable, told)


def _saved(stake: Stake, covers: Numbers, margin: Numbers) -> float:
    """Margin of the output that hours make, at most what is at stake.

    Args:
        stake: What the gap makes late or costs for good.
        covers: Hours by plan month.
        margin: Money that an hour makes, by plan month.
    """
    return min(max(0.0, stake.margin), float(covers @ np.maximum(margin, 0.0)))


def _moves(
    plan: Loads, settings: Settings, gap: Gap, stake: Stake, spare: dict[str, Numbers],
    room: Numbers,
) -> Iterator[Option]:  # fmt: skip
    """Hours worked before they are short, for the cost of stock, or after, for that of delay."""
    shifts = {
        BUILD_AHEAD: built_ahead(plan, gap, spare[BUILD_AHEAD][gap.resource], room),
        MOVE_LATER: made_later(plan, gap, spare[MOVE_LATER][gap.resource]),
    }
    for name, shift in shifts.items():
        if shift.covers.sum() <= SHORT_HOURS:
            continue
        taken = np.flatnonzero(shift.arriving > LEAST_HOURS)
        months = listed(month(plan.axis.plan[at]) for at in taken.tolist())
        told = f"Hours to spare in {months}; "
        if name == BUILD_AHEAD:
            told += "no other resource gets short by it"
            cost = shift.held * settings.holding_rate / 12
        else:
            cost = plan.delay(shift.change)
            told += "other resources are not looked at"
            told += "" if cost > 0 else "; stock covers the delay"
        able = plan.storable if name == BUILD_AHEAD else None
        gain = _saved(stake, shift.covers, plan.worth(gap.resource, able).margin)
        always = np.ones(len(gap.short), dtype=bool)
        yield Option(gap, name, shift.covers, cost, gain, always, told, shift)


def _by_margin(
    plan: Loads, gap: Gap, stake: Stake, shortfall: Numbers, by_margin: Numbers | None
) -> Iterator[Option]:
    """The families that earn least for scarce hours wait, not those that the rule in force names.

    The rule holds for the whole plan: what it saves in all gaps together is each one's in the
    proportion of what is at stake there.
    """
    if by_margin is None or stake.margin <= 0:
        return
    now, then = (float((np.maximum(0.0, -units) * plan.margin).sum())
                 for units in (shortfall, by_margin))  # fmt: skip
    gain = stake.margin * (1.0 - then / now) if now > 0 else 0.0
    if gain <= LEAST_MONEY:
        return
    waiting = np.maximum(0.0, -by_margin).sum(axis=1)
    order = np.argsort(-waiting, kind="stable")
    names = listed(plan.families[at] for at in order.tolist() if waiting[at] >= LEAST_MONEY)
    told = (
        f"Gives no hours: the rule (setting allocation) decides for all gaps who waits; then"
        f" {names or 'nobody'} would, and {number(max(0.0, then))} of margin be late or lost"
        f" instead of {number(now)}"
    )
    always = np.ones(len(gap.short), dtype=bool)
    yield Option(gap, BY_MARGIN, np.zeros_like(gap.short), 0.0, gain, always, told)


def listing(
    plan: Loads, found: Sequence[Reckoned], typed: pd.DataFrame, required_return: float
) -> pd.DataFrame:
    """The list ``gap_options``: gap after gap as in the register, with what people typed.

    Args:
        plan: Loads and values of the plan months.
        found: The gaps with their options.
        typed: The input table ``gap_options``.
        required_return: Net gain / cost that an option has to bring.
    """
    shown = [one for one in found if one.options][:MOST_GAPS]
    rows = [
        _row(plan, one, rank, required_return)
        for reckoning in shown
        for rank, one in enumerate(reckoning.options, start=1)
    ]
    if not rows:
        return empty_frame(GAP_OPTIONS.columns)
    frame = pd.DataFrame(rows)
    kept_rows = typed.drop_duplicates(GAP_OPTIONS.keys).set_index(GAP_OPTIONS.keys)
    index = pd.MultiIndex.from_frame(frame[GAP_OPTIONS.keys])
    for name in ("chosen", "note"):
        column = kept_rows[name].reindex(index).to_numpy()
        blank = False if name == "chosen" else ""
        frame[name] = pd.Series(column, dtype=object).where(pd.notna(column), blank)
    types = {c.name: empty_frame([c]).dtypes.iloc[0] for c in GAP_OPTIONS.columns}
    return frame[GAP_OPTIONS.names].astype(types)


def _row(plan: Loads, one: Option, rank: int, required: float) -> dict[str, object]:
    axis, gap = plan.axis, one.gap
    inside = np.asarray(gap.short > 0)
    usable = inside & np.asarray(one.usable, dtype=bool)
    later = np.flatnonzero(np.asarray(one.usable, dtype=bool))
    state = TOO_LATE if not usable.any() else IN_TIME if (usable == inside).all() else IN_PART
    return {
        "resource": plan.resources[gap.resource],
        "period": axis.plan[gap.first],
        "option": one.name,
        "last": axis.plan[gap.last],
        "short": float(gap.short.sum()),
        "covers": float(one.covers.sum()),
        "units": float(one.covers @ plan.worth(gap.resource).units),
        "cost": one.cost,
        "gain": one.gain,
        "net": one.net,
        "roi": one.net / one.cost if one.cost > 0 else np.nan,
        "pays": one.returns(required),
        "rank": float(rank),
        "ready": axis.plan[later[0]] if len(later) else pd.NaT,
        "in_time": state,
        "why": one.why,
    }
