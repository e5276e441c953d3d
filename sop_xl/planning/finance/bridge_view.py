"""The bridge that the sheet PVM shows: by family, for a window and a comparison, to the cent."""

from __future__ import annotations

import numpy as np
import pandas as pd

from sop_xl.planning.finance.cents import money, whole
from sop_xl.planning.finance.effects import EFFECTS, Side, effects
from sop_xl.planning.finance.windows import Flags, Months
from sop_xl.planning.frames import Numbers, zero
from sop_xl.tables.recon import BRIDGE, COMPARED, MARGIN

_BEFORE = {
    "AOP": ("aop_quantity", "aop_revenue", "aop_revenue", "aop_cost"),
    "Prior cycle": ("prior_volume", "prior_revenue", "prior_constant", "prior_full"),
    "Last year": ("volume", "revenue", "constant_revenue", "full_cost"),
    "Plan of the month": ("prior_volume", "prior_revenue", "prior_constant", "prior_full"),
    "Scenario": ("scenario_volume", "scenario_revenue", "scenario_constant", "scenario_cost"),
}
"""Units, revenue, revenue at budget rates and cost of what is compared with."""
_AFTER = ("volume", "revenue", "constant_revenue")
_COST_AFTER = {
    "AOP": "full_cost", "Prior cycle": "like_cost", "Last year": "year_cost",
    "Plan of the month": "like_cost", "Scenario": "full_cost",
}  # fmt: skip
"""Supply cost beyond standard counts where what is compared with holds it, too."""
UNCOSTED = {
    "AOP": "uncosted", "Prior cycle": "prior_uncosted", "Plan of the month": "prior_uncosted",
}  # fmt: skip
"""Where it is not zero there is no margin to compare with."""


def bridge(
    finance_family: pd.DataFrame, months: Months, comparison: str, result: str
) -> pd.DataFrame:
    """The table ``bridge``: what changed the revenue or margin of each family in a window.

    The effects are those of :func:`sop_xl.planning.finance.effects.effects` on the sums of the
    window and of the rest of its fiscal year, at the exchange rates of the AOP; currency is what
    other rates make of both sides. Each family sums to the cent: the cent that rounding leaves over
    is in volume. A bridge of the margin leaves out months whose AOP or earlier plan has revenue
    and no cost.

    Args:
        finance_family: The grid.
        months: Which months are compared.
        comparison: One of :data:`sop_xl.tables.recon.COMPARED`.
        result: Revenue or margin.
    """
    frame = finance_family.assign(aop_cost=finance_family["aop_revenue"]
                                  - finance_family["aop_margin"])
    now = (*_AFTER, _COST_AFTER[comparison])
    if result == MARGIN and comparison in UNCOSTED:
        measures = list(dict.fromkeys([*_BEFORE[comparison], *now]))
        frame.loc[frame[UNCOSTED[comparison]].fillna(0.0) != 0, measures] = 0.0
    names = list(frame["family"].drop_duplicates())
    before = _sums(frame, len(names), _BEFORE[comparison], months.before, months.before_year)
    after = _sums(frame, len(names), now, months.inside, months.inside_year)
    margin = float(result == MARGIN)
    sides = [_side(one, margin) for one in (before, after)]
    found = effects(
        sides[0], sides[1], np.zeros(2, dtype=int), np.zeros(len(names), dtype=int)
    )[:, :, 0] if names else np.zeros((len(EFFECTS), 0))
    exact = dict(zip(EFFECTS, found, strict=True))
    currency = [side[1][:, 0] - side[2][:, 0] for side in (before, after)]
    exact["currency"] = currency[1] - currency[0]
    starts, ends = (
        whole(side[1][:, 0] - margin * side[3][:, 0]) for side in (before, after)
    )
    shown = {name: whole(exact[name]) for name in EFFECTS if name != "volume"}
    shown["volume"] = ends - starts - sum(shown.values())
    columns: dict[str, object] = {"family": pd.Series(names, dtype="str")}
    columns |= {"before": money(starts), "after": money(ends), "check": np.zeros(len(names))}
    columns |= {name: money(cents) for name, cents in shown.items()}
    columns |= _workings(sides, exact, currency)
    return pd.DataFrame(columns)[BRIDGE.names]


def _sums(
    frame: pd.DataFrame, families: int, names: tuple[str, ...], window: Flags, year: Flags
) -> list[Numbers]:
    """Sums in the window and in the rest of the fiscal year, of each measure: families, 2."""
    found = []
    for name in names:
        cells = zero(frame[name].to_numpy(dtype=float)).reshape(families, len(window))
        inside, whole_year = (cells[:, mask].sum(axis=1) for mask in (window, year))
        rest = np.round(whole_year - inside, 6) + 0.0
        found.append(np.column_stack([inside, rest]))
    return found


def _side(sums: list[Numbers], margin: float) -> Side:
    return Side(sums[0], sums[2], margin * sums[3], np.ones_like(sums[0]))


def _workings(
    sides: list[Side],
    exact: dict[str, Numbers],
    currency: list[Numbers],
) -> dict[str, object]:
    """What stands to the right of the bridge on the sheet."""
    first, last = sides
    units, years = first.volume[:, 0], first.volume.sum(axis=1)
    price, cost = (
        np.where(units != 0, _over(amount[:, 0], units), _over(amount.sum(axis=1), years))
        for amount in (first.revenue, first.cost)
    )
    sold = [(side.volume != 0).any(axis=1) for side in sides]
    returned = (first.volume < 0).any(axis=1) | (last.volume < 0).any(axis=1)
    kind = np.select(
        [~sold[0] & ~sold[1], ~sold[0], ~sold[1], returned], ["none", "new", "gone", "returns"],
        "both",
    )
    both = kind == "both"
    totals = [side.volume.sum(axis=1) for side in sides]
    all_of = [float(total[both].sum()) for total in totals]
    growth = np.where(both, _over(totals[1], totals[0]), 0.0)
    of_all = np.where(both, all_of[1] / all_of[0] if all_of[0] else 0.0, 0.0)
    change = last.result[:, 0] + currency[1] - first.result[:, 0] - currency[0]
    return {
        "kind": pd.Series(kind, dtype="str"),
        "units_before": units, "units_before_year": years,
        "revenue_before": first.revenue[:, 0],
        "revenue_before_year": first.revenue.sum(axis=1),
        "currency_before": currency[0],
        "cost_before": first.cost[:, 0], "cost_before_year": first.cost.sum(axis=1),
        "units_after": last.volume[:, 0], "units_after_year": totals[1],
        "revenue_after": last.revenue[:, 0], "currency_after": currency[1],
        "cost_after": last.cost[:, 0],
        "price_before": price, "unit_cost_before": cost,
        "growth": growth, "growth_of_all": of_all,
        **{f"exact_{name}": exact[name] for name in EFFECTS},
        "proof": change - sum(exact.values()),
    }  # fmt: skip


def _over(top: Numbers, bottom: Numbers) -> Numbers:
    return np.where(bottom == 0, 0.0, top / np.where(bottom == 0, 1.0, bottom))


def compared_number(comparison: str) -> int:
    """The number by which formulas know a comparison."""
    return COMPARED.index(comparison) + 1
