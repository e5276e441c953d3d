"""Time, memory and accuracy of forecasts of a hierarchy that are made to agree.

    python benchmarks/reconcile.py --leaves 1000 10000 100000

A tree (company, group, family, item over item x region x channel) and crossed groups (region and
channel beside it) of synthetic leaves, 12 months of forecasts and 36 of errors, one core: processor
seconds of each method, and the largest gap between a sum and its leaves. With ``--stallion FILE``
(the monthly Stallion set) the error of each level after each method follows: every node
is forecast by last year's month times its growth, which does not add up, in 13 rolling origins.
"""

import argparse
import os

# set before numpy reads them: one core for all
os.environ |= {"OMP_NUM_THREADS": "1", "OPENBLAS_NUM_THREADS": "1"}

import sys
import time
import tracemalloc
from collections.abc import Callable, Mapping
from pathlib import Path

import numpy as np
import pandas as pd

sys.path.insert(0, str(Path(__file__).parents[1]))

from sop_xl.planning.demand.coherence import (
    Structure,
    bottom_up,
    mint,
    ols,
    structure,
    sum_ranges,
    top_down,
    whole_units,
    wls_structural,
    wls_variance,
)
from sop_xl.planning.frames import Numbers

HORIZON, TIMES, YEAR = 12, 36, 12
TREE = [(), ("group",), ("family",), ("item",)]
CROSSED = [*TREE, ("region",), ("channel",), ("family", "region")]
Method = Callable[[Structure, Numbers, Numbers], Numbers]
METHODS: Mapping[str, Method] = {
    "bottom-up": lambda tree, nodes, _: bottom_up(tree, nodes[tree.sums :]),
    "top-down": lambda tree, nodes, _: top_down(tree, nodes),
    "OLS": lambda tree, nodes, _: ols(tree, nodes),
    "WLS structure": lambda tree, nodes, _: wls_structural(tree, nodes),
    "WLS variance": wls_variance,
    "MinT shrink": mint,
}


def synthetic(leaves: int, crossed: bool) -> tuple[Structure, Numbers, Numbers]:
    """A hierarchy with forecasts and errors of all its nodes that do not add up."""
    rng = np.random.default_rng(leaves)
    number = np.arange(leaves)
    keys = pd.DataFrame(
        {
            "group": number // 5000, "family": number // 500, "item": number // 20,
            "region": number // 4 % 5, "channel": number % 4,
        }
    ).astype(str)  # fmt: skip
    tree = structure(keys, CROSSED if crossed else TREE)
    every = tree.sums + leaves
    nodes = tree.of(rng.gamma(2, 20, (leaves, HORIZON))) * rng.lognormal(0, 0.1, (every, HORIZON))
    errors = tree.of(rng.normal(0, 10, (leaves, TIMES))) + rng.normal(0, 5, (every, TIMES))
    return tree, nodes, errors


def speed(leaves: int, crossed: bool) -> None:
    tree, nodes, errors = synthetic(leaves, crossed)
    tree.matrix  # noqa: B018  # made once for all methods
    print(f"\n{leaves:,} leaves, {tree.sums:,} sums, {'crossed' if crossed else 'tree'}")
    for name, method in METHODS.items():
        if crossed and name == "top-down":
            continue  # proportions of forecasts need levels that nest
        begin = time.process_time()
        found = method(tree, nodes, errors)
        spent = time.process_time() - begin
        gap = np.abs(found[: tree.sums] - tree.matrix @ found[tree.sums :]).max()
        tracemalloc.start()
        method(tree, nodes, errors)
        memory = tracemalloc.get_traced_memory()[1] / 1e6
        tracemalloc.stop()
        print(f"  {name:14} {spent:8.3f} s  {memory:8.0f} MB  gap {gap:.0e}")
    leaf = nodes[tree.sums :]
    for name, call in (
        ("ranges of sums", lambda: sum_ranges(tree, leaf, 0.8 * leaf, 1.2 * leaf,
                                              errors[tree.sums :])),
        ("whole units", lambda: whole_units(tree, nodes)),
    ):  # fmt: skip
        begin = time.process_time()
        call()
        print(f"  {name:14} {time.process_time() - begin:8.3f} s")


# ---- accuracy on real demand ---------------------------------------------------------------------


def last_year_grown(history: Numbers) -> Numbers:
    """Last year's months times the root of the growth of the last year over the one before."""
    last, before = history[:, -YEAR:], history[:, -2 * YEAR : -YEAR]
    totals = last.sum(axis=1, keepdims=True), before.sum(axis=1, keepdims=True)
    growth = np.where(totals[1] > 0, totals[0] / np.where(totals[1] > 0, totals[1], 1.0), 1.0)
    return np.asarray(last * np.sqrt(np.clip(growth, 0.25, 4.0)))


def stallion(file: Path) -> None:
    facts = pd.read_parquet(file)
    places = ["agency", "sku"]
    wide = facts.pivot_table("volume", "date", places, aggfunc="sum", observed=True).dropna(axis=1)
    tree = structure(wide.columns.to_frame(index=False).astype(str), [(), ("agency",), ("sku",)])
    every = tree.of(wide.to_numpy(dtype=float).T)
    missed = {name: np.zeros(4) for name in ("base", *METHODS)}
    came = np.zeros(4)
    parts = [tree.rows(0), tree.rows(1), tree.rows(2), slice(tree.sums, None)]
    months = every.shape[1]
    for end in range(3 * YEAR, months - YEAR + 1):
        base = last_year_grown(every[:, :end])
        known = every[:, end - YEAR : end]
        errors = last_year_grown(every[:, : end - YEAR]) - known
        actual = every[:, end : end + YEAR]
        found = {name: method(tree, base, errors) for name, method in METHODS.items()
                 if name != "top-down"}  # fmt: skip
        for name, numbers in (("base", base), *found.items()):
            missed[name] += [np.abs(numbers[rows] - actual[rows]).sum() for rows in parts]
        came += [actual[rows].sum() for rows in parts]
    print(f"\nStallion, {len(every)} nodes, WAPE by level (company, agency, SKU, agency x SKU)")
    for name, sums in missed.items():
        if sums.any():
            print(f"  {name:14} " + "  ".join(f"{share:.4f}" for share in sums / came))


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0] if __doc__ else "")
    parser.add_argument("--leaves", type=int, nargs="*", default=[1_000, 10_000, 100_000])
    parser.add_argument("--stallion", type=Path, help="stallion_beer_monthly.parquet")
    given = parser.parse_args()
    for leaves in given.leaves:
        speed(leaves, crossed=False)
        speed(leaves, crossed=True)
    if given.stallion:
        stallion(given.stallion)


if __name__ == "__main__":
    main()
