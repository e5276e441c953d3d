"""Materials that come too late: one exception for each, worth what has to be bought in a hurry."""

from __future__ import annotations

from collections.abc import Iterator

import numpy as np
import pandas as pd

from sop_xl.planning.review.exceptions import Issue
from sop_xl.planning.wording import count, month, number
from sop_xl.tables.settings import Settings

TOO_LATE = {"past due": "past due", "late": "too late to order", "expedite": "to bring forward"}
"""Kinds of messages that endanger production, as a planner says them."""


def late_materials(settings: Settings, material_messages: pd.DataFrame) -> Iterator[Issue]:
    """One issue for each material of which an order is past due, too late, or due after its need.

    Args:
        material_messages: The list of the sheet Material_Actions; ``value`` is quantity x price of
            an order, zero or more; zero or blank where nobody knows a price.
    """
    late = material_messages[material_messages["what"].isin(list(TOO_LATE))]
    for component, rows in late.groupby("component", sort=True):
        first, worth = rows["due"].min(), float(rows["value"].fillna(0.0).sum())
        kinds = [
            f"{count(int((rows['what'] == what).sum()), 'order')} {words}"
            for what, words in TOO_LATE.items()
            if (rows["what"] == what).any()
        ]
        name = str(rows["name"].iloc[0])
        yield Issue(
            exception=f"Material late: {component}",
            area="supply",
            subject=str(component),
            period=first,
            message=(
                f"{component} {name}".rstrip() + f": {', '.join(kinds)}, the first for "
                f"{month(first)}; {_worth(rows['value'], settings.currency)}."
            ),
            size=float(len(rows)),
            size_unit="orders",
            value=worth if worth > 0 else np.nan,
            option=str(rows["message"].iloc[0]),
            sheet="Material_Actions",
        )


def _worth(values: pd.Series, currency: str) -> str:
    """What the orders of a material are worth, as far as there is a price."""
    priced = values[values > 0]
    if priced.empty:
        return "no price is known"
    rest = " as far as a price is known" if len(priced) < len(values) else ""
    return f"together worth {number(float(priced.sum()), currency)}{rest}"
