"""What units, hours and people cost in every plan (step 3)."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
import pandas as pd

from sop_xl.planning.frames import Numbers, positions, zero
from sop_xl.planning.supply.overtime import of_kind
from sop_xl.tables.settings import Settings
from sop_xl.tables.strategy import FAMILY_RATES, RESOURCE_RATES


def family_rates(
    families: pd.DataFrame, settings: Settings, production: Numbers, paid: Numbers, staffed: Numbers
) -> pd.DataFrame:
    """The list ``family_rates``: a family's own costs, or shares of its standard cost and price.

    Args:
        families: With price, standard cost and the labour in it.
        settings: Rates of families that name none.
        production: Units that the plan in the book makes, by sorted family.
        paid: The part of the hours that people with known pay work on it, by sorted family.
        staffed: Hours that people work on a unit, by sorted family.
    """
    rows = families.sort_values("family").reset_index(drop=True)
    cost, price = rows["cost"].fillna(0.0), rows["price"].fillna(0.0)
    subcontract = rows["subcontract_cost"].fillna(cost)
    labour = cost * rows["labour_share"].fillna(0.0)
    made = production * cost.to_numpy(dtype=float)
    every = made.sum()
    frame = pd.DataFrame(
        {
            "family": rows["family"],
            "material": rows["material_cost"].fillna(cost * settings.material_share),
            "holding": cost * settings.holding_rate / 12,
            "late": rows["backorder_cost"].fillna(price * settings.late_rate),
            "lost": rows["lost_sale_cost"].fillna(0.0),
            "subcontract": subcontract,
            "labour": labour,
            "labour_per_hour": labour / np.where(staffed > 0, staffed, np.inf),
            "absorbs": labour * paid,
            "premium": subcontract - cost,
            "made": made,
            "share": made / every if every else 1.0 / max(1, len(rows)),
        }
    )
    return frame[FAMILY_RATES.names]


def resource_rates(
    resources: pd.DataFrame, workforce: pd.DataFrame, options: pd.DataFrame
) -> pd.DataFrame:
    """The list ``resource_rates``: means over the teams and the options of each resource.

    Which part of its hours has labour in the standard cost is known only with the units that are
    made: it is zero here.
    """
    names = sorted(resources["resource"])
    own = resources.drop_duplicates("resource").set_index("resource").reindex(names)
    usual = own["cost_per_hour"].fillna(0.0).to_numpy(dtype=float)
    people = _sums(workforce, "resource", names, workforce["headcount"])
    rates = {
        "people": people,
        "hours_per_person": zero(_mean(workforce, names, "hours_per_month")),
        "wage": zero(_mean(workforce, names, "cost_per_month")),
        "regular_cost": own["regular_cost"].fillna(0.0).to_numpy(dtype=float),
        "overtime_cost": _option_cost(options, names, usual, overtime=True),
        "extra_cost": _option_cost(options, names, usual, overtime=False),
        "hiring_cost": _mean(workforce, names, "hiring_cost"),
        "layoff_cost": _mean(workforce, names, "layoff_cost"),
    }
    rates["hours_per_person"] = np.where(people > 0, rates["hours_per_person"], 0.0)
    frame = pd.DataFrame({"resource": pd.Series(names, dtype="str")} | rates)
    return frame.assign(known=0.0)[RESOURCE_RATES.names]


def _sums(frame: pd.DataFrame, key: str, names: Sequence[str], numbers: pd.Series) -> Numbers:
    at = positions(frame[key], names)
    sums = np.zeros(len(names))
    np.add.at(sums, at[at >= 0], zero(numbers.to_numpy(dtype=float))[at >= 0])
    return sums


def _mean(workforce: pd.DataFrame, names: Sequence[str], column: str) -> Numbers:
    """The mean of the teams at each resource that say something, by their people; else NaN."""
    known = workforce[column].notna()
    weights = workforce["headcount"].fillna(0.0).where(known, 0.0)
    total = _sums(workforce, "resource", names, weights)
    amount = _sums(workforce, "resource", names, weights * workforce[column].fillna(0.0))
    return np.where(total > 0, amount / np.where(total > 0, total, 1.0), np.nan)


def _option_cost(
    options: pd.DataFrame, names: Sequence[str], usual: Numbers, *, overtime: bool
) -> Numbers:
    """Cost of an hour by the options of a resource, weighted by their hours; fixed cost spread."""
    chosen = options[of_kind(options, overtime=overtime)]
    at = positions(chosen["resource"], names)
    chosen, at = chosen[at >= 0], at[at >= 0]
    hours = zero(chosen["hours"].to_numpy(dtype=float))
    rate = chosen["cost_per_hour"].to_numpy(dtype=float)
    rate = np.where(np.isnan(rate), usual[at], rate)
    total, amount = np.zeros(len(names)), np.zeros(len(names))
    np.add.at(total, at, hours)
    np.add.at(amount, at, hours * rate + zero(chosen["fixed_cost"].to_numpy(dtype=float)))
    return np.where(total > 0, amount / np.where(total > 0, total, 1.0), usual)
