"""Two packs of KPIs: how timely goods flow to the customer, and what the chosen options return."""

from __future__ import annotations

import numpy as np
import pandas as pd

from sop_xl.planning.calendar import Axis
from sop_xl.planning.frames import Numbers
from sop_xl.planning.performance.facts import monthly
from sop_xl.planning.performance.figure import Figure
from sop_xl.schema import Unit
from sop_xl.tables.kpi_detail import FLOW, ROI


def flow(
    axis: Axis, orders: pd.DataFrame, stock: pd.DataFrame, actuals: pd.DataFrame
) -> list[Figure]:
    """How long goods lie, travel and keep customers waiting, by closed month.

    Days of a stock are stock at the month's end / units shipped a day, so that the days of two
    stages add up (Little's law).

    Args:
        axis: Its past is what is measured.
        orders: Order lines, with the days on which they were asked for, promised and delivered.
        stock: By item: on hand and in transit.
        actuals: By item: units shipped.
    """
    dated = orders["requested"].notna() | orders["promised"].notna()
    lines = orders[orders["delivered"].notna() & dated]
    asked = lines["requested"].fillna(lines["promised"])
    due = lines["promised"].fillna(lines["requested"])
    waited = pd.DataFrame(
        {
            "period": axis.calendar.period_of(lines["delivered"]),
            "lines": 1.0,
            "waited": (lines["delivered"] - asked).dt.days.astype(float).clip(lower=0),
            "late": (lines["delivered"] - due).dt.days.astype(float).clip(lower=0),
        }
    )
    delivered = monthly(waited, "lines", axis)
    a_day = monthly(actuals, "shipments", axis) / axis.calendar.days(axis.past)
    on_hand, travelling = (monthly(stock, name, axis) for name in ("on_hand", "in_transit"))
    return [
        _days("Days beyond the requested day", "Days from the requested day to delivery, early as "
              "zero / order lines delivered.", "Orders", monthly(waited, "waited", axis),
              delivered),
        _days("Days late", "Days from the promised day to delivery, early as zero / order lines "
              "delivered.", "Orders", monthly(waited, "late", axis), delivered),
        _days("Days in stock", "Units on hand at the month's end / units shipped a day.",
              "Stock, actuals", on_hand, a_day),
        _days("Days on the way", "Units in transit at the month's end / units shipped a day.",
              "Stock, actuals", travelling, a_day),
    ]  # fmt: skip


def _days(kpi: str, definition: str, source: str, part: Numbers, whole: Numbers) -> Figure:
    return Figure(FLOW, kpi, Unit.DAYS, "", definition, source, part, whole)


def roi(axis: Axis, gap_options: pd.DataFrame) -> list[Figure]:
    """The return on the options that are chosen in this cycle: (margin saved - cost) / cost.

    Args:
        axis: The cycle; what is chosen stands in its last closed month.
        gap_options: The table, with cost and margin of each option.
    """
    chosen = _used(gap_options[gap_options["chosen"].fillna(False).astype(bool)])
    net = _now(axis, float(chosen["net"].sum()) if len(chosen) else np.nan)
    cost = _now(axis, float(chosen["cost"].sum()))
    gain = _now(axis, float(chosen["gain"].sum()) if len(chosen) else np.nan)
    return [
        Figure(ROI, "Return on the chosen options", Unit.PERCENT, "",
               "Of the options chosen on the sheet Options in this cycle: (margin of the output - "
               "cost) / cost, as expected.", "Options", net, cost),
        Figure(ROI, "Margin for one of cost", Unit.RATIO, "",
               "Of the same options: margin of the output / cost.", "Options", gain, cost),
    ]  # fmt: skip


def _used(chosen: pd.DataFrame) -> pd.DataFrame:
    """Cost, gain and net gain of what is needed: chosen options of one gap share its hours by rank.
    """
    rows = chosen.sort_values("rank", kind="stable")
    covers = rows["covers"].astype(float)
    before = covers.groupby([rows["resource"], rows["period"]]).cumsum() - covers
    needed = (rows["short"] - before).clip(lower=0.0)
    part = (needed / covers.where(covers > 0)).clip(upper=1.0).fillna(1.0)
    return rows.assign(**{name: rows[name] * part for name in ("cost", "gain", "net")})


def _now(axis: Axis, number: float) -> Numbers:
    """A number of this cycle; nothing is known of the months before."""
    found = np.full(axis.history, np.nan)
    found[-1:] = number
    return found
