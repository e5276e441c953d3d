"""Plan against what it is compared with, by line, for a window: the top of Finance_Recon."""

from __future__ import annotations

from typing import NamedTuple

import numpy as np
import pandas as pd

from sop_xl.planning.finance.windows import Flags, Months
from sop_xl.planning.frames import Numbers, zero
from sop_xl.tables.finance import ABOVE, BELOW, LESS_COST, MORE_COST, WITHIN
from sop_xl.tables.recon import AOP, COMPARED, LAST_YEAR, PLANNED, PRIOR, SCENARIO
from sop_xl.tables.settings import Settings


class Line(NamedTuple):
    """A line that is reconciled: its label and the measures of ``finance_total`` behind it."""

    label: str
    own: str
    aop: str
    prior: str
    scenario: str
    is_cost: bool = False
    """Less of it is better."""
    by_cost: bool = False
    """It is zero where a budget or an earlier plan holds no cost: then there is nothing to
    compare."""
    own_aop: str = ""
    """What is compared with the AOP, where that is not the whole."""
    own_prior: str = ""
    own_year: str = ""

    def compared(self, comparison: str) -> str:
        """The measure that it is compared with."""
        return (self.aop, self.prior, self.own, self.prior, self.scenario)[
            COMPARED.index(comparison)
        ]

    def mine(self, comparison: str) -> str:
        """The measure of the plan that is compared: like with like."""
        own = (self.own_aop, self.own_prior, self.own_year, self.own_prior, "")
        return own[COMPARED.index(comparison)] or self.own

    @property
    def above(self) -> str:
        return MORE_COST if self.is_cost else ABOVE

    @property
    def below(self) -> str:
        return LESS_COST if self.is_cost else BELOW


SHIPMENTS = "Shipments"
MAY_LACK_COST = (AOP, PRIOR, PLANNED)
"""What may hold revenue and no cost; a scenario has the cost of the plan."""
CALLED_BEFORE = {"Volume": SHIPMENTS}
"""Lines that earlier versions called otherwise: their tolerance and owner are kept."""

LINES = (
    Line(SHIPMENTS, "volume", "aop_volume", "prior_volume", "scenario_volume"),
    Line("Revenue", "revenue", "aop_revenue", "prior_revenue", "scenario_revenue"),
    Line("Margin", "margin", "aop_margin", "prior_margin", "scenario_margin", by_cost=True,
         own_aop="compared_margin", own_prior="prior_compared", own_year="year_margin"),
    Line("Operating cost", "operating_cost", "aop_operating_cost", "prior_operating_cost",
         "scenario_operating_cost", is_cost=True, by_cost=True),
    Line("Operating profit", "operating_profit", "aop_operating_profit",
         "prior_operating_profit", "scenario_operating_profit", by_cost=True,
         own_prior="prior_profit", own_year="year_profit"),
)  # fmt: skip


def recon_lines(given: pd.DataFrame, settings: Settings) -> pd.DataFrame:
    """The table ``recon_lines``: tolerance and owner of each line, the given ones kept."""
    labels = pd.Series([line.label for line in LINES], name="line", dtype="str")
    # what was typed under a name of before counts until something is typed under the new one
    given = given.sort_values("line", key=lambda line: ~line.isin(CALLED_BEFORE), kind="stable")
    given = given.assign(line=given["line"].replace(CALLED_BEFORE))
    own = given.drop_duplicates("line", keep="last").set_index("line").reindex(labels)
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

    A difference is plan - compared; the symbol of the verdict says whether it is favourable. Where
    nothing is budgeted of a line that follows from cost, the plan stands alone.
    """
    rows = []
    for line, tolerance in zip(LINES, lines["tolerance_used"], strict=True):
        own, against = sides(finance_total, line, comparison, months, 1)
        plan, other = float(own[0]), float(against[0])
        if other == 0 and line.by_cost and comparison != SCENARIO:
            plan, difference = total(finance_total, line.own, months.inside), np.nan
        else:
            difference = plan - other
        share = difference / other if other else np.nan
        rows.append((line.label, plan, other, difference, share, tolerance,
                     _verdict(line, difference, share, tolerance)))
    columns = ["line", "plan", "other", "difference", "share", "tolerance", "verdict"]
    return pd.DataFrame(rows, columns=columns)


def sides(
    rows: pd.DataFrame, line: Line, comparison: str, months: Months, blocks: int
) -> tuple[Numbers, Numbers]:
    """A line and what it is compared with, by block: sums over the months of both.

    Of a line that follows from cost only months count of which the other side holds a figure.
    """

    def cells(measure: str) -> Numbers:
        return zero(rows[measure].to_numpy(dtype=float)).reshape(blocks, len(months.inside))

    own, against = cells(line.mine(comparison)), cells(line.compared(comparison))
    if line.by_cost and comparison in MAY_LACK_COST:
        own = np.where(against != 0, own, 0.0)
    return own[:, months.inside].sum(axis=1), against[:, months.before].sum(axis=1)


def left_out(finance_total: pd.DataFrame, months: Months, comparison: str) -> tuple[float, float]:
    """Supply cost beyond standard that is left out of the plan, and of what it is compared with."""
    if comparison == LAST_YEAR:
        like, whole = (total(finance_total, n, months.inside) for n in ("year_margin", "margin"))
        return like - whole, 0.0
    if comparison not in (PRIOR, PLANNED):
        return 0.0, 0.0
    return (total(finance_total, "supply_left", months.inside),
            total(finance_total, "prior_left", months.inside))


def total(finance_total: pd.DataFrame, measure: str, mask: Flags) -> float:
    """The sum of a measure over the periods of a mask."""
    return float(zero(finance_total[measure].to_numpy(dtype=float))[mask].sum())


def _verdict(line: Line, difference: float, share: float, tolerance: float) -> str:
    """The difference says which side it is: what is compared with may be a loss."""
    if np.isnan(share):
        return ""
    if abs(share) <= tolerance:
        return WITHIN
    return line.above if difference > 0 else line.below
