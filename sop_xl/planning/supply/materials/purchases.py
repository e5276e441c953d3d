"""What is bought from whom, and when."""

from __future__ import annotations

import numpy as np
import pandas as pd

from sop_xl.planning.frames import Numbers

UNKNOWN = "(no supplier)"


def purchases(items: pd.DataFrame, receipt: Numbers, release: Numbers) -> pd.DataFrame:
    """Planned purchase by supplier and period, in money: what is ordered, and what comes in.

    Args:
        items: ``item, supplier, unit_cost``; an item without a supplier and with a cost stands
            under ``(no supplier)``, one without a cost is made in-house and left out.
        receipt: Planned orders when they have to be there, items down, periods across, in units.
        release: Planned orders when they are placed, in the same shape.

    Returns:
        ``supplier, period, ordered, received``: the period is a position from 0; only where there
        is something.

    >>> items = pd.DataFrame({"item": ["leg"], "supplier": ["Oak Ltd"], "unit_cost": [2.0]})
    >>> purchases(items, np.array([[0.0, 5]]), np.array([[5.0, 0]])).values.tolist()
    [['Oak Ltd', 0, 10.0, 0.0], ['Oak Ltd', 1, 0.0, 10.0]]
    """
    cost = items["unit_cost"].to_numpy(dtype=float)
    bought = np.flatnonzero(~np.isnan(cost))
    suppliers = items["supplier"].fillna("").astype(str).replace("", UNKNOWN).to_numpy()[bought]
    count = receipt.shape[1]
    rows = pd.DataFrame({
        "supplier": np.repeat(suppliers, count),
        "period": np.tile(np.arange(count), len(bought)),
        "ordered": (release[bought] * cost[bought, np.newaxis]).ravel(),
        "received": (receipt[bought] * cost[bought, np.newaxis]).ravel(),
    })  # fmt: skip
    sums = rows.groupby(["supplier", "period"], as_index=False).sum()
    return sums[(sums["ordered"] != 0) | (sums["received"] != 0)].reset_index(drop=True)
