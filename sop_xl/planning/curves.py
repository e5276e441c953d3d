"""Launch and run-down curves: what share of full demand an item has, month by month."""

from __future__ import annotations

import re

import numpy as np
import numpy.typing as npt

MONTHS = 6
"""Months of a ramp where neither a ramp nor a curve is given."""
_PART = re.compile(r"(\d+(?:[.,]\d+)?)\s*(%?)")


def curve(kind: str, ramp: float, text: str) -> npt.NDArray[np.float64]:
    """Shares of full demand from the first month on; the last one goes on for ever.

    A launch rises in equal steps to 1, a phase-out falls in equal steps to 0, an end of life is 0
    at once; a curve in words replaces the steps.

    Args:
        kind: ``launch``, ``phase-out`` or ``end of life``.
        ramp: Months of the steps; NaN if not given.
        text: Shares such as ``20% 50% 80% 100%``, or blank. Without a percent sign they are
            percent if one is above 1.

    Raises:
        ValueError: The text is no list of shares.

    >>> curve("launch", 4, "").tolist(), curve("phase-out", 2, "").tolist()
    ([0.25, 0.5, 0.75, 1.0], [0.5, 0.0])
    >>> curve("launch", np.nan, "20% 50%, 100%").tolist(), curve("phase-out", 9, "60; 0").tolist()
    ([0.2, 0.5, 1.0], [0.6, 0.0])
    """
    if kind == "end of life":
        return np.zeros(1)
    if text.strip():
        return _shares(text)
    months = MONTHS if np.isnan(ramp) else max(round(ramp), 1)
    steps = np.arange(1, months + 1) / months
    return steps if kind == "launch" else 1 - steps


def along(shares: npt.NDArray[np.float64], month: npt.NDArray[np.int64]) -> npt.NDArray[np.float64]:
    """Shares in months counted from the first one, 0; NaN before it.

    >>> along(np.array([0.5, 1.0]), np.array([-1, 0, 1, 9])).tolist()
    [nan, 0.5, 1.0, 1.0]
    """
    at = np.clip(month, 0, len(shares) - 1)
    return np.where(month < 0, np.nan, shares[at])


def _shares(text: str) -> npt.NDArray[np.float64]:
    parts = _PART.findall(text)
    if not parts or re.sub(r"[\s;,]+", "", _PART.sub("", text)):
        raise ValueError(f"{text!r} is no list of shares")
    numbers = np.array([float(number.replace(",", ".")) for number, _ in parts])
    percent = any(sign for _, sign in parts) or numbers.max() > 1
    return numbers / 100 if percent else numbers
