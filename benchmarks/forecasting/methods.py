"""One method on one block of series, in a process of its own, so that time and memory are its own.

    python benchmarks/forecasting/methods.py METHOD BLOCK.npz ANSWER.npz [--repeat 3]

The block goes in and the forecasts come back as arrays, so that the peers may live in another
environment than the engine; this file needs nothing of the project for them. Time is processor
time of the whole call, from a long frame to a long frame, after a first call on a few series that
loads and compiles what is loaded and compiled once.
"""

from __future__ import annotations

import argparse
import importlib
import json
import os
import sys
import time
import warnings
from collections.abc import Callable
from pathlib import Path
from typing import Any

import numpy as np
import numpy.typing as npt
import pandas as pd

ENGINE = "engine"
LEVELS = (80, 95)
FREQUENCIES = {12: "MS", 4: "QS", 1: "YS", 52: "W-SUN", 7: "D", 13: "28D"}
END = "2026-09-27"
"""A Sunday: where the history of every series ends, for want of dates."""
PEERS = (
    "AutoETS", "AutoTheta", "DynamicOptimizedTheta", "AutoCES", "IMAPA", "CrostonSBA",
)  # fmt: skip
WITHOUT_RANGE = ("IMAPA", "CrostonSBA")
WITHOUT_SEASON = ("IMAPA", "CrostonSBA")
COLUMNS = ["mean", *(f"{side}_{level}" for level in LEVELS for side in ("lo", "hi"))]

Numbers = npt.NDArray[np.float64]
Method = Callable[[pd.DataFrame, int, int], pd.DataFrame]


# ---- the block -----------------------------------------------------------------------


def dates(season: int, length: int) -> pd.DatetimeIndex:
    """The last so many periods of the calendar that all series share."""
    return pd.date_range(end=END, periods=length, freq=FREQUENCIES.get(season, "D"))


def long_frame(values: Numbers, lengths: npt.NDArray[np.int64], season: int) -> pd.DataFrame:
    """One row a period: ``unique_id, ds, y``, every series ending at the same period."""
    calendar = dates(season, int(lengths.max())).to_numpy()
    # in halves of the usual size: the frame's own making is not to be the peak of memory
    small = np.int32
    owner = np.repeat(np.arange(len(lengths), dtype=small), lengths)
    at = np.arange(len(values), dtype=small)
    at -= (np.cumsum(lengths) - len(calendar)).astype(small)[owner]
    names = pd.Index([f"{number:07}" for number in range(len(lengths))])
    series = pd.Categorical.from_codes(owner, names)
    return pd.DataFrame({"unique_id": series, "ds": calendar[at], "y": values})


# ---- the methods ---------------------------------------------------------------------


def engine(workers: int) -> Method:
    """The engine of this project by its public entry."""
    import sop_xl

    def forecast(frame: pd.DataFrame, horizon: int, season: int) -> pd.DataFrame:
        return sop_xl.forecast(
            frame, horizon, levels=LEVELS, season_length=season, workers=workers
        )

    return forecast


def peer(name: str) -> Method:
    """A model of statsforecast with its defaults; where it fails, its seasonal naive answers."""
    # it is no requirement of the project, so its types are not there to check
    core: Any = importlib.import_module("statsforecast")
    models: Any = importlib.import_module("statsforecast.models")

    def forecast(frame: pd.DataFrame, horizon: int, season: int) -> pd.DataFrame:
        options = {} if name in WITHOUT_SEASON else {"season_length": season}
        run = core.StatsForecast(
            models=[getattr(models, name)(alias=name, **options)],
            freq=FREQUENCIES.get(season, "D"), n_jobs=1,
            fallback_model=models.SeasonalNaive(season, alias=name),
        )  # fmt: skip
        level = {} if name in WITHOUT_RANGE else {"level": list(LEVELS)}
        found: pd.DataFrame = run.forecast(df=frame, h=horizon, **level)
        sides = {f"{name}-{side}-{at}": f"{side}_{at}" for side in ("lo", "hi") for at in LEVELS}
        return found.rename(columns={name: "mean", **sides})

    return forecast


# ---- the measurement -----------------------------------------------------------------


def measure(method: Method, block: Any, repeat: int) -> tuple[pd.DataFrame, dict[str, float]]:
    """The forecasts, and the processor seconds and megabytes that they took."""
    season, horizon = int(block["season"]), int(block["horizon"])
    frame = long_frame(block["values"], block["lengths"], season)
    few = frame[frame["unique_id"].cat.codes < 2]
    method(few.assign(unique_id=few["unique_id"].astype(str)), horizon, season)
    before = _peak()
    taken = []
    for _ in range(repeat):
        began, wall = _processor_seconds(), time.perf_counter()
        found = method(frame, horizon, season)
        taken.append((_processor_seconds() - began, time.perf_counter() - wall))
    seconds, wall = min(taken)
    return found, {
        "seconds": seconds, "wall": wall, "megabytes": _peak(), "megabytes before": before,
    }  # fmt: skip


def _processor_seconds() -> float:
    """Of this process and of its workers that have ended."""
    times = os.times()
    return times.user + times.system + times.children_user + times.children_system


def _peak() -> float:
    """The most memory that this process has held so far, in MB; nothing on Windows."""
    try:
        import resource
    except ImportError:
        return float("nan")
    held = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss
    return held / (1e6 if sys.platform == "darwin" else 1e3)


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0] if __doc__ else None)
    parser.add_argument("method")
    parser.add_argument("block", type=Path)
    parser.add_argument("answer", type=Path)
    parser.add_argument("--repeat", type=int, default=1)
    parser.add_argument("--workers", type=int, default=1, help="of the engine")
    options = parser.parse_args()
    if options.method == ENGINE:
        sys.path.insert(0, str(Path(__file__).parents[2]))
    method = engine(options.workers) if options.method == ENGINE else peer(options.method)
    with np.load(options.block) as block, warnings.catch_warnings(record=True) as raised:
        warnings.simplefilter("always")
        found, costs = measure(method, block, options.repeat)
        shape = (len(block["lengths"]), int(block["horizon"]))
    ordered = found.sort_values(["unique_id", "ds"])
    columns = [column for column in COLUMNS if column in ordered]
    arrays = {name: ordered[name].to_numpy(float).reshape(shape) for name in columns}
    np.savez(options.answer, **arrays)  # type: ignore[arg-type]
    package = sys.modules.get("statsforecast")
    version = getattr(package, "__version__", "")
    print(json.dumps({**costs, "warnings": len(raised), "version": version}))


if __name__ == "__main__":
    main()
