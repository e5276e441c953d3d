"""Load, run and write one cycle of a company of any size: seconds by phase, memory by cell.

    python benchmarks/plan_cycle.py --series 100 300

The company is drawn from a seed: families of two items in three regions, five years of actuals,
stock and output, resources, a budget, events and deals. The cycle runs as a planner runs it, by
``load`` and ``generate`` on a plan folder, each size in a process of its own so that its peak of
memory is its own. ``--profile`` prints where the time went, by function.
"""

import argparse
import cProfile
import datetime as dt
import json
import pstats
import re
import subprocess
import sys
import tempfile
import time
import zipfile
from collections import defaultdict
from collections.abc import Callable
from pathlib import Path
from typing import Any

import numpy as np
import pandas as pd

ROOT = Path(__file__).parents[1]
sys.path.insert(0, str(ROOT))

from sop_xl import actions, cycle, sources  # noqa: E402  # the line above finds it
from sop_xl.actions import issuing  # noqa: E402
from sop_xl.example import to_csv  # noqa: E402
from sop_xl.planning.demand import step as demand  # noqa: E402
from sop_xl.schema import empty_frame  # noqa: E402
from sop_xl.tables import TABLES  # noqa: E402
from sop_xl.tables.settings import Settings  # noqa: E402

REGIONS = ("North", "South", "West")
ITEMS_PER_FAMILY = 2
RESOURCES = 10
MONTHS = pd.period_range("2021-10", "2026-09", freq="M")
BUDGET = pd.period_range("2026-01", "2027-12", freq="M")
NOW = dt.datetime(2026, 10, 5, tzinfo=dt.UTC)
PHASES = ("read and check", "store", "forecast", "other steps", "workbook")


# ---- the company ---------------------------------------------------------------------


def company(series: int, seed: int = 1) -> dict[str, pd.DataFrame]:
    """The source tables of a company with so many series of family x region."""
    random = np.random.default_rng(seed)
    families = [f"Family {number:04}" for number in range(1, series // len(REGIONS) + 1)]
    items = _items(families, random)
    actuals = _actuals(items, random)
    months = actuals.groupby(["period", "item"], as_index=False)["orders"].sum()
    made = (months["orders"] * random.uniform(0.9, 1.1, len(months))).round()
    keys = months[["period", "item"]]
    by_family = actuals.merge(items[["item", "family"]], on="item")
    return {
        "items": items,
        "actuals": actuals,
        "stock": _filled("stock", **keys, region="All", on_hand=made, backlog=0.0),
        "production": _filled("production", **keys, planned=months["orders"], produced=made),
        "resources": _filled(
            "resources", resource=[_resource(at) for at in range(RESOURCES)], machines=20.0,
            hours_per_day=15.0, efficiency=0.9, planned_loss=0.05, cost_per_hour=40.0,
        ),
        "bill_of_resources": _filled(
            "bill_of_resources", item=np.repeat(items["item"], 2),
            resource=[_resource(at % RESOURCES) for at in range(2 * len(items))],
            hours_per_unit=random.uniform(0.02, 0.2, 2 * len(items)).round(4),
        ),
        "aop": _aop(by_family, items),
        "events": _filled(
            "events", event=[f"E-{at}" for at in range(20)], family=random.choice(families, 20),
            region="All", channel="All", start=BUDGET[11], end=BUDGET[12], uplift=0.1,
            quantity=0.0, included=True,
        ),
        "pipeline": _filled(
            "pipeline", opportunity=[f"OP-{at}" for at in range(50)],
            family=random.choice(families, 50), region=random.choice(REGIONS, 50), channel="All",
            stage="proposal", quantity=100.0, value=5_000.0, probability=0.5,
            close_date=pd.Timestamp("2027-01-15"), included=True,
        ),
        "finance_lines": _filled(
            "finance_lines", line=["Personnel", "Freight"], fixed=[500_000.0, 0.0],
            share_of_revenue=[0.0, 0.03], per_unit=0.0, aop=500_000.0,
        ),
    }


def _items(families: list[str], random: np.random.Generator) -> pd.DataFrame:
    family = np.repeat(families, ITEMS_PER_FAMILY)
    cost = random.uniform(5, 80, len(family)).round(2)
    number = [f"I-{at:05}" for at in range(len(family))]
    return _filled("items", item=number, family=family, lifecycle="active", cost=cost,
                   price=(cost * 1.6).round(2))


def _actuals(items: pd.DataFrame, random: np.random.Generator) -> pd.DataFrame:
    """Level, trend, season and noise, different for each item and region."""
    keys = pd.MultiIndex.from_product([items["item"], REGIONS], names=["item", "region"])
    shape = (len(keys), len(MONTHS))
    at = np.arange(len(MONTHS))
    level = random.lognormal(6, 0.8, (len(keys), 1))
    trend = 1 + random.normal(0.001, 0.003, (len(keys), 1)) * at
    peak = random.uniform(0, 12, (len(keys), 1))
    season = 1 + random.uniform(0, 0.4, (len(keys), 1)) * np.cos(2 * np.pi * (at - peak) / 12)
    orders = np.round(level * trend * season * random.lognormal(0, 0.12, shape))
    price = items.set_index("item")["price"].reindex(keys.get_level_values("item")).to_numpy()
    return _filled(
        "actuals", period=np.tile(MONTHS, len(keys)),
        item=np.repeat(keys.get_level_values("item"), len(MONTHS)),
        region=np.repeat(keys.get_level_values("region"), len(MONTHS)), channel="All",
        orders=orders.ravel(), shipments=orders.ravel(),
        revenue=(orders * price[:, None]).ravel().round(2),
    )


def _aop(actuals: pd.DataFrame, items: pd.DataFrame) -> pd.DataFrame:
    """Each month's mean of the series, five per cent up."""
    mean = actuals.groupby(["family", "region"], as_index=False)["orders"].sum()
    price = mean["family"].map(items.groupby("family")["price"].mean()).to_numpy()
    quantity = np.repeat((1.05 * mean["orders"] / len(MONTHS)).round().to_numpy(), len(BUDGET))
    money = quantity * np.repeat(price, len(BUDGET))
    return _filled(
        "aop", period=np.tile(BUDGET, len(mean)),
        family=np.repeat(mean["family"], len(BUDGET)),
        region=np.repeat(mean["region"], len(BUDGET)), channel="All", quantity=quantity,
        revenue=money.round(2), cost_of_sales=(0.6 * money).round(2),
    )


def _filled(table: str, **columns: Any) -> pd.DataFrame:
    """A source table with these columns, the others blank."""
    inputs = TABLES[table].inputs
    plain = {name: np.asarray(values) if np.ndim(values) else values
             for name, values in columns.items()}
    frame = pd.DataFrame(plain)
    blank = {c.name: False if c.unit.kind == "flag" else np.nan if c.unit.is_number else ""
             for c in inputs if c.name not in columns and c.unit.kind in ("flag", "text", "number")}
    frame = frame.assign(**blank).reindex(columns=[c.name for c in inputs])
    return frame.astype(empty_frame(inputs).dtypes.to_dict())


def _resource(number: int) -> str:
    return f"Line {number + 1}"


# ---- the measurement -----------------------------------------------------------------


class Clock:
    """Seconds by phase, taken around the functions that the actions call."""

    def __init__(self) -> None:
        self.seconds: defaultdict[str, float] = defaultdict(float)

    def around(self, phase: str, owner: Any, name: str) -> None:
        """Measure every call of a function of a module."""
        inner: Callable[..., Any] = getattr(owner, name)

        def timed(*args: Any, **kwargs: Any) -> Any:
            began = time.perf_counter()
            try:
                return inner(*args, **kwargs)
            finally:
                self.seconds[phase] += time.perf_counter() - began

        setattr(owner, name, timed)


def measure(folder: Path) -> dict[str, float]:
    """Seconds by phase, megabytes and cells of one cycle of a plan folder."""
    clock = Clock()
    clock.around("read and check", sources, "load")
    clock.around("steps", cycle, "run")
    clock.around("workbook", issuing, "draw")
    clock.around("workbook", issuing, "pack")
    clock.around("workbook", issuing, "write_atomically")
    clock.around("forecast", demand, "statistical")
    before = _peak()
    began = time.perf_counter()
    loading = actions.load(folder, author="benchmark", at=NOW)
    if loading.revision is None:
        raise RuntimeError(f"nothing was loaded: {loading.findings[0]}")
    made = actions.generate(folder)
    total = time.perf_counter() - began
    after = _peak()
    seconds = clock.seconds
    seconds["other steps"] = seconds["steps"] - seconds["forecast"]
    seconds["store"] = total - sum(seconds[p] for p in ("read and check", "steps", "workbook"))
    megabytes = {"megabytes before": before, "megabytes": after - before}
    return {phase: seconds[phase] for phase in PHASES} | megabytes | {
        "cells": _cells(made.path), "file": made.path.stat().st_size / 1e6,
        "checks failed": made.checks_failed,
    }


def _cells(path: Path) -> int:
    with zipfile.ZipFile(path) as book:
        sheets = [name for name in book.namelist() if name.startswith("xl/worksheets/sheet")]
        return sum(len(re.findall(rb"<c[ >]", book.read(name))) for name in sheets)


def _peak() -> float:
    """The most memory that this process has held so far, in MB; nothing on Windows."""
    try:
        import resource
    except ImportError:
        return float("nan")
    held = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss
    return held / (1e6 if sys.platform == "darwin" else 1e3)


# ---- the report ----------------------------------------------------------------------


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0] if __doc__ else None)
    parser.add_argument("--series", type=int, nargs="+", default=[100, 300],
                        help="series of family x region; each size is measured by itself")
    parser.add_argument("--profile", action="store_true", help="print where the time went")
    parser.add_argument("--folder", type=Path, help=argparse.SUPPRESS)
    options = parser.parse_args()
    if options.folder and options.profile:
        with cProfile.Profile() as profile:
            measure(options.folder)
        pstats.Stats(profile).sort_stats("tottime").print_stats(45)
        return
    if options.folder:
        print(json.dumps(measure(options.folder)))
        return
    for series in options.series:
        with tempfile.TemporaryDirectory(prefix="sop-benchmark-") as name:
            _measure_apart(Path(name) / "plan", series, options.profile)


def _measure_apart(folder: Path, series: int, profile: bool) -> None:
    """Make the company here; measure in a process of its own."""
    actions.init(folder, Settings(company="Benchmark", history_shown=24, horizon=24))
    to_csv(company(series), folder / "data")
    command = [sys.executable, __file__, "--folder", str(folder)]
    if profile:
        subprocess.run([*command, "--profile"], check=True)
        return
    found = subprocess.run(command, check=True, stdout=subprocess.PIPE, text=True).stdout
    _report(series, json.loads(found.splitlines()[-1]))


def _report(series: int, found: dict[str, float]) -> None:
    total = sum(found[phase] for phase in PHASES)
    rows = series // len(REGIONS) * ITEMS_PER_FAMILY * len(REGIONS) * len(MONTHS)
    print(f"{series} series of {len(MONTHS)} months ({rows:,} rows of actuals): {total:.1f} s")
    for phase in PHASES:
        print(f"  {phase:>15}: {found[phase]:6.2f} s  {found[phase] / total:6.1%}")
    cells = found["cells"]
    print(f"  {'cells':>15}: {cells:,.0f} in {found['file']:.1f} MB, "
          f"{found['checks failed']:.0f} checks failed")
    print(f"  {'memory':>15}: {found['megabytes']:.0f} MB above the {found['megabytes before']:.0f}"
          f" MB of the program, {1000 * found['megabytes'] / cells:.2f} kB a cell")


if __name__ == "__main__":
    main()
