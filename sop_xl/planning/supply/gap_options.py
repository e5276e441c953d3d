"""Priced options for every capacity gap: hours, cost, margin saved, and whether it is in time."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any, NamedTuple

import numpy as np
import pandas as pd

from sop_xl.planning.frames import Flags, Numbers, positions
from sop_xl.planning.supply.gaps import NOISE, Gap, Loads, Moved, gaps_of, moved
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

NO_GAIN, TOO_LITTLE, PAYS = "■ no", "▲ too little", "● yes"
"""Whether an option pays off, as the list says it."""
MOST_GAPS = 40
"""Gaps that are listed, the most expensive ones."""


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


def priced_options(
    plan: Loads, settings: Settings, resources: pd.DataFrame, capacity_options: pd.DataFrame
) -> list[list[Option]]:
    """The options of each gap, the highest net gain first.

    The gain is the margin of the output that the covered hours make, at the mix of the month;
    without any option all families give up the same share. So allocation by margin gains what the
    families that earn least per hour lose less than the average.

    Args:
        plan: Loads and values of the plan months.
        settings: Rates of holding stock and of delay.
        resources: For the cost per hour where an option names none.
        capacity_options: What gives hours.
    """
    offers = _Offers(plan, resources, capacity_options)
    spare = {later: np.maximum(plan.gap, 0.0) for later in (False, True)}
    found = []
    for gap in gaps_of(plan):
        options = [
            *offers.of(gap),
            *_moves(plan, settings, gap, spare),
            *_by_margin(plan, gap),
        ]
        found.append(sorted(options, key=lambda one: (-one.net, ALL_OPTIONS.index(one.name))))
    return found


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

    def of(self, gap: Gap) -> Iterator[Option]:
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
            yield self._offer(gap, row["option"], left * usable, price, fixed, usable, told)
        if rate > 0 and OVERTIME not in set(own["option"]):
            told = f"{rate:,.2f} per hour; no limit is known: add it to Capacity options"
            always = np.ones(len(gap.short), dtype=bool)
            yield self._offer(gap, OVERTIME, np.full(len(gap.short), np.inf), rate, 0.0, always,
                              told)  # fmt: skip

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
        self, gap: Gap, name: str, hours: Numbers, rate: float, fixed: float, usable: Flags,
        told: str,
    ) -> Option:  # fmt: skip
        covers = np.minimum(gap.short, hours)
        cost = float(covers.sum()) * rate + fixed * int((covers > 0).sum())
        worth = self.plan.worth(gap.resource)
        return Option(
            gap, name, covers, cost, float(covers @ np.maximum(worth.margin, 0.0)), usable, told
        )


def _moves(
    plan: Loads, settings: Settings, gap: Gap, spare: dict[bool, Numbers]
) -> Iterator[Option]:
    """Hours worked before they are short, for the cost of stock, or after, for that of delay."""
    for later, name in ((False, BUILD_AHEAD), (True, MOVE_LATER)):
        able = plan.movable(later=later)
        worth = plan.worth(gap.resource, able)
        if later:
            price = worth.price * settings.late_rate
        else:
            price = worth.cost * settings.holding_rate / 12
        worked = plan.bill.worked(plan.production, gap.resource)
        most = plan.hours[able, gap.resource] @ worked[able]
        part = gap._replace(short=np.minimum(gap.short, most))
        shift = moved(part, spare[later][gap.resource], later=later)
        covers = shift.hours.sum(axis=1)
        if covers.sum() <= NOISE:
            continue
        taken = np.flatnonzero(shift.hours.sum(axis=0) > 0)
        months = listed(month(plan.axis.plan[at]) for at in taken.tolist())
        cost = float(shift.distance @ price)
        gain = float(covers @ np.maximum(worth.margin, 0.0))
        told = f"Hours to spare in {months}; other resources are not looked at"
        always = np.ones(len(gap.short), dtype=bool)
        yield Option(gap, name, covers, cost, gain, always, told, shift)


def _by_margin(plan: Loads, gap: Gap) -> Iterator[Option]:
    """The families that earn least per hour give up their output first, not all alike."""
    uses = np.flatnonzero(plan.hours[:, gap.resource] > 0)
    if len(uses) < 2:
        return
    hours = plan.hours[uses, gap.resource]
    earned = plan.margin[uses] / hours[:, np.newaxis]
    load = plan.bill.worked(plan.production, gap.resource)[uses] * hours[:, np.newaxis]
    order = np.argsort(earned, axis=0, kind="stable")
    sorted_load = np.take_along_axis(load, order, axis=0)
    before = np.cumsum(sorted_load, axis=0) - sorted_load
    cut = np.clip(gap.short - before, 0.0, sorted_load)
    lost = (cut * np.maximum(np.take_along_axis(earned, order, axis=0), 0.0)).sum(axis=0)
    shared = cut.sum(axis=0) * np.maximum(plan.worth(gap.resource).margin, 0.0)
    given_up = np.zeros_like(load)
    np.put_along_axis(given_up, order, cut, axis=0)
    most = np.argsort(-given_up.sum(axis=1), kind="stable")
    names = [plan.families[uses[at]] for at in most if given_up[at].sum() > NOISE]
    gain = max(0.0, float((shared - lost).sum()))
    told = (
        f"{listed(names)} give up output first: {number(float(lost.sum()))} of margin instead of"
        f" {number(float(shared.sum()))}; see Constrained_Plan"
    )
    always = np.ones(len(gap.short), dtype=bool)
    yield Option(gap, BY_MARGIN, np.zeros_like(gap.short), 0.0, gain, always, told)


def listing(
    plan: Loads, found: list[list[Option]], typed: pd.DataFrame, required_return: float
) -> pd.DataFrame:
    """The list ``gap_options``: gap after gap as they begin, with what people typed.

    Args:
        plan: Loads and values of the plan months.
        found: The options of each gap.
        typed: The input table ``gap_options``.
        required_return: Net gain / cost that an option has to bring.
    """
    weight = [_stake(plan, options[0].gap) for options in found if options]
    given = [options for options in found if options]
    kept = sorted(np.argsort(-np.array(weight), kind="stable")[:MOST_GAPS].tolist())
    shown = sorted((given[at] for at in kept), key=lambda o: (o[0].gap.first, o[0].gap.resource))
    rows = [
        _row(plan, one, rank) | _return(one, required_return)
        for options in shown
        for rank, one in enumerate(options, start=1)
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


def _stake(plan: Loads, gap: Gap) -> float:
    """Margin of the hours that are short; the hours themselves where there is no margin."""
    margin = float(gap.short @ np.maximum(plan.worth(gap.resource).margin, 0.0))
    return margin if margin > 0 else float(gap.short.sum()) * 1e-6


def _row(plan: Loads, one: Option, rank: int) -> dict[str, object]:
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
        "rank": float(rank),
        "ready": axis.plan[later[0]] if len(later) else pd.NaT,
        "in_time": state,
        "why": one.why,
    }


def _return(one: Option, required: float) -> dict[str, object]:
    """Net gain by cost, and whether it is as much as asked for."""
    roi = one.net / one.cost if one.cost > 0 else 0.0
    little = one.cost > 0 and roi < required
    return {"roi": roi, "pays": NO_GAIN if one.net <= 0 else TOO_LITTLE if little else PAYS}


def hours_to_commit(
    plan: Loads, found: list[list[Option]], chosen: set[tuple[str, pd.Period, str]]
) -> pd.DataFrame:
    """Overtime and extra hours in all, where chosen options change them, in whole hours.

    Several options of a gap share it in the order of their ranks.

    Args:
        plan: Loads and values of the plan months.
        found: The options of each gap.
        chosen: Resource, first month and option of those that are chosen.

    Returns:
        Columns resource, period, overtime and extra.
    """
    added = np.zeros((2, *plan.overtime.shape))
    for one, covered in _shared(plan, found, chosen):
        if one.moved is None and one.name != BY_MARGIN:
            row = 0 if one.name == OVERTIME else 1
            added[row, one.gap.resource] += np.ceil(np.round(covered, 6))
    at, month_at = np.nonzero(added.any(axis=0))
    return pd.DataFrame(
        {
            "resource": [plan.resources[n] for n in at.tolist()],
            "period": plan.axis.plan.take(month_at),
            "overtime": (plan.overtime + added[0])[at, month_at],
            "extra": (plan.extra + added[1])[at, month_at],
        }
    )


def _shared(
    plan: Loads, found: list[list[Option]], chosen: set[tuple[str, pd.Period, str]]
) -> Iterator[tuple[Option, Numbers]]:
    """The chosen options with the hours that each of them covers, by month of the gap.

    Those of one gap share it in the order of their ranks.
    """
    for options in found:
        left = options[0].gap.short.copy() if options else np.zeros(0)
        for one in options:
            named = (plan.resources[one.gap.resource], plan.axis.plan[one.gap.first], one.name)
            if named in chosen:
                covered = np.minimum(left, one.covers)
                left = left - covered
                yield one, covered


def production_to_fix(
    plan: Loads, found: list[list[Option]], chosen: set[tuple[str, pd.Period, str]]
) -> pd.DataFrame:
    """Production that has to be fixed so that chosen hours are worked earlier or later.

    Every family that uses the resource, and can be moved, moves its share of the hours. From the
    first month moved to the last all are fixed: between them the proposal would take the stock
    down again.

    Returns:
        Columns family, period and production_override, in whole units.
    """
    change = np.zeros_like(plan.production)
    held = np.zeros(plan.production.shape, dtype=bool)
    spare = np.maximum(plan.gap, 0.0)
    for one, covered in _shared(plan, found, chosen):
        if one.moved is None:
            continue
        hours = plan.hours[:, one.gap.resource]
        uses = (hours > 0) & plan.movable(later=one.name == MOVE_LATER)
        worked = plan.bill.worked(plan.production, one.gap.resource)
        load = worked * (hours * uses)[:, np.newaxis]
        share = np.where(load.sum(axis=0) > 0, load / np.maximum(load.sum(axis=0), 1e-9), 0.0)
        moving = _fitted(one.moved.hours, covered, spare[one.gap.resource])
        from_month, to_month = moving.sum(axis=1), moving.sum(axis=0)
        # work of a month is completed by its offset later
        after = np.array(plan.bill.main_offset(one.gap.resource))
        due = np.arange(plan.axis.horizon) - after[:, np.newaxis]
        units = (share @ moving - share * from_month) / np.where(uses, hours, 1.0)[:, np.newaxis]
        units = np.take_along_axis(units * uses[:, np.newaxis], np.maximum(due, 0), axis=1)
        change += np.where(due >= 0, units, 0.0)
        touched = np.flatnonzero((from_month > 0) | (to_month > 0))
        if len(touched):
            held |= (due >= touched[0]) & (due <= touched[-1]) & uses[:, np.newaxis]
    row, column = np.nonzero(held & (np.abs(change).sum(axis=1, keepdims=True) > NOISE))
    return pd.DataFrame(
        {
            "family": [plan.families[at] for at in row.tolist()],
            "period": plan.axis.plan.take(column),
            "production_override": np.rint(np.maximum(plan.production + change, 0.0)[row, column]),
        }
    )


def _fitted(moving: Numbers, covered: Numbers, spare: Numbers) -> Numbers:
    """Hours from each month (rows) to each month (columns), no more than a gap still needs and than
    the months they go to have to spare.

    Args:
        moving: As the option proposes it by itself.
        covered: What is left to cover, by the month they come from.
        spare: Hours to spare; what is taken is taken off.
    """
    whole = moving.sum(axis=1)
    fitted = moving * np.where(whole > 0, covered / np.maximum(whole, 1e-9), 0.0)[:, np.newaxis]
    arriving = fitted.sum(axis=0)
    fitted = fitted * np.where(arriving > spare, spare / np.maximum(arriving, 1e-9), 1.0)
    spare -= fitted.sum(axis=0)
    return np.asarray(fitted)
