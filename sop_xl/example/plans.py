"""The demand plans that the example company made in the cycles before: a little too high."""

from __future__ import annotations

import numpy as np
import pandas as pd

from sop_xl.example import company
from sop_xl.example.demand import Demand, Numbers
from sop_xl.example.money import by_family
from sop_xl.schema import ALL

CYCLES, HORIZON = 13, 24
SALES_BIAS = {"Jackets": 0.06, "Tents": 0.08}
"""What sales adds; to other families 3 %."""
MONTH_ERROR, CYCLE_ERROR, CELL_ERROR = 0.04, 0.03, 0.035
"""Errors about a month, kept from cycle to cycle; of all months of a cycle; of one number."""
BASELINE_ERROR = 0.05
DRIVERS, MARKETING = 0.5, 0.3
"""Shares of what is changed beside that; finance does the rest."""


def past_plans(seed: int, demand: Demand, cycle: pd.Period) -> pd.DataFrame:
    """Consensus and baseline by cycle, month, family and region."""
    random = np.random.default_rng([seed, 4])
    expected = by_family(demand.expected.sum(axis=2))
    bias = np.array([1 + SALES_BIAS.get(f.name, 0.03) for f in company.FAMILIES])[:, None, None]
    opinion = np.exp(random.normal(0, MONTH_ERROR, expected.shape))
    rows = [
        _plan(random, demand, expected, bias * opinion, cycle - number)
        for number in range(CYCLES, 0, -1)
    ]
    return pd.concat(rows, ignore_index=True)


def _plan(
    random: np.random.Generator,
    demand: Demand,
    expected: Numbers,
    opinion: Numbers,
    made: pd.Period,
) -> pd.DataFrame:
    first = (made - demand.periods[0]).n
    months = slice(first, first + HORIZON)
    mood = random.normal(0, CYCLE_ERROR, (*expected.shape[:2], 1))
    cell, model = random.normal(0, 1, (2, *expected.shape[:2], HORIZON))
    consensus = (expected * opinion)[..., months] * np.exp(mood + CELL_ERROR * cell)
    baseline = expected[..., months] * np.exp(mood + BASELINE_ERROR * model)
    index = pd.MultiIndex.from_product(
        [[f.name for f in company.FAMILIES], company.REGIONS, demand.periods[months]],
        names=["family", "region", "period"],
    )
    layers = _layers(np.rint(consensus), np.rint(baseline))
    columns = {name: cells.ravel() for name, cells in layers.items()}
    frame = pd.DataFrame(columns, index).reset_index()
    return frame.assign(cycle=str(made), channel=ALL)


def _layers(consensus: Numbers, baseline: Numbers) -> dict[str, Numbers]:
    """The way from baseline to consensus: what sales adds anyway, and who did the rest."""
    bias = np.array([SALES_BIAS.get(f.name, 0.03) for f in company.FAMILIES])[:, None, None]
    sales = np.rint(consensus * bias / (1 + bias))
    rest = consensus - baseline - sales
    drivers, marketing = np.rint(DRIVERS * rest), np.rint(MARKETING * rest)
    return {
        "consensus": consensus,
        "baseline": baseline,
        "drivers": drivers,
        "sales": sales,
        "marketing": marketing,
        "finance": rest - drivers - marketing,
    }
