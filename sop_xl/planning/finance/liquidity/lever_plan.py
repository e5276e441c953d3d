"""What each of the five levers would change month by month, against the plan as it stands."""

from __future__ import annotations

from typing import Any, NamedTuple

import numpy as np
import numpy.typing as npt
import pandas as pd

from sop_xl.planning.calendar import Axis
from sop_xl.planning.finance import levers as effects
from sop_xl.planning.frames import Numbers, across, blocks, by_period, positions, zero
from sop_xl.schema import ALL_FAMILIES, Finding, Severity, empty_frame
from sop_xl.tables.levers import (
    CLOSES,
    INVENTORY,
    KINDS,
    LEAST_STOCK,
    LEVER_EFFECTS,
    LEVER_TOTALS,
    LEVERS,
    MARKETING,
    NO_GAP,
    NOT,
    PARTLY,
    PRIORITIES,
    READINGS,
    ROWS,
    SUPPLY,
    TIMING,
)

FIGURES = ("volume", "revenue", "cost_of_sales", "inventory_value")
ENOUGH = 0.5
"""Money by which a gap may stay open."""
LEAST = 0.005
"""Share of a gap that has to be closed to be worth a word."""


class Levers(NamedTuple):
    """The frames of the levers, and what is odd about them."""

    frames: dict[str, pd.DataFrame]
    findings: list[Finding]


def lever_plan(
    axis: Axis,
    reserve: float,
    typed: pd.DataFrame,
    *,
    finance_family: pd.DataFrame,
    finance_total: pd.DataFrame,
    operating_cost: pd.DataFrame,
    headroom: Numbers,
) -> Levers:
    """The list of levers with its totals, their effects by month, and all of them together.

    Args:
        axis: Periods across.
        reserve: Headroom that is wanted, in money.
        typed: What people typed; without any, each lever is proposed once.
        finance_family: Volume, revenue, cost and inventory value of the families.
        finance_total: Profit and loss of the company.
        operating_cost: Cost lines.
        headroom: Cash and facility of each plan month.
    """
    rows = _rows(axis, typed, finance_family)
    planned = _Planned(axis, finance_family, finance_total, operating_cost)
    found = [_effects(planned, row) for row in rows.to_dict("records")]
    cells = {
        name: np.vstack([one[name] for one in found])
        for name in [m.name for m in LEVER_EFFECTS.measures if m.name in found[0]]
    }
    budgeted = by_period(finance_total, "aop_operating_profit", axis.plan) != 0
    cells["planned_profit"] = np.where(budgeted, cells["margin"] - cells["expense"], 0.0)
    so_far = np.cumsum(cells["cash"], axis=1)
    cells["cash_so_far"] = so_far
    cells["worst"] = np.minimum.accumulate(np.minimum(headroom + so_far - reserve, 0.0), axis=1)
    total = _totals(axis, cells, finance_total, headroom, reserve)
    frames = {
        "levers": _listed(rows, cells, total),
        "lever_effects": blocks(
            LEVER_EFFECTS, ROWS, axis, {n: across(axis, plan=c) for n, c in cells.items()}
        ),
        "lever_totals": blocks(
            LEVER_TOTALS, [""], axis,
            {name: across(axis, plan=numbers[np.newaxis]) for name, numbers in total.items()},
        ),
    }  # fmt: skip
    return Levers(frames, _findings(rows, planned))


class _Planned:
    """The figures of the families in the plan months."""

    def __init__(
        self,
        axis: Axis,
        finance_family: pd.DataFrame,
        finance_total: pd.DataFrame,
        operating_cost: pd.DataFrame,
    ) -> None:
        self.axis = axis
        self.families = list(dict.fromkeys(finance_family["family"]))
        ahead = finance_family[finance_family["period"].isin(axis.plan)]
        shape = (len(self.families), axis.horizon)
        self._by_family = {
            name: zero(ahead[name].to_numpy(dtype=float)).reshape(shape) for name in FIGURES
        }
        self.revenue = by_period(finance_total, "revenue", axis.plan)
        lines = operating_cost["line"].str.contains("marketing", case=False)
        self.has_marketing = bool(lines.any())
        self.marketing = by_period(operating_cost[lines], "cost", axis.plan)

    def known(self, family: str) -> bool:
        return family in ("", ALL_FAMILIES) or bool(self._which(family).any())

    def of(self, family: str) -> dict[str, Numbers]:
        """The figures of a family, or of all of them."""
        which = self._which(family)
        return {name: table[which].sum(axis=0) for name, table in self._by_family.items()}

    def _which(self, family: str) -> npt.NDArray[np.bool_]:
        if family in ("", ALL_FAMILIES):
            return np.ones(len(self.families), dtype=bool)
        at = positions(pd.Series([family], dtype="str"), self.families)[0]
        return np.asarray(np.arange(len(self.families)) == at)


def _rows(axis: Axis, typed: pd.DataFrame, finance_family: pd.DataFrame) -> pd.DataFrame:
    """The rows as they were typed, or a proposal of each lever."""
    names = [column.name for column in LEVERS.inputs]
    filled = typed[typed["lever"].isin(ROWS)]
    rows = filled[names] if len(filled) else _proposed(axis, finance_family)
    types = empty_frame(LEVERS.inputs).dtypes.to_dict()
    rows = rows.set_index("lever").reindex(ROWS).reset_index()
    for name in ("kind", "family", "to_family"):
        rows[name] = rows[name].fillna("")
    return rows[names].astype(types)


def _proposed(axis: Axis, finance_family: pd.DataFrame) -> pd.DataFrame:
    """One example of each lever, for the families where it would tell most."""
    ahead = finance_family[finance_family["period"].isin(axis.plan)]
    sums = ahead.groupby("family")[["revenue", "margin", "inventory_value"]].sum()
    sums = sums[sums["revenue"] > 0]
    if sums.empty:
        return pd.DataFrame(columns=[column.name for column in LEVERS.inputs])
    share = sums["margin"] / sums["revenue"]
    stock, low, high, large = (
        str(name)
        for name in (
            sums["inventory_value"].idxmax(), share.idxmin(), share.idxmax(),
            sums["revenue"].idxmax(),
        )
    )  # fmt: skip
    soon = axis.plan[min(1, axis.horizon - 1)]
    lines = [
        (INVENTORY, stock, 0.10, 0.25, 0.8, "", np.nan),
        (PRIORITIES, low, 0.05, np.nan, 0.9, high if high != low else "", np.nan),
        (MARKETING, ALL_FAMILIES, -0.10, np.nan, 0.05, "", np.nan),
        (SUPPLY, large, -0.05, 0.10, 0.2, "", np.nan),
        (TIMING, large, 0.20, np.nan, 0.9, "", 2.0),
    ]
    names = ["kind", "family", "amount", "price", "answer", "to_family", "later"]
    return pd.DataFrame(lines, columns=names).assign(
        lever=ROWS[: len(lines)], start=pd.PeriodIndex([soon] * len(lines), freq="M")
    )


def _effects(planned: _Planned, row: dict[Any, Any]) -> dict[str, Numbers]:
    """The measures of one lever in the plan months."""
    axis, kind = planned.axis, str(row["kind"])
    number = KINDS.index(kind) + 1 if kind in KINDS else 0
    first = axis.first if pd.isna(row["start"]) else max(row["start"], axis.first)
    at = np.array([(period - first).n for period in axis.plan])
    later = max(1, round(_given(row["later"], 1.0)))
    amount, price, answer = (_given(row[name]) for name in ("amount", "price", "answer"))
    own, there = planned.of(str(row["family"])), planned.of(str(row["to_family"]))
    volume = there["volume"] if str(row["to_family"]) else np.zeros(axis.horizon)
    per_unit = {name: _ratio(there[name], volume) for name in ("revenue", "cost_of_sales")}
    to_stock = there["inventory_value"] if str(row["to_family"]) else np.zeros(axis.horizon)
    kept_at = to_stock if kind == PRIORITIES else own["inventory_value"]
    holds = np.full(axis.horizon, float(kept_at.sum() > LEAST_STOCK))
    active, starts = (
        np.asarray((number > 0) & flags, dtype=float) for flags in (at >= 0, at == 0)
    )
    arrives = np.asarray((number == 5) & (at == later), dtype=float)
    spend = _ratio(own["revenue"], planned.revenue) * planned.marketing
    base_cost, base_revenue = _moved(kind, own, amount, starts)
    changed = _changes(
        kind, own, per_unit, spend, (base_revenue, base_cost), (starts, arrives),
        (amount, price, answer),
    )  # fmt: skip
    revenue, margin, expense, stock = (part * active for part in changed)
    stock = np.where(holds > 0, stock, 0.0)
    return {
        "active": active,
        "starts": starts,
        "arrives": arrives,
        **{f"family_{name}": own[name] for name in FIGURES},
        "to_revenue": per_unit["revenue"],
        "to_cost_of_sales": per_unit["cost_of_sales"],
        "to_inventory_value": to_stock,
        "holds": holds,
        "spend": spend,
        "base_cost": base_cost,
        "base_revenue": base_revenue,
        "revenue": revenue,
        "margin": margin,
        "expense": expense,
        "stock_change": stock,
        "inventory": np.cumsum(stock),
        "cash": margin - expense - stock,
    }


def _moved(
    kind: str, own: dict[str, Numbers], amount: float, starts: Numbers
) -> tuple[Numbers, Numbers]:
    """Stock taken out or sales moved, at cost and at price: as in the first month, from then on."""
    cost, revenue = own["cost_of_sales"], own["revenue"]
    if kind == INVENTORY:
        at_cost = amount * own["inventory_value"]
        at_price = at_cost * _ratio(revenue, cost)
    elif kind == TIMING:
        at_cost, at_price = amount * cost, amount * revenue
    else:
        at_cost = at_price = np.zeros(len(starts))
    return np.cumsum(at_cost * starts), np.cumsum(at_price * starts)


def _changes(
    kind: str,
    own: dict[str, Numbers],
    there: dict[str, Numbers],
    spend: Numbers,
    base: tuple[Numbers, Numbers],
    when: tuple[Numbers, Numbers],
    given: tuple[float, float, float],
) -> tuple[Numbers, Numbers, Numbers, Numbers]:
    """Revenue, margin, operating cost and what goes into stock in each month, if the lever is in
    force."""
    starts, arrives = when
    amount, price, answer = given
    volume, revenue, cost = own["volume"], own["revenue"], own["cost_of_sales"]
    expense = np.zeros(len(revenue))
    if kind == TIMING:  # sales of one month; supply stays where it was
        moves = answer * arrives - starts
        return base[0] * moves, (base[0] - base[1]) * moves, expense, -base[1] * moves
    # money in place of units: a unit is what costs or brings one
    if kind == INVENTORY:
        rise = _ratio(base[0], base[1])
        four = effects.reduce_inventory(base[1] * starts, rise, 1.0, answer, price)
    elif kind == PRIORITIES:
        four = effects.adjust_priorities(
            amount * volume, _ratio(revenue, volume), _ratio(cost, volume),
            there["revenue"], there["cost_of_sales"], answer,
        )  # fmt: skip
    elif kind == MARKETING:
        four = effects.pace_marketing(spend, amount, revenue, answer, _ratio(cost, revenue))
        expense = spend * amount
        four[:, 1] += expense  # the lever itself gives the margin after marketing
        four = np.where((revenue == 0)[:, np.newaxis] & (np.arange(4) != 0), 0.0, four)
    elif kind == SUPPLY:
        units = amount * volume
        four = effects.shift_supply(
            units, _ratio(cost, volume), price, units * answer, _ratio(revenue, volume)
        )
    else:
        four = np.zeros((len(revenue), 4))
    return four[:, 0], four[:, 1], expense, four[:, 2]


def _totals(
    axis: Axis,
    cells: dict[str, Numbers],
    finance_total: pd.DataFrame,
    headroom: Numbers,
    reserve: float,
) -> dict[str, Numbers]:
    names = ("revenue", "margin", "expense", "inventory", "cash")
    summed = {name: cells[name].sum(axis=0) for name in names}
    gap = by_period(finance_total, "profit_variance", axis.plan)
    so_far = np.cumsum(summed["cash"])
    return summed | {
        "profit_gap": gap,
        "profit_after": gap + cells["planned_profit"].sum(axis=0),
        "cash_so_far": so_far,
        "headroom": headroom,
        "headroom_after": headroom + so_far,
        "shortfall": np.minimum.accumulate(np.minimum(headroom - reserve, 0.0)),
    }


def _listed(
    rows: pd.DataFrame, cells: dict[str, Numbers], total: dict[str, Numbers]
) -> pd.DataFrame:
    """The list with the totals of the plan months and the gaps that they close."""
    sums = {name: cells[name].sum(axis=1) for name in ("revenue", "margin", "expense", "cash")}
    brought = cells["planned_profit"].sum(axis=1)
    profit, cash = float(total["profit_gap"].sum()), float(total["shortfall"][-1])
    named = rows["kind"].isin(KINDS).to_numpy()
    family = rows["family"]
    frame = rows.assign(
        **sums,
        inventory=cells["inventory"][:, -1],
        closes_aop=_closes(named, profit, profit + brought),
        closes_reserve=_closes(named, cash, cells["worst"][:, -1]),
        reading=rows["kind"].map(READINGS).fillna(""),
        number=rows["kind"].map({k: float(at) for at, k in enumerate(KINDS, start=1)}).fillna(0.0),
        scope=family.where(~family.isin(["", ALL_FAMILIES]), "*"),
    )
    return frame[LEVERS.names].astype(empty_frame(LEVERS.columns).dtypes.to_dict())


def _closes(named: npt.NDArray[np.bool_], gap: float, left: Numbers) -> list[str]:
    """What each lever does to a gap, in words."""
    if gap >= -ENOUGH:
        return [NO_GAP if one else "" for one in named]
    words = []
    for one, rest in zip(named, left.tolist(), strict=True):
        part = f"{PARTLY} {int(100 * (1 - rest / gap) + 0.5)} % of it"
        word = CLOSES if rest >= -ENOUGH else part if rest >= gap * (1 - LEAST) else NOT
        words.append(word if one else "")
    return words


def _findings(rows: pd.DataFrame, planned: _Planned) -> list[Finding]:
    found = []
    for row in rows[rows["kind"].isin(KINDS)].to_dict("records"):
        unknown = [
            str(row[name]) for name in ("family", "to_family") if not planned.known(str(row[name]))
        ]
        for name in unknown:
            found.append(f"Lever {row['lever']} names {name!r}, which is no planned family.")
        if row["kind"] == PRIORITIES and not row["to_family"]:
            found.append(f"Lever {row['lever']} does not say which family gets the supply.")
        if row["kind"] == MARKETING and not planned.has_marketing:
            found.append(
                f"Lever {row['lever']} paces marketing, but no cost line is called marketing."
            )
    remedy = "Mend the row on the sheet Levers; till then it shows no effect, or part of it."
    return [Finding("levers", text, remedy, Severity.WARNING) for text in found]


def _given(value: object, otherwise: float = 0.0) -> float:
    number = float(value)  # type: ignore[arg-type]
    return otherwise if np.isnan(number) else number


def _ratio(top: Numbers, bottom: Numbers) -> Numbers:
    return np.where(bottom == 0, 0.0, top / np.where(bottom == 0, 1.0, bottom))
