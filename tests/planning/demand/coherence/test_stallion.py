"""Reconciliation on the monthly sales of a brewer: 350 products of agencies, 84 sums."""

from __future__ import annotations

import os
from pathlib import Path

import numpy as np
import pandas as pd
import pytest

from sop_xl.planning.demand.coherence import structure, wls_variance
from sop_xl.planning.frames import Numbers

BESIDE = Path(__file__).resolve().parents[5] / "shared" / "data"
LEVELS = [(), ("agency",), ("sku",)]


@pytest.fixture(scope="module")
def sales() -> pd.DataFrame:
    """Hectolitres: months down, agency and SKU across, where every month is known."""
    folder = Path(os.environ.get("SOP_SHARED_DATA", BESIDE))
    file = folder / "stallion_beer_monthly.parquet"
    if not file.is_file():
        pytest.skip("no Stallion data: SOP_SHARED_DATA names no folder that holds it")
    facts = pd.read_parquet(file)
    places = ["agency", "sku"]
    return facts.pivot_table("volume", "date", places, aggfunc="sum", observed=True).dropna(axis=1)


def grown(history: Numbers) -> Numbers:
    """Last year's months times the root of last year's growth, node by node: it does not add up."""
    last, before = history[:, -12:], history[:, -24:-12]
    growth = last.sum(axis=1, keepdims=True) / np.maximum(1e-9, before.sum(axis=1, keepdims=True))
    return np.asarray(last * np.sqrt(np.clip(growth, 0.25, 4)))


def test_every_level_is_forecast_better_than_by_itself(sales: pd.DataFrame) -> None:
    tree = structure(sales.columns.to_frame(index=False).astype(str), LEVELS)
    every = tree.of(sales.to_numpy(dtype=float).T)
    parts = [tree.rows(0), tree.rows(1), tree.rows(2), slice(tree.sums, None)]
    missed = {"own": np.zeros(4), "reconciled": np.zeros(4)}

    for end in range(36, 49):  # thirteen origins, a year ahead each
        own = grown(every[:, :end])
        errors = grown(every[:, : end - 12]) - every[:, end - 12 : end]
        actual = every[:, end : end + 12]
        for name, found in (("own", own), ("reconciled", wls_variance(tree, own, errors))):
            missed[name] += [np.abs(found[rows] - actual[rows]).sum() for rows in parts]

    assert len(every) == 434
    assert (missed["reconciled"] < missed["own"]).all()
