"""Histories of many months, which a table as text would only hide."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import numpy as np
import numpy.typing as npt
import pandas as pd

from sop_xl import tables
from sop_xl.planning import Outcome, data
from sop_xl.planning.calendar import Axis
from sop_xl.planning.demand import step as demand
from sop_xl.schema import empty_frame
from sop_xl.tables.cash import PAST_CASH
from sop_xl.tables.data import ACTUALS
from sop_xl.tables.forecast import FORECAST_METHODS
from sop_xl.tables.settings import Settings


def sold(
    item: str,
    orders: npt.ArrayLike,
    last: str = "2025-12",
    region: str = "All",
    **columns: object,
) -> pd.DataFrame:
    """Actuals of one item in one region, one number a month up to the last."""
    quantity = np.asarray(orders, dtype=float)
    months = pd.period_range(end=pd.Period(last, freq="M"), periods=len(quantity), freq="M")
    frame = pd.DataFrame(
        {
            "period": months,
            "item": item,
            "region": region,
            "channel": "All",
            "orders": quantity,
        }
        | columns
    )
    blank = empty_frame(ACTUALS.inputs)
    for name in blank.columns.difference(frame.columns):
        kind = blank[name].dtype
        frame[name] = "" if kind == "str" else False if kind == "bool" else np.nan
    return frame[list(blank.columns)].astype(blank.dtypes.to_dict())


def cells(frame: pd.DataFrame, row: str, *columns: str) -> list[Any]:
    """The fields of one row."""
    return [frame.loc[row, column] for column in columns]


def inputs(settings: Settings, **given: pd.DataFrame) -> dict[str, pd.DataFrame]:
    """Every input table of the plan, empty but for those that are given."""
    declared = tables.inputs(settings.level)
    frames = {name: empty_frame(table.inputs) for name, table in declared.items()}
    before = FORECAST_METHODS.for_level(settings.level)
    unknown = {"past_forecasts": before.columns, "past_cash": PAST_CASH.columns}
    return frames | {name: empty_frame(of) for name, of in unknown.items()} | given


def run_data(axis: Axis, settings: Settings, **given: pd.DataFrame) -> Outcome:
    """Step 1 on these tables."""
    return _run(data.run, axis, settings, inputs(settings, **given))


def run_demand(axis: Axis, settings: Settings, **given: pd.DataFrame) -> Outcome:
    """Steps 1 and 2 on these tables."""
    frames = inputs(settings, **given)
    frames |= run_data(axis, settings, **given).frames
    return _run(demand.run, axis, settings, frames)


def _run(
    step: Callable[..., Outcome], axis: Axis, settings: Settings, frames: dict[str, pd.DataFrame]
) -> Outcome:
    wanted = step.__annotations__
    return step(axis, settings, **{name: frames[name] for name in frames if name in wanted})
