"""The statistical baseline of a plan: each block forecast, signals laid on, brought to agree."""

from __future__ import annotations

from collections.abc import Sequence
from typing import NamedTuple

import numpy as np
import pandas as pd

from sop_xl.planning.calendar import Axis
from sop_xl.planning.demand import drivers, totals
from sop_xl.planning.demand.engine.result import MONTHS
from sop_xl.planning.demand.forecaster import Forecast, forecast
from sop_xl.planning.demand.groundwork import Known
from sop_xl.planning.frames import Numbers
from sop_xl.tables.settings import Settings

GROWN = 2 * MONTHS
"""Months of history from which a block's baseline is brought together with those of the totals."""


class Statistical(NamedTuple):
    """The baseline of every block, and how it came about."""

    own: Forecast
    """With signals, in agreement with family and company: what the plan shows."""
    apart: totals.Baseline
    """Each block by itself, without signals."""
    agreed: totals.Baseline
    """The same, brought to agree."""


def statistical(axis: Axis, settings: Settings, seen: Known, names: pd.Index) -> Statistical:
    """Forecast every block as the plan does it.

    Args:
        axis: The cycle.
        settings: The company's settings.
        seen: What is known.
        names: The planned families.
    """
    blocks, months, history, _ = seen.history
    alone = ahead(
        axis, settings, months, seen.lift.baseline, pins=seen.pins, groups=groups_of(blocks)
    )
    apart = totals.baseline(alone)
    heard = np.count_nonzero(~np.isnan(history), axis=1) >= GROWN
    heard &= np.array(seen.pins, dtype=str) == ""

    def sums(series: Numbers) -> totals.Baseline:
        return totals.baseline(ahead(axis, settings, months, series), alone)

    agreed = totals.agreeing(
        blocks, names, seen.lift.baseline, apart, totals.members(blocks, names), sums,
        settings.reconciliation, heard,
    )  # fmt: skip
    return Statistical(drivers.onto(seen.lift, totals.moved(alone, agreed)), apart, agreed)


def weighed(axis: Axis, settings: Settings, seen: Known) -> Forecast:
    """Forecast every block with the weights of all methods, whatever was chosen for it."""
    blocks, months, *_ = seen.history
    found = ahead(axis, settings, months, seen.lift.baseline, groups=groups_of(blocks))
    return drivers.onto(seen.lift, found)


def ahead(
    axis: Axis,
    settings: Settings,
    months: pd.PeriodIndex,
    history: Numbers,
    pins: Sequence[str] | None = None,
    groups: Sequence[str] | None = None,
) -> Forecast:
    """Forecasts of histories for the plan periods.

    Where the last months were not delivered, the forecast begins in them and they are cut off.
    """
    late = (axis.opening - months[-1]).n if len(months) else 0
    mean, low, high, found = forecast(
        history,
        late + axis.horizon,
        settings.forecaster,
        settings.range_level,
        pins=pins,
        groups=groups,
    )
    planned = found._replace(
        mean=found.mean[:, late:],
        low=found.low[:, :, late:],
        high=found.high[:, :, late:],
        candidates=found.candidates[:, :, late:],
    )
    return Forecast(mean[:, late:], low[:, late:], high[:, late:], planned)


def groups_of(blocks: pd.DataFrame) -> list[str]:
    """The group of each block, whose series share a season: its family.

    A season belongs to a product; so the regions of a family show the same one. Where every family
    is one block, there is nothing to share it with but all the others.
    """
    families = [str(name) for name in blocks["family"]]
    return families if len(set(families)) < len(families) else [""] * len(families)
