"""What cleansing is worth: forecast errors with and without gross outliers in the history.

    python benchmarks/cleansing.py

In 3 % of the months of each history, demand is planted that is 3 to 10 times too high, or a tenth
and less. Twelve months are forecast: by the last year again, by the median of the same month of
three years, and by the forecaster of the product. Errors are MASE; the scale is that of
the history as it was. "proposed" corrects all that is proposed, "severe" what the product corrects
without asking; "false" is the share of months corrected where nothing was planted. Data: M3 and
hospital where SOP_SHARED_DATA names a folder that holds them, and series drawn with a season, a
trend and a moving level. One thread; times are those of the process.
"""

import argparse
import os
import time
from collections.abc import Callable, Iterator, Mapping
from pathlib import Path
from typing import TypeAlias

os.environ.setdefault("OMP_NUM_THREADS", "1")
os.environ.setdefault("OPENBLAS_NUM_THREADS", "1")

import numpy as np
import numpy.typing as npt
import pandas as pd

from sop_xl.planning.demand.cleansing.outliers import PROPOSED, SEVERE, outliers, unsure
from sop_xl.planning.demand.engine import Options, forecast_block
from sop_xl.planning.frames import Numbers

Flags: TypeAlias = npt.NDArray[np.bool_]
AHEAD, YEAR = 12, 12
FILES = {"M3": "m3_monthly.parquet", "hospital": "hospital_monthly.parquet"}
SHARE = 0.03
SCORES = {"proposed": PROPOSED * SEVERE, "severe": SEVERE}


def drawn(count: int, months: int, random: np.random.Generator) -> Numbers:
    """Series with a season, a trend and a level that moves."""
    at = np.arange(months)
    season = np.exp(random.normal(0, 0.25, (count, YEAR)))[:, at % YEAR]
    walk = np.exp(random.normal(0, 0.03, (count, months)).cumsum(axis=1))
    trend = np.exp(random.normal(0, 0.004, (count, 1)) * at)
    noise = np.exp(random.normal(0, random.choice([0.05, 0.1, 0.2], (count, 1)), (count, months)))
    return np.asarray(random.lognormal(5, 1, (count, 1)) * season * walk * trend * noise)


def stored(folder: Path, name: str) -> Numbers:
    """Series of a set, the last month last, NaN before the first."""
    frame = pd.read_parquet(folder / FILES[name])
    if name == "hospital":  # a column for each series
        return frame.drop(columns="month").to_numpy(dtype=float).T
    groups = frame.sort_values(["unique_id", "t"]).groupby("unique_id")["y"]
    rows = [group.to_numpy(dtype=float) for _, group in groups]
    longest = max(map(len, rows))
    return np.array([np.concatenate([np.full(longest - len(r), np.nan), r]) for r in rows])


def sets(most: int, random: np.random.Generator) -> Iterator[tuple[str, Numbers]]:
    """The series by the name of their set."""
    folder = Path(os.environ.get("SOP_SHARED_DATA", "no folder"))
    for name, file in FILES.items():
        if (folder / file).exists():
            yield name, stored(folder, name)[:most]
    yield "drawn, 5 years", drawn(most, 60 + AHEAD, random)
    yield "drawn, 3 years", drawn(most, 36 + AHEAD, random)


def planted(history: Numbers, random: np.random.Generator) -> tuple[Numbers, Flags]:
    """The history with gross outliers, and where they are."""
    where = (random.random(history.shape) < SHARE) & np.isfinite(history)
    factor = np.where(
        random.random(history.shape) < 0.7,
        random.uniform(3, 10, history.shape),
        random.uniform(0, 0.1, history.shape),
    )
    return np.where(where, history * factor, history), where


def cleaned(history: Numbers, score: float) -> tuple[Numbers, Flags]:
    """The history without what has a score, as the product does it, and what it has changed."""
    found = outliers(history)
    out = (np.abs(found.score) >= score) & ~unsure(history, found.expected)
    return np.where(out, found.expected, history), out


def same_month(history: Numbers) -> Numbers:
    """The median of the month in the last three years."""
    years = [history[:, -YEAR * (n + 1) : history.shape[1] - YEAR * n] for n in range(3)]
    return np.asarray(np.nanmedian(np.stack(years), axis=0))


def last_year(history: Numbers) -> Numbers:
    """The same month of the last year."""
    return np.asarray(history[:, -YEAR:])


def engine(history: Numbers) -> Numbers:
    """The forecaster of the product."""
    return forecast_block(history, AHEAD, Options()).mean


FORECASTS = {"last year": last_year, "median of 3 years": same_month, "engine": engine}


def mase(forecast: Numbers, actual: Numbers, history: Numbers) -> float:
    """Mean of the scaled errors; series that never move are left out."""
    scale = np.nanmean(np.abs(history[:, YEAR:] - history[:, :-YEAR]), axis=1)
    error = np.nanmean(np.abs(forecast - actual), axis=1)
    return float(np.mean(error[scale > 0] / scale[scale > 0]))


def rows(
    name: str, series: Numbers, forecasts: Mapping[str, Callable[[Numbers], Numbers]],
    random: np.random.Generator,
) -> Iterator[str]:
    """The lines of the table of one set."""
    history, actual = series[:, :-AHEAD], series[:, -AHEAD:]
    wild, where = planted(history, random)
    began = time.process_time()
    variants = {"as it was": history, "outliers": wild}
    told = {}
    for label, score in SCORES.items():
        variants[f"as it was, {label}"], changed = cleaned(history, score)
        variants[f"outliers, {label}"], found = cleaned(wild, score)
        hits = (found & where).sum() / max(where.sum(), 1)
        false = changed.sum() / np.isfinite(history).sum()
        told[label] = f"{label}: {hits:.0%} found, {false:.2%} false"
    spent = (time.process_time() - began) / (4 * len(series)) * 1e3
    known = np.isfinite(history).sum(axis=1).mean()
    yield f"{name}: {len(series):,} series of {known:.0f} months, {spent:.3f} ms a series"
    yield f"  {'; '.join(told.values())}"
    for method, forecast in forecasts.items():
        errors = (
            f"{label} {mase(forecast(numbers), actual, history):.3f}"
            for label, numbers in variants.items()
        )
        yield f"  {method:<20} MASE  {'  |  '.join(errors)}"


def main() -> None:
    parser = argparse.ArgumentParser(description="What cleansing is worth.")
    parser.add_argument("--series", type=int, default=1_000, help="most series of a set")
    given = parser.parse_args()
    random = np.random.default_rng(4)
    for name, series in sets(given.series, random):
        for line in rows(name, series, FORECASTS, random):
            print(line, flush=True)


if __name__ == "__main__":
    main()
