"""The tie-out list: every difference above its tolerance, and the book held against itself."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from typing import NamedTuple

import numpy as np
import pandas as pd

from sop_xl.planning.calendar import Axis
from sop_xl.planning.finance.recon_view import LINES, Line, sides
from sop_xl.planning.finance.windows import Months, Window
from sop_xl.planning.frames import zero
from sop_xl.planning.wording import month
from sop_xl.planning.wording import months as span
from sop_xl.schema import empty_frame
from sop_xl.tables.recon import (
    AOP,
    OPEN,
    OUT,
    PLANNED,
    PRIOR,
    SCENARIO,
    TIE_OUTS,
    TIES,
)
from sop_xl.tables.strategy import SUPPLY_LINES

MOST = 80
"""More rows than this nobody works through in a month."""
ITSELF = "the book itself"
TARGET = "top-down target"
CENT, NOISE = 0.005, 1e-9
_FAMILY_LINES = (
    Line("Revenue", "revenue", "aop_revenue", "prior_revenue", "scenario_revenue"),
    Line("Margin", "margin", "aop_margin", "prior_margin", "", by_cost=True,
         own_aop="compared_margin", own_prior="prior_compared"),
)


class Place(NamedTuple):
    """Where a figure stands: the row of a grid, over the months of a window."""

    grid: str
    key: str
    """The family, or empty."""
    own: str
    other: str
    """The measure that it is compared with; empty where that is no row of the same block."""
    first: pd.Period
    last: pd.Period


class TieOut(NamedTuple):
    """A comparison of two figures in money."""

    tie_out: str
    compared: str
    window: str
    value: float
    other: float
    tolerance: float
    place: Place


def differences(
    finance_total: pd.DataFrame,
    finance_family: pd.DataFrame,
    asked: Iterable[tuple[str, Window, Months]],
    lines: pd.DataFrame,
) -> Iterator[TieOut]:
    """Company lines, and revenue and margin of the families, against what they are compared with.

    Args:
        finance_total: The grid.
        finance_family: The grid.
        asked: Comparison, window and its months.
        lines: The table ``recon_lines``.
    """
    tolerance = dict(zip(lines["line"], lines["tolerance_used"], strict=True))
    names = [str(name) for name in finance_family["family"].drop_duplicates()]
    periods = pd.PeriodIndex(finance_total["period"])
    subjects: list[tuple[list[str], pd.DataFrame, tuple[Line, ...], str]] = [
        ([""], finance_total, LINES[1:], "finance_total"),
        (names, finance_family, _FAMILY_LINES, "finance_family"),
    ]
    for comparison, window, months in asked:
        if not months.inside.any():
            continue
        compared_months = periods[months.inside]
        first, last = compared_months[0], compared_months[-1]
        name = window.name
        if (first, last) != (window.first, window.last):  # what is compared with has no more
            name = f"{name}, {span(first, last)}"
        for keys, rows, shown, grid in subjects:
            for line in shown:
                found = sides(rows, line, comparison, months, len(keys))
                for key, value, compared in zip(keys, *(s.tolist() for s in found), strict=True):
                    if compared == 0 and line.by_cost:
                        continue
                    what = f"{line.label} of {key}" if key else line.label
                    yield TieOut(
                        f"{what} to {_named(comparison)}, {name}", comparison, name,
                        value, compared, tolerance[line.label],
                        Place(grid, key, line.mine(comparison), line.compared(comparison),
                              first, last),
                    )


def _named(comparison: str) -> str:
    return comparison if comparison == AOP else comparison.lower()


def scenarios(
    axis: Axis, totals: Mapping[str, pd.DataFrame], lines: pd.DataFrame
) -> Iterator[TieOut]:
    """The lines of the company against each scenario, over the plan months.

    Args:
        axis: The cycle.
        totals: ``finance_total`` with the rows of each scenario.
        lines: The table ``recon_lines``.
    """
    tolerance = dict(zip(lines["line"], lines["tolerance_used"], strict=True))
    planned = np.asarray(axis.periods >= axis.first)
    months = Months(*(planned,) * 5)
    for name, total in totals.items():
        for line in LINES[1:]:
            own, against = sides(total, line, SCENARIO, months, 1)
            yield TieOut(
                f"{line.label} to scenario {name}", SCENARIO, "Plan months", float(own[0]),
                float(against[0]), tolerance[line.label],
                Place("finance_total", "", line.own, "", axis.plan[0], axis.plan[-1]),
            )  # fmt: skip


def targets(axis: Axis, demand_total: pd.DataFrame, families: pd.DataFrame,
            tolerance: float) -> Iterator[TieOut]:
    """Totals that were typed from the top against the plan of the blocks, at the average price."""
    rows = demand_total[demand_total["period"].isin(axis.plan) & demand_total["target"].notna()]
    prices = families.set_index("family")["price"].fillna(0.0)
    priced = rows[rows["family"].isin(prices.index)]
    price = priced["family"].map(prices).astype(float)
    sums = pd.DataFrame({"family": priced["family"], "plan": priced["consensus"] * price,
                         "target": priced["target"] * price})
    for family, own in sums.groupby("family", sort=False):
        yield TieOut(f"Demand of {family} to its target", TARGET, "Plan months",
                     float(own["plan"].sum()), float(own["target"].sum()), tolerance,
                     Place("demand_total", str(family), "consensus", "target", axis.plan[0],
                           axis.plan[-1]))


def internal(
    axis: Axis,
    *,
    finance_total: pd.DataFrame,
    finance_family: pd.DataFrame,
    finance_region: pd.DataFrame,
    supply_plan: pd.DataFrame,
    families: pd.DataFrame,
    aop: pd.DataFrame,
) -> Iterator[TieOut]:
    """What has to agree within the book, to the cent."""

    def total(frame: pd.DataFrame, name: str) -> float:
        return float(frame.loc[frame["period"].isin(axis.plan), name].sum())

    first, last = axis.plan[0], axis.plan[-1]
    span = "Plan months"

    def tie(what: str, value: float, other: float, grid: str, own: str) -> TieOut:
        return TieOut(what, ITSELF, span, value, other, 0.0, Place(grid, "", own, "", first, last))

    region = finance_region[finance_region["period"].isin(axis.plan)]
    worth = float((zero(region["volume"].to_numpy()) * zero(region["price"].to_numpy())).sum())
    booked = float(aop.loc[aop["period"].isin(axis.periods), "revenue"].sum())
    standard = total(finance_family, "margin") + total(finance_family, "supply_cost")
    for name, word in (("revenue", "Revenue"), ("margin", "Margin")):
        yield tie(f"{word}: sum of the families = company", total(finance_family, name),
                  total(finance_total, name), "finance_family", name)
    yield tie("Revenue: sum of the regions = families", total(finance_region, "revenue"),
              total(finance_family, "revenue"), "finance_region", "revenue")
    yield tie("Margin at standard: sum of the regions = families",
              total(finance_region, "margin"), standard, "finance_region", "margin")
    lines = sum(total(finance_total, name) for name in SUPPLY_LINES)
    yield tie("Supply cost: sum of its lines = sum of the families", lines,
              total(finance_family, "supply_cost"), "finance_total", "supply_cost")
    yield tie("Revenue = units x price", total(finance_region, "revenue"), worth,
              "finance_region", "revenue")
    opening, closing = _inventory(axis, supply_plan, families)
    yield tie("Inventory: opening + output - demand = closing", opening, closing, "supply_plan",
              "net_stock")
    yield TieOut("AOP revenue: loaded = in the plan", ITSELF, "Months shown", booked,
                 float(finance_total["aop_revenue"].sum()), 0.0,
                 Place("finance_total", "", "aop_revenue", "", axis.periods[0], last))


def _inventory(
    axis: Axis, supply_plan: pd.DataFrame, families: pd.DataFrame
) -> tuple[float, float]:
    """Stock less backlog at the end of the plan, rolled forward and as it stands, at cost."""
    cost = supply_plan["family"].map(families.set_index("family")["cost"]).astype(float).fillna(0.0)
    made, bought, asked = (
        supply_plan[name].fillna(0.0) for name in ("production", "subcontracted", "demand")
    )
    moved = (made + bought - asked) * cost
    stock = supply_plan["net_stock"].fillna(0.0) * cost
    period = supply_plan["period"]
    rolled = stock[period == axis.opening].sum() + moved[period.isin(axis.plan)].sum()
    return float(rolled), float(stock[period == axis.plan[-1]].sum())


def booked(
    axis: Axis, balance: pd.DataFrame, finance_total: pd.DataFrame, lines: pd.DataFrame
) -> Iterator[TieOut]:
    """What accounting booked against the sum of the items, by closed month of the fiscal year."""
    years = axis.calendar.fiscal_year(axis.periods)
    closed = axis.past[years[: axis.history] == years[axis.history]]
    tolerance = dict(zip(lines["line"], lines["tolerance_used"], strict=True))["Revenue"]
    items = finance_total.set_index("period")
    sums = balance.groupby("period")[["revenue", "cost_of_sales"]].sum(min_count=1)
    for name, word in (("revenue", "Revenue"), ("cost_of_sales", "Cost of sales")):
        for period in closed.intersection(pd.PeriodIndex(sums.index, freq="M")):
            booking, sold = float(sums.loc[period, name]), items.loc[period, name]
            if not np.isnan(booking):
                yield TieOut(
                    f"{word} booked = sum of the items, {month(period)}", ITSELF, month(period),
                    booking, float(np.nan_to_num(sold)), tolerance,
                    Place("finance_total", "", name, "", period, period),
                )


def tie_out_list(
    found: Iterable[TieOut], typed: pd.DataFrame, lines: pd.DataFrame
) -> tuple[pd.DataFrame, pd.DataFrame]:
    """The table ``tie_outs`` and the place of each of its rows.

    Differences above their tolerance come first, most money first, then those of scenarios, which
    nobody has to explain; what ties within the book follows. Owner, status and comment that people
    typed are kept.

    Args:
        found: The comparisons.
        typed: The input table ``tie_outs``.
        lines: The table ``recon_lines``.
    """
    rows = [(tie, *_weighed(tie)) for tie in found]
    out = sorted(
        (row for row in rows if row[3] == OUT),
        key=lambda row: (row[0].compared == SCENARIO, -abs(row[1]), row[0].tie_out),
    )
    kept = out[:MOST] + [row for row in rows if row[3] != OUT and row[0].tolerance == 0]
    before = typed.drop_duplicates("tie_out").set_index("tie_out")
    names = [tie.tie_out for tie, *_ in kept]
    own = before.reindex(names)
    owners = dict(zip(lines["line"], lines["owner"], strict=True))
    first = [owners.get(tie.tie_out.split(" of ")[0].split(" to ")[0], "") for tie, *_ in kept]
    frame = pd.DataFrame(
        {
            "tie_out": names,
            # in cents, as the differences: no noise of floating point on a list
            "value": [round(tie.value, 2) for tie, *_ in kept],
            "other": [round(tie.other, 2) for tie, *_ in kept],
            "amount": [row[1] for row in kept],
            "share": [row[2] for row in kept],
            "tolerance": [tie.tolerance for tie, *_ in kept],
            "state": [row[3] for row in kept],
            "line_owner": first,
            "owner": own["owner"].fillna("").to_numpy(),
            "status": own["status"].fillna("").replace("", OPEN).to_numpy(),
            "comment": own["comment"].fillna("").to_numpy(),
            "place": "",
            "compared": [tie.compared for tie, *_ in kept],
            "window": [tie.window for tie, *_ in kept],
        }
    )
    types = empty_frame(TIE_OUTS.columns).dtypes.to_dict()
    places = pd.DataFrame([tie.place for tie, *_ in kept], columns=Place._fields)
    return frame.astype(types), places


def _weighed(tie: TieOut) -> tuple[float, float, str]:
    """Difference, its share, and whether it ties."""
    amount = round(tie.value - tie.other, 2)
    noise = max(CENT, NOISE * max(abs(tie.value), abs(tie.other)))
    if abs(amount) <= noise:
        return 0.0, 0.0, TIES
    share = amount / tie.other if tie.other else np.nan
    beyond = np.isnan(share) or abs(share) > tie.tolerance
    return amount, share, OUT if beyond else TIES


def open_count(tie_outs: pd.DataFrame) -> int:
    """How many differences above their tolerance nobody has explained yet."""
    return int(still_open(tie_outs).sum())


def still_open(tie_outs: pd.DataFrame) -> pd.Series:
    """Which differences want an explanation; a scenario differs by what its drivers say."""
    found: pd.Series = (
        (tie_outs["state"] == OUT)
        & (tie_outs["status"] == OPEN)
        & (tie_outs["compared"] != SCENARIO)
    )
    return found


COMPARISONS = (AOP, PRIOR, PLANNED)
"""What the list compares with; growth over last year is no difference to explain."""


def windows_of(comparison: str, found: Iterable[Window]) -> list[Window]:
    """The windows that the list looks at for a comparison."""
    wanted = ("Year to date",) if comparison == PLANNED else ("Full year", "Year to date")
    return [one for one in found if one.name.startswith(wanted)
            and not (comparison == PRIOR and one.name.startswith("Year to date"))]

