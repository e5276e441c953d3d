"""The sales pipeline: open deals weighted by their chance, in the month they should close."""

from __future__ import annotations

import pandas as pd

from sop_xl.planning.calendar import Axis

DECIDED = ("won", "lost")
"""A won deal is in the orders, a lost one nowhere."""


def with_outputs(pipeline: pd.DataFrame, axis: Axis, share: float) -> pd.DataFrame:
    """The pipeline with close month, weighted quantity and weighted value.

    weighted quantity = quantity x probability x share, in base units; zero for deals that are
    decided or left out. A deal that closes outside the time axis has no close month.

    Args:
        pipeline: Deals as delivered.
        axis: Its periods are the months that a deal can close in.
        share: Part of the pipeline that the baseline does not know, 0 to 1.
    """
    month = axis.calendar.period_of(pipeline["close_date"])
    counts = open_deals(pipeline).astype(float)
    chance = counts * pipeline["probability"].fillna(0.0)
    return pipeline.assign(
        close_period=month.where(month.isin(axis.periods)),
        weighted_quantity=pipeline["quantity"].fillna(0.0) * chance * share,
        weighted_value=pipeline["value"].fillna(0.0) * chance,
    )


def open_deals(pipeline: pd.DataFrame) -> pd.Series:
    """Which deals are neither decided nor left out."""
    return ~pipeline["stage"].isin(DECIDED) & pipeline["included"]
