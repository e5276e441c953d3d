"""Step 3: items whose stock is too much, too little or left over when they end."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
import pandas as pd

from sop_xl.planning.calendar import Axis
from sop_xl.planning.frames import Numbers, positions, totals
from sop_xl.planning.supply.stock_health import run_out, stock_health
from sop_xl.planning.wording import month, number
from sop_xl.schema import ALL, empty_frame
from sop_xl.tables.stock import STOCK_ITEMS

SHOWN = 40
NOISE = 0.5
"""Units that are rounding."""
SHORT_SHARE = 0.5
"""Share of its target below which the stock of an item is worth a line."""
RAMP = 6
"""Months in which an item phases out, where neither ramp nor curve is given."""


def stock_items(
    axis: Axis,
    items: pd.DataFrame,
    item_mix: pd.DataFrame,
    stock: pd.DataFrame,
    launches: pd.DataFrame,
    supply_plan: pd.DataFrame,
) -> pd.DataFrame:
    """The list ``stock_items``: the largest value at risk first.

    An item has its share of the family's demand and target, as in the last twelve months, and none
    from its end of life on.

    Args:
        items: The item master.
        item_mix: Share of each item in its family.
        stock: Stock by item, as delivered.
        launches: Launches, phase-outs and ends of life.
        supply_plan: The grid.
    """
    mix = item_mix.set_index("item")
    names = [str(name) for name in mix.index]
    on_hand = totals(stock, "on_hand", "item", names, axis.past[-1:])
    families = [str(name) for name in supply_plan["family"].drop_duplicates()]
    of = positions(mix["family"], families)
    if not names or not families:
        return empty_frame(STOCK_ITEMS.columns)
    share = np.where(of >= 0, mix["share"].to_numpy(dtype=float), 0.0)[:, np.newaxis]
    demand, target = (
        share * totals(supply_plan, name, "family", families, axis.plan)[of]
        for name in ("demand", "target")
    )
    left = remaining(axis, items, launches, names)
    ends = left[:, -1] <= 0
    demand *= left
    wanted = np.where(ends, 0.0, target[:, 0])[:, np.newaxis]
    short, excess, obsolete = (x[:, 0] for x in stock_health(on_hand, demand, wanted))
    known = items.set_index("item").reindex(names)
    held = on_hand[:, 0]
    frame = pd.DataFrame({
        "item": names,
        "name": known["name"].fillna("").to_numpy(),
        "family": mix["family"].to_numpy(),
        "lifecycle": known["lifecycle"].fillna("").to_numpy(),
        "on_hand": held,
        "coming": demand.sum(axis=1),
        "short": short,
        "excess": excess,
        "obsolete": obsolete,
        "at_risk": (excess + obsolete) * known["cost"].fillna(0.0).to_numpy(dtype=float),
    })  # fmt: skip
    until = run_out(on_hand, demand)[:, 0]
    gone = np.minimum(np.nan_to_num(until), axis.horizon - 1).astype(np.int64)
    shown = ~np.isnan(until) & (held > NOISE)
    frame["run_out"] = pd.PeriodIndex(
        [axis.plan[at] if seen else pd.NaT for at, seen in zip(gone, shown, strict=True)],
        freq="M",
    )
    last = [axis.plan[int(n) - 1] if 0 < n < axis.horizon else None for n in (left > 0).sum(axis=1)]
    frame["remark"] = [
        _remark(float(over), float(more), float(lack), out, end, bool(gone))
        for over, more, lack, out, end, gone in zip(
            obsolete, excess, frame["coming"] - held, frame["run_out"], last, ends, strict=True
        )
    ]
    worth = (
        (frame["excess"] + frame["obsolete"] > NOISE)
        | (frame["short"] > np.maximum(NOISE, SHORT_SHARE * wanted[:, 0]))
        | (ends & (held > NOISE))
    )
    order = frame[worth].sort_values(
        ["at_risk", "short", "item"], ascending=[False, False, True], ignore_index=True
    )
    types = empty_frame(STOCK_ITEMS.columns).dtypes.to_dict()
    return order.head(SHOWN)[STOCK_ITEMS.names].astype(types)


def remaining(
    axis: Axis, items: pd.DataFrame, launches: pd.DataFrame, names: Sequence[str]
) -> Numbers:
    """Share of its demand that each item still has in each plan month: 1, less while it phases
    out, 0 after its end of life.

    Args:
        items: The item master with its ends of life.
        launches: The list; only rows for all regions and channels count here.
        names: Items down.
    """
    left = np.ones((len(names), axis.horizon))
    ends = items.set_index("item")["end"].reindex(list(names))
    gone = ends.notna().to_numpy()
    if gone.any():
        last = axis.calendar.period_of(ends[gone])
        left[gone] = axis.plan.to_numpy()[np.newaxis, :] <= last.to_numpy()[:, np.newaxis]
    whole = launches[
        launches["included"] & (launches["region"] == ALL) & (launches["channel"] == ALL)
    ]
    at = positions(whole["item"], names)
    for row, (_, line) in zip(at.tolist(), whole.iterrows(), strict=True):
        if row < 0 or line["kind"] == "launch" or pd.isna(line["start"]):
            continue
        since = np.array([(period - line["start"]).n for period in axis.plan], dtype=float)
        ramp = 1.0 if line["kind"] == "end of life" else float(line["ramp"])
        ramp = RAMP if np.isnan(ramp) else ramp
        left[row] = np.minimum(left[row], np.clip(1 - (since + 1) / ramp, 0.0, 1.0))
    return left


def _remark(
    over: float, excess: float, missing: float, out: object, end: pd.Period | None, ends: bool
) -> str:
    """What is the matter with the stock of an item, in words; ``missing`` is demand - stock."""
    if ends:
        when = f"Sold until {month(end)}" if end is not None else "Not sold any more"
        if over > NOISE:
            return f"{when}; {number(over)} are left then: sell off, rework or write off."
        gone = f", gone in {month(out)}" if isinstance(out, pd.Period) else ""
        if missing > NOISE:
            lack = f"{number(missing)} more are asked for than are in stock"
            return f"{when}{gone}: {lack}: make a last lot, or offer another item."
        return f"{when}{gone}: nothing is left over."
    if over > NOISE:
        return f"{number(over)} are not needed by the whole plan: sell off or write off."
    if excess > NOISE:
        return "Covers three months beyond its target: hold back supply."
    return "Below its share of the target: prefer it in production."
