"""The financial view that finance locks: its content, its hash, and what has moved since."""

from __future__ import annotations

import hashlib

import numpy as np
import pandas as pd

from sop_xl.planning.calendar import Axis
from sop_xl.planning.finance.recon_view import CALLED_BEFORE, LINES, SHIPMENTS
from sop_xl.planning.frames import zero
from sop_xl.schema import Unit

INVENTORY = "Inventory value"
STIR = 0.5
"""Money from which a line has moved: less is the rounding of its months to the cent."""
SHOWN = 11
"""Lines that the top of Finance_Recon has room for: those of the company, then the families that
moved most. All of them are on the sheet Finance_Lock."""
_FAMILY = "Revenue: "


def view(axis: Axis, finance_total: pd.DataFrame, finance_family: pd.DataFrame) -> pd.DataFrame:
    """What is locked: line, period and value of the plan months, in whole cents."""
    found = lines(axis, finance_total, finance_family)
    return found.assign(value=found["value"].round(2) + 0.0)


def lines(axis: Axis, finance_total: pd.DataFrame, finance_family: pd.DataFrame) -> pd.DataFrame:
    """What can be locked: line, period and value of the plan months.

    The lines of the company, then the revenue of each family.
    """
    measures = {line.label: line.own for line in LINES} | {INVENTORY: "inventory_value"}
    plan = finance_total[finance_total["period"].isin(axis.plan)]
    parts = [
        pd.DataFrame({"line": label, "period": plan["period"], "value": plan[name]})
        for label, name in measures.items()
    ]
    families = finance_family[finance_family["period"].isin(axis.plan)]
    named = families["family"].map(family_line)
    parts.append(pd.DataFrame({"line": named, "period": families["period"],
                               "value": families["revenue"]}))
    found = pd.concat(parts, ignore_index=True)
    return found.assign(value=found["value"].fillna(0.0))


def family_line(family: str) -> str:
    """The line that holds the revenue of a family.

    >>> family_line("Tents")
    'Revenue: Tents'
    """
    return f"{_FAMILY}{family}"


def content_hash(locked: pd.DataFrame) -> str:
    """The hash of a view: equal views have equal hashes, whatever made them.

    Lines count by their first name, so that what was locked under it stays reproducible.
    """
    first_names = {now: before for before, now in CALLED_BEFORE.items()}
    rows = sorted(
        f"{line}|{period}|{value:.2f}"
        for line, period, value in zip(
            locked["line"].replace(first_names),
            locked["period"].astype(str),
            locked["value"],
            strict=True,
        )
    )
    return hashlib.sha256("\n".join(rows).encode()).hexdigest()[:16]


def drift(locked: pd.DataFrame, now: pd.DataFrame) -> pd.DataFrame:
    """The table ``finance_drift``: every line as it was locked, as it is, and what moved.

    Flows are summed over the plan; of the inventory value the last month counts. Where nothing is
    locked, what was locked and what moved are missing.
    """
    locked = locked.assign(line=locked["line"].replace(CALLED_BEFORE))
    every = pd.Index([*dict.fromkeys([*now["line"], *locked["line"]])], dtype="str")
    sides = [_by_line(frame).reindex(every).to_numpy(dtype=float) for frame in (locked, now)]
    before = sides[0] if locked.empty else zero(sides[0])
    after = zero(sides[1])
    moved = after - before
    names = every.to_series().where(every.str.startswith(_FAMILY), "")
    return pd.DataFrame(
        {
            "line": every,
            "family": names.str.removeprefix(_FAMILY).astype("str").to_numpy(),
            "unit": np.where(every == SHIPMENTS, Unit.QUANTITY.label, Unit.MONEY.label),
            "locked": before,
            "now": after,
            "moved": np.where(np.abs(moved) < STIR, 0.0, moved),
        }
    ).astype({"unit": "str"})


def is_locked(drift: pd.DataFrame) -> bool:
    """Whether a table ``finance_drift`` holds a locked view."""
    return bool(drift["locked"].notna().any())


def moved_months(locked: pd.DataFrame, now: pd.DataFrame) -> pd.DataFrame:
    """Line, period and what moved in each month that moved by :data:`STIR` or more, most first."""
    locked = locked.assign(line=locked["line"].replace(CALLED_BEFORE))
    before, after = (frame.set_index(["line", "period"])["value"] for frame in (locked, now))
    moved = after.sub(before, fill_value=0.0)
    moved = moved[moved.abs() >= STIR].sort_values(key=lambda s: -s.abs(), kind="stable")
    return moved.rename("moved").reset_index()


def shown(drift: pd.DataFrame) -> pd.DataFrame:
    """The lines that Finance_Recon has room for: the company, then families by what moved."""
    of_family = drift["family"] != ""
    order = drift[of_family]["moved"].abs().sort_values(ascending=False, kind="stable").index
    return pd.concat([drift[~of_family], drift.loc[order]]).head(SHOWN)


def _by_line(frame: pd.DataFrame) -> pd.Series:
    ordered = frame.sort_values("period")
    stock = ordered["line"] == INVENTORY
    flows = ordered[~stock].groupby("line")["value"].sum()
    sums: pd.Series = pd.concat([flows, ordered[stock].groupby("line")["value"].last()])
    return sums
