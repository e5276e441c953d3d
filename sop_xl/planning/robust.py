"""Medians and spreads that a few wild numbers do not move, for whole blocks of series."""

from __future__ import annotations

import numpy as np

from sop_xl.planning.frames import Numbers

CONSISTENT = 1.4826
"""Median absolute deviation x this = standard deviation of normal data (Rousseeuw & Croux 1993)."""


def median(values: Numbers) -> Numbers:
    """Median over the last axis without the gaps; NaN where there are only gaps.

    >>> median(np.array([[3.0, np.nan, 1.0], [np.nan, np.nan, np.nan]])).tolist()
    [2.0, nan]
    """
    if not values.shape[-1]:
        return np.full(values.shape[:-1], np.nan)
    ordered = np.sort(values, axis=-1)
    count = np.isfinite(ordered).sum(axis=-1, keepdims=True)
    low = np.take_along_axis(ordered, np.maximum(count - 1, 0) // 2, axis=-1)
    high = np.take_along_axis(ordered, np.minimum(count // 2, values.shape[-1] - 1), axis=-1)
    return np.asarray(((low + high) / 2)[..., 0])


def spread(errors: Numbers) -> Numbers:
    """Robust standard deviation of errors around zero, over the last axis.

    >>> spread(np.array([1.0, -1.0, 2.0, 500.0, -2.0])).tolist()
    2.9652
    """
    return CONSISTENT * median(np.abs(errors))
