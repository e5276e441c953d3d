"""What is proposed month by month, what the planner made of it, and the list of both."""

from __future__ import annotations

from typing import NamedTuple

import numpy as np
import numpy.typing as npt
import pandas as pd

from sop_xl.planning import hierarchy
from sop_xl.planning.demand.cleansing.stock_outs import Lift
from sop_xl.planning.demand.events import blocks_covered
from sop_xl.planning.frames import Numbers
from sop_xl.planning.wording import listed, number, percent
from sop_xl.schema import empty_frame
from sop_xl.tables.demand import ACCEPTED, CLEANSING, PROPOSED, REFUSED

OUTLIER, STOCK_OUT, EVENT, EARLIER = "outlier", "stock-out", "event", "earlier decision"
"""Kinds of corrections; an event goes by its own kind on the sheet."""


class Corrections(NamedTuple):
    """(S, T) What is proposed."""

    kind: npt.NDArray[np.object_]
    """Why; "" where nothing is proposed."""
    proposed: Numbers
    """Units; the history where nothing is proposed."""
    score: Numbers
    """Robust z-score of an outlier or a stock-out; NaN for others."""
    by_default: npt.NDArray[np.bool_]
    """Counts unless the planner refuses."""
    expected: Numbers
    """Units that season and neighbours say; NaN where nothing can be said."""


class Decisions(NamedTuple):
    """(S, T) What people typed."""

    status: npt.NDArray[np.object_]
    own: Numbers
    note: npt.NDArray[np.object_]

    @property
    def made(self) -> npt.NDArray[np.bool_]:
        """Months about which somebody said anything."""
        decided = np.isin(self.status, [ACCEPTED, REFUSED])
        return np.asarray(decided | np.isfinite(self.own) | (self.note != ""))


def decisions(typed: pd.DataFrame, blocks: pd.DataFrame, months: pd.PeriodIndex) -> Decisions:
    """The list as people filled it in, by block and month; what fits neither is passed over."""
    shape = (len(blocks), len(months))
    made = Decisions(
        np.full(shape, PROPOSED, dtype=object),
        np.full(shape, np.nan),
        np.full(shape, "", dtype=object),
    )
    row = hierarchy.rows_of(typed, blocks)
    column = months.get_indexer(pd.PeriodIndex(typed["period"], dtype=months.dtype))
    inside = (row >= 0) & (column >= 0)
    at = row[inside], column[inside]
    made.status[at] = typed["status"].replace("", PROPOSED).to_numpy()[inside]
    made.own[at] = typed["own_value"].to_numpy(dtype=float)[inside]
    made.note[at] = typed["note"].to_numpy()[inside]
    return made


def with_earlier(corrections: Corrections, made: Decisions, history: Numbers) -> Corrections:
    """The proposals, and the months decided before which would not be proposed any more.

    What was accepted stays corrected: to what season and neighbours say.
    """
    earlier = (corrections.kind == "") & made.made & np.isfinite(history)
    usual = np.where(np.isfinite(corrections.expected), corrections.expected, history)
    return corrections._replace(
        kind=np.where(earlier, EARLIER, corrections.kind),
        proposed=np.where(earlier, usual, corrections.proposed),
    )


def used(history: Numbers, corrections: Corrections, made: Decisions) -> Numbers:
    """(S, T) The history to forecast from: what was refused stays, an own value goes first."""
    counts = (made.status == ACCEPTED) | corrections.by_default
    proposed = np.where(counts, corrections.proposed, history)
    chosen = np.where(np.isfinite(made.own), made.own, proposed)
    open_to = (corrections.kind != "") & (made.status != REFUSED)
    return np.where(open_to, chosen, history)


def listing(
    history: Numbers,
    corrections: Corrections,
    made: Decisions,
    blocks: pd.DataFrame,
    months: pd.PeriodIndex,
    stock_outs: Lift,
    events: pd.DataFrame,
) -> pd.DataFrame:
    """The list ``cleansing``: newest month first, then the blocks in their order."""
    row, column = np.nonzero(corrections.kind != "")
    order = np.lexsort((row, -column))
    row, column = row[order], column[order]
    at = row, column
    words = _Words(history, corrections, blocks, months, stock_outs, events)
    told = [words.of(*place) for place in zip(row.tolist(), column.tolist(), strict=True)]
    keys = blocks.iloc[row].reset_index(drop=True)
    table = CLEANSING.for_level(tuple(blocks.columns))
    rest = pd.DataFrame(
        {
            "period": months.take(column),
            "kind": [kind for kind, _ in told],
            "original": history[at],
            "proposed": corrections.proposed[at],
            "score": corrections.score[at],
            "by_default": corrections.by_default[at],
            "status": made.status[at],
            "own_value": made.own[at],
            "used": used(history, corrections, made)[at],
            "why": [why for _, why in told],
            "note": made.note[at],
        }
    )
    frame = pd.concat([keys, rest], axis=1)
    return frame[table.names].astype(empty_frame(table.columns).dtypes.to_dict())


class _Words:
    """Tells kind and reason of one correction after the other."""

    def __init__(
        self,
        history: Numbers,
        corrections: Corrections,
        blocks: pd.DataFrame,
        months: pd.PeriodIndex,
        stock_outs: Lift,
        events: pd.DataFrame,
    ) -> None:
        self.history, self.corrections, self.stock_outs = history, corrections, stock_outs
        self.months = months.asi8
        self.first, self.last = (events[name].array.asi8 for name in ("start", "end"))
        numbers = (events[name].fillna(0.0) for name in ("uplift", "quantity"))
        self.effects = [_effect(*each) for each in zip(events["event"], *numbers, strict=True)]
        self.kinds = events["kind"].to_list()
        self.covers = blocks_covered(events, blocks).T > 0
        self.items = stock_outs.items.groupby(["row", "column"])["item"].unique().to_dict()

    def of(self, row: int, column: int) -> tuple[str, str]:
        """Kind and reason, as the sheet shows them."""
        kind = str(self.corrections.kind[row, column])
        if kind == OUTLIER:
            return kind, self._outlier(row, column)
        if kind == EARLIER:
            return kind, "Decided before; it would not be proposed now."
        missing = self._stock_out(row, column)
        if kind == STOCK_OUT:
            return kind, missing
        month = self.months[column]
        on = np.flatnonzero(self.covers[row] & (self.first <= month) & (self.last >= month))
        effects = "; ".join(self.effects[at] for at in on)
        return self.kinds[on[0]], f"{effects}. {missing}".strip()

    def _outlier(self, row: int, column: int) -> str:
        actual, usual = self.history[row, column], self.corrections.expected[row, column]
        far = f"{actual / usual:.2g} times" if usual > 0 else f"{number(actual - usual)} beside"
        text = f"{far} what season and neighbours say."
        if column == np.flatnonzero(np.isfinite(self.history[row]))[-1]:
            return f"{text} The last month: it may be the first of a new level."
        return text

    def _stock_out(self, row: int, column: int) -> str:
        lifted = self.stock_outs.units[row, column]
        if lifted <= 0:
            return ""
        items = listed(self.items[row, column])
        return f"Out of stock: {items}; {number(lifted)} more would have been asked for."


def _effect(event: str, uplift: float, quantity: float) -> str:
    stated = [percent(uplift)] if uplift else []
    stated += [number(quantity)] if quantity else []
    signed = [text if text.startswith("-") else f"+{text}" for text in stated]
    return f"{event}: {' and '.join(signed) or 'no effect stated, estimated'}"
