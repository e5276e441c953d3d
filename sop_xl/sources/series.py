"""Months that are missing, levels that jump by a unit, and single quantities out of line."""

from __future__ import annotations

from collections.abc import Iterator
from typing import NamedTuple

import numpy as np
import pandas as pd

from sop_xl.planning.robust import CONSISTENT, median
from sop_xl.schema import Finding
from sop_xl.sources.delivered import NAMED, Delivered

SERIES = ["item", "region", "channel"]
FACTORS = (10.0, 12.0, 100.0, 1000.0)
"""Steps by which a level jumps when the unit of the source changed: pieces, boxes, thousands."""
NEAR = 0.15
"""How far from such a factor a jump may be, relatively."""
SIDE = 6
"""Months on each side of a jump."""
STEADY = 3.0
"""Largest over smallest month of a side that counts as steady."""
FEWEST = 18
"""Months with demand that a series needs to say what is out of line."""
NARROWEST = 0.1
"""Smallest spread of the logarithms: below it, ten per cent would be an outlier."""

BLOCK = 2_000
"""Series that are looked at together: windows take many times the memory of the series."""


class Panel(NamedTuple):
    """Orders by series (down) and month (across), and the source row of each."""

    names: pd.DataFrame
    periods: pd.PeriodIndex
    orders: np.ndarray
    rows: np.ndarray
    """Row in the frame of the source, -1 where there is none."""


def gaps(
    actuals: Delivered, closed: pd.DataFrame, items: pd.DataFrame, level: tuple[str, ...]
) -> Iterator[Finding]:
    """Months without any row between the first and the last: of the company, of a block."""
    if closed.empty:
        return
    months = pd.PeriodIndex(closed["period"].unique())
    missing = pd.period_range(months.min(), months.max(), freq="M").difference(months)
    if len(missing):
        yield actuals.finding(
            f"There are no actuals at all for {_listed([str(p) for p in missing])}.",
            "Load these months; the forecast takes them for months without demand.",
        )
    family_of = dict(zip(items["item"], items["family"], strict=True))
    family = [family_of.get(item, "") for item in closed["item"]]
    blocks = closed.assign(family=family if level[0] == "family" else closed["item"])
    blocks = blocks[blocks["family"] != ""]
    keys = ["family", *level[1:]]
    found = []
    for key, block in blocks.groupby(keys, sort=True)["period"]:
        have = pd.PeriodIndex(block.unique())
        lacking = pd.period_range(have.min(), have.max(), freq="M").difference(have)
        lacking = lacking.difference(missing)
        # demand that comes and goes is no gap in the data
        if 0 < len(lacking) <= 0.2 * len(have):
            found.append((key, lacking, int(block.index[0])))
    for key, lacking, row in found[:NAMED]:
        name = " / ".join(str(part) for part in key)
        yield actuals.finding(
            f"{name} has no rows for {_listed([str(p) for p in lacking])}.",
            "Load the months, or write 0 if there was no demand.", row=row, column="period",
        )
    if len(found) > NAMED:
        yield actuals.finding(
            f"{len(found) - NAMED:,} more blocks of the plan have months without rows.",
            "Load the months, or write 0 if there was no demand.",
        )


def jumps(actuals: Delivered, closed: pd.DataFrame) -> list[Finding]:
    """Series whose level jumps by 10, 12, 100 or 1000 and stays there."""
    panel = _panel(closed)
    orders = np.where(panel.orders > 0, panel.orders, np.nan)
    count, months = orders.shape
    if months < 2 * SIDE or not count:
        return []
    windows = np.lib.stride_tricks.sliding_window_view(orders, SIDE, axis=1)
    with np.errstate(all="ignore"):
        steady = np.max(windows, axis=2) / np.min(windows, axis=2) < STEADY
    levels = np.median(windows, axis=2)
    before, after = levels[:, :-SIDE], levels[:, SIDE:]
    ratio = np.where(steady[:, :-SIDE] & steady[:, SIDE:], after / before, np.nan)
    size = np.maximum(ratio, 1 / ratio)
    near = np.zeros(size.shape, dtype=bool)
    for factor in FACTORS:
        near |= np.abs(size / factor - 1) <= NEAR
    # the step itself, not the months around it: there the sides meet the nearest
    step = np.abs(np.log(orders[:, SIDE : months - SIDE + 1] / orders[:, SIDE - 1 : months - SIDE]))
    step = np.where(near & (step > np.log(STEADY)), step, 0)
    which = np.zeros(len(actuals.frame), dtype=bool)
    told: dict[int, str] = {}
    for series in map(int, np.flatnonzero(step.max(axis=1) > 0)):
        at = int(step[series].argmax())
        row = int(panel.rows[series, at + SIDE])
        which[row] = True
        told[row] = (
            f"{_name(panel, series)}: from {panel.periods[at + SIDE]} on, the level goes from"
            f" {_figure(before[series, at])} to {_figure(after[series, at])}"
            f" ({ratio[series, at]:.3g} times), as if the unit had changed."
        )
    return actuals.each(which, "orders", told.__getitem__,
                        "Check the unit of the source; name it in the column Unit.")


def outliers(actuals: Delivered, closed: pd.DataFrame, threshold: float) -> list[Finding]:
    """Months far from the months around them and from the same month of other years.

    Both residuals are of logarithms; each is divided by its robust standard deviation within the
    series (1.4826 x median absolute deviation), and both scores have to pass the threshold.
    Months with a promotion or a stock-out are explained and pass.
    """
    panel = _panel(closed)
    if not panel.orders.size:
        return []
    logs = np.log(np.where(panel.orders > 0, panel.orders, np.nan))
    logs[np.isfinite(logs).sum(axis=1) < FEWEST] = np.nan
    around, scores = np.full(logs.shape, np.nan), np.zeros(logs.shape)
    for start in range(0, len(logs), BLOCK):
        block = slice(start, start + BLOCK)
        around[block] = _median_around(logs[block])
        scores[block] = np.minimum(
            np.abs(_score(logs[block] - around[block])),
            np.abs(_score(logs[block] - _other_years(logs[block]))),
        )
    explained = (actuals.frame["promotion"] | actuals.frame["stock_out"]).to_numpy()
    places = np.argwhere((scores > threshold) & ~(explained[panel.rows] & (panel.rows >= 0)))
    which = np.zeros(len(actuals.frame), dtype=bool)
    told: dict[int, str] = {}
    for series, at in places.tolist():
        row = int(panel.rows[series, at])
        which[row] = True
        told[row] = (
            f"{_name(panel, series)} in {panel.periods[at]}: {_figure(panel.orders[series, at])};"
            f" the months around have {_figure(np.exp(around[series, at]))} (median), score"
            f" {scores[series, at]:.1f}."
        )
    return actuals.each(which, "orders", told.__getitem__,
                        "If it is right, name its cause in Events; else mend the quantity.")


def _panel(closed: pd.DataFrame) -> Panel:
    if closed.empty:
        nothing = np.empty((0, 0))
        return Panel(closed[SERIES], pd.PeriodIndex([], freq="M"), nothing, nothing.astype(int))
    periods = pd.period_range(closed["period"].min(), closed["period"].max(), freq="M")
    groups = closed.groupby(SERIES, sort=False).ngroup()
    names = closed[SERIES].loc[~groups.duplicated()].reset_index(drop=True)
    at = closed["period"].astype("int64").to_numpy() - periods[0].ordinal
    orders = np.full((len(names), len(periods)), np.nan)
    rows = np.full(orders.shape, -1)
    orders[groups, at] = closed["orders"]
    rows[groups, at] = closed.index
    return Panel(names, periods, orders, rows)


def _median_around(values: np.ndarray, reach: int = 6) -> np.ndarray:
    """Median of the months within reach on both sides, the month itself left out."""
    edge = np.full((len(values), reach), np.nan)
    windows = np.lib.stride_tricks.sliding_window_view(
        np.hstack([edge, values, edge]), 2 * reach + 1, axis=1
    )
    return median(np.delete(windows, reach, axis=2))


def _other_years(values: np.ndarray) -> np.ndarray:
    """Median of the same month of the years before and after; of the series where there is none."""
    months = values.shape[1]
    nothing = np.full((len(values), 24), np.nan)
    wide = np.hstack([nothing, values, nothing])
    shifted = [wide[:, 24 + lag : 24 + lag + months] for lag in (-24, -12, 12, 24)]
    same = median(np.stack(shifted, axis=2))
    return np.where(np.isnan(same), median(values)[:, None], same)


def _score(residuals: np.ndarray) -> np.ndarray:
    centred = residuals - median(residuals)[:, None]
    spread = CONSISTENT * median(np.abs(centred))[:, None]
    return np.asarray(np.nan_to_num(centred / np.maximum(spread, NARROWEST)))


def _name(panel: Panel, series: int) -> str:
    parts = [str(part) for part in panel.names.iloc[series]]
    return " / ".join(part for index, part in enumerate(parts) if index == 0 or part != "All")


def _figure(value: float) -> str:
    return f"{value:,.0f}" if abs(value) >= 10 else f"{value:.2g}"


def _listed(names: list[str], most: int = 6) -> str:
    more = f" and {len(names) - most} more" if len(names) > most else ""
    return ", ".join(names[:most]) + more
