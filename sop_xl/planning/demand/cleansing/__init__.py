"""Step 2, cleansing: the demand history without what will not come again, the original kept.

In this order: stock-outs are filled up to what would have been asked for, events that are over are
taken out, then outliers are looked for in what is left. Each is a proposal; the planner accepts it,
refuses it or types an own value, and what is clear counts without being asked.
"""

from __future__ import annotations

from collections.abc import Iterable
from typing import NamedTuple

import numpy as np
import pandas as pd

from sop_xl.planning.demand.cleansing import proposals
from sop_xl.planning.demand.cleansing.one_offs import without_events
from sop_xl.planning.demand.cleansing.outliers import PROPOSED, SEVERE, outliers, unsure
from sop_xl.planning.demand.cleansing.proposals import EVENT, OUTLIER, STOCK_OUT, Corrections
from sop_xl.planning.demand.cleansing.stock_outs import Lift, lift
from sop_xl.planning.demand.events import Effects, effects
from sop_xl.planning.demand.forecaster import SEASON
from sop_xl.planning.frames import Flags, Numbers
from sop_xl.planning.wording import count
from sop_xl.schema import Finding, Severity

SAME = 1e-6
"""Relative difference below which a correction is none."""


class Cleaned(NamedTuple):
    """The history to forecast from, and the list of what was changed in it."""

    history: Numbers
    """(S, T) Units; missing where the original is missing."""
    listing: pd.DataFrame
    """The list ``cleansing``."""
    findings: list[Finding]


def cleanse(
    history: Numbers,
    blocks: pd.DataFrame,
    months: pd.PeriodIndex,
    *,
    facts: pd.DataFrame,
    events: pd.DataFrame,
    typed: pd.DataFrame,
    stirred: Flags,
    severe: float = SEVERE,
    season: int = SEASON,
) -> Cleaned:
    """Clean the history of every block, as far as nobody has decided otherwise.

    Args:
        history: (S, T) Demand by block and month, units; NaN before anything moved.
        blocks: Keys of the blocks, in the order of the rows.
        months: The months across.
        facts: Actuals with their family and ``demand``: what was out of stock.
        events: The list of events; one without a start, or not included, is left alone.
        typed: The input table ``cleansing``.
        stirred: (S, T) Months in which a signal of the block is far from its usual value.
        severe: Score from which an outlier is corrected without asking.
        season: Periods of a season; 1 for none.
    """
    stock_outs = lift(facts, blocks, months, season)
    over = events[events["included"] & events["start"].notna()]
    past_events = effects(over, blocks, months)
    corrections = correct(history, stock_outs, past_events, stirred, severe, season)
    made = proposals.decisions(typed, blocks, months)
    corrections = proposals.with_earlier(corrections, made, history)
    frame = proposals.listing(history, corrections, made, blocks, months, stock_outs, over)
    return Cleaned(proposals.used(history, corrections, made), frame, _findings(frame))


def correct(
    history: Numbers,
    stock_outs: Lift,
    events: Effects,
    stirred: Flags,
    severe: float,
    season: int,
) -> Corrections:
    """What is proposed in each month.

    Stock-outs and events are known, so they count by default. An outlier does from the severe
    score on, and is proposed from two thirds of it; never by default in the last month, which may
    be the first of a new level unless it is many times the usual, nor in a month that a signal
    stirs, whose effect is to be learned.

    Args:
        history: (S, T) Units.
        stock_outs: What they have cost each block.
        events: The events that are over, by block and month.
        stirred: (S, T) Months in which a signal is far from its usual value.
        severe: Score from which an outlier is corrected without asking.
        season: Periods of a season.
    """
    asked = history + stock_outs.units
    base = without_events(asked, events, season)
    found = outliers(base, season)
    known = (stock_outs.units > 0) | events.covered
    known &= np.abs(base - history) > SAME * np.abs(history)
    size = np.where(stock_outs.units > 0, -stock_outs.shortfall, found.score)
    explained = (stock_outs.units > 0) | events.covered
    out = ~explained & (np.abs(found.score) >= PROPOSED * severe)
    kind = np.full(history.shape, "", dtype=object)
    kind[known & (stock_outs.units > 0)] = STOCK_OUT
    kind[known & events.covered] = EVENT
    kind[out] = OUTLIER
    sure = ~unsure(history, found.expected) & ~stirred
    by_default = known | (out & (np.abs(found.score) >= severe) & sure)
    return Corrections(
        kind,
        np.where(out, found.expected, np.where(known, base, history)),
        np.where(np.isin(kind, [OUTLIER, STOCK_OUT]), size, np.nan),
        by_default,
        found.expected,
    )


def _findings(listing: pd.DataFrame) -> list[Finding]:
    """How many months are corrected, and how many only proposed."""
    changed = (listing["used"] - listing["original"]).abs() > 0
    waiting = (listing["status"] == "proposed") & ~listing["by_default"] & ~changed
    remedy = "Accept or refuse them, or type an own value, on the sheet Data_Cleansing."
    told = []
    if changed.any():
        by_kind = listing.loc[changed, "kind"].value_counts().sort_index()
        months = count(int(changed.sum()), "month")
        told.append(f"The forecast is made without {_kinds(by_kind.items())}: {months} corrected.")
    if waiting.any():
        told.append(f"{count(int(waiting.sum()), 'correction')} more to decide on.")
    if not told:
        return []
    return [Finding("cleansing", " ".join(told), remedy, Severity.REPAIR)]


def _kinds(counts: Iterable[tuple[object, int]]) -> str:
    return ", ".join(f"{kind} ({many})" for kind, many in counts)
