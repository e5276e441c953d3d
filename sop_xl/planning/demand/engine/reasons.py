"""The reason of every forecast in words: what the series is, what forecasts it, how that did."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
import numpy.typing as npt

from sop_xl.planning.demand.engine.methods import METHODS
from sop_xl.planning.demand.engine.result import Forecasts, Options
from sop_xl.planning.demand.engine.routing import KINDS
from sop_xl.planning.wording import percent

NAMED = 3
"""Members that a reason names; the others it counts."""
WHOLE = 0.995
"""A share from which on a member stands alone."""


def reasons(
    found: Forecasts,
    options: Options,
    *,
    pins: Sequence[str] | None = None,
    notes: Sequence[str] | None = None,
) -> npt.NDArray[np.object_]:
    """(S,) One sentence for each series.

    Args:
        found: What the engine answered.
        options: What it was asked.
        pins: The planner's choice of method for each series; an empty text for none.
        notes: What else is to be said of a series, "two outliers found"; an empty text for none.

    Example:
        >>> from sop_xl.planning.demand.engine import forecast_block
        >>> flat = forecast_block(np.full((1, 20), 5.0), 3)
        >>> reasons(flat, Options()).tolist()
        ['the same in every period: last value']
    """
    texts = [
        _reason(found, options, row, pins[row] if pins is not None else "")
        + (f"; {notes[row]}" if notes is not None and notes[row] else "")
        for row in range(len(found.kinds))
    ]
    return np.array(texts, dtype=object)


def _reason(found: Forecasts, options: Options, row: int, pin: str) -> str:
    shares = found.weights[:, row]
    order = np.argsort(-shares, kind="stable")
    best = found.members[order[0]]
    label = METHODS[best].label
    kind = KINDS[str(found.kinds[row])]
    if shares[order[0]] < WHOLE:
        how = "weights: " + _shares(found, row, order)
    elif pin:
        how = f"planner's choice: {label}"
    elif options.method in METHODS:
        how = f"the method asked for: {label}"
    elif found.kinds[row] in ("none", "ended"):
        return f"{kind}: nothing is forecast"
    elif np.isnan(found.errors[order[0], row]):
        return f"{kind}: {label}"
    else:
        how = f"lowest backtest error: {label}"
    return f"{kind}; {how}; {_backtest(found, options, row)}"


def _shares(found: Forecasts, row: int, order: npt.NDArray[np.int64]) -> str:
    held = [at for at in order if found.weights[at, row] > 0]
    said = [
        f"{METHODS[found.members[at]].label} {round(100 * found.weights[at, row])} %"
        for at in held[:NAMED]
    ]
    more = f" and {len(held) - NAMED} more" if len(held) > NAMED else ""
    return ", ".join(said) + more


def _backtest(found: Forecasts, options: Options, row: int) -> str:
    if np.isnan(found.error[row]):
        return "too short or too empty for a backtest"
    told = f"backtest error {percent(found.error[row])}"
    if np.isnan(found.reference[row]):
        return told
    against = METHODS["seasonal_naive" if options.season > 1 else "naive"].label
    return f"{told} against {percent(found.reference[row])} for {against}"
