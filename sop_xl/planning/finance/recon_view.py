"""Plan against what it is compared with, by line, for a window: the top of Finance_Recon."""

from __future__ import annotations

from typing import NamedTuple

import numpy as np
import pandas as pd

from sop_xl.planning.finance.windows import Flags, Months
from sop_xl.planning.frames import zero
from sop_xl.tables.finance import ABOVE, BELOW, LESS_COST, MORE_COST, WITHIN
from sop_xl.tables.recon import COMPARED
from sop_xl.tables.settings import Settings


class Line(NamedTuple):
    """A line that is reconciled: its label and the measures of ``finance_total`` behind it."""

    label: str
    own: str
    aop: str
    prior: str
    is_cost: bool = False
    """Less of it is better."""

    @property
    def above(self) -> str:
        return MORE_COST if self.is_cost else ABOVE

    @property
    def below(self) -> str:
        return LESS_COST if self.is_cost else BELOW


SHIPMENTS = "Shipments"
_CALLED_BEFORE = {"Volume": SHIPMENTS}
"""Lines that earlier versions called otherwise: their tolerance and owner are kept."""

LINES = (
    Line(SHIPMENTS, "volume", "aop_volume", "prior_volume"),
    Line("Revenue", "revenue", "aop_revenue", "prior_revenue"),
    Line("Margin", "margin", "aop_margin", "prior_margin"),
    Line("Operating cost", "operating_cost", "aop_operating_cost", "prior_operating_cost", True),
    Line("Operating profit", "operating_profit", "aop_operating_profit",
         "prior_operating_profit"),
)  # fmt: skip


def recon_lines(given: pd.DataFrame, settings: Settings) -> pd.DataFrame:
    """The table ``recon_lines``: tolerance and owner of each line, the given ones kept."""
    labels = pd.Series([line.label for line in LINES], name="line", dtype="str")
    given = given.assign(line=given["line"].replace(_CALLED_BEFORE))
    own = given.drop_duplicates("line").set_index("line").reindex(labels)
    return pd.DataFrame(
        {
            "line": labels,
            "tolerance": own["tolerance"].to_numpy(dtype=float),
            "owner": own["owner"].fillna("").astype("str").to_numpy(),
            "tolerance_used": own["tolerance"].fillna(settings.tolerance).to_numpy(dtype=float),
        }
    ).astype({"owner": "str"})


def recon_view(
    finance_total: pd.DataFrame, months: Months, comparison: str, lines: pd.DataFrame
) -> pd.DataFrame:
    """Plan, what it is compared with, difference and verdict of each line.

    A difference is plan - compared; the symbol of the verdict says whether it is favourable.
    """
    n = COMPARED.index(comparison)
    rows = []
    for line, tolerance in zip(LINES, lines["tolerance_used"], strict=True):
        source = (line.aop, line.prior, line.own, line.prior)[n]
        plan = total(finance_total, line.own, months.inside)
        other = total(finance_total, source, months.before)
        difference = plan - other
        share = difference / other if other else np.nan
        rows.append((line.label, plan, other, difference, share, tolerance,
                     _verdict(line, share, tolerance)))
    columns = ["line", "plan", "other", "difference", "share", "tolerance", "verdict"]
    return pd.DataFrame(rows, columns=columns)


def total(finance_total: pd.DataFrame, measure: str, mask: Flags) -> float:
    """The sum of a measure over the periods of a mask."""
    return float(zero(finance_total[measure].to_numpy(dtype=float))[mask].sum())


def _verdict(line: Line, share: float, tolerance: float) -> str:
    if np.isnan(share):
        return ""
    if abs(share) <= tolerance:
        return WITHIN
    return line.above if share > 0 else line.below
