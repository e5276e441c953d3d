"""The fact base: history, stock and hours per unit, added up to the planning level."""

from __future__ import annotations

import numpy as np
import numpy.typing as npt
import pandas as pd

from sop_xl.planning import frames, hierarchy
from sop_xl.planning.calendar import Axis
from sop_xl.planning.frames import Numbers
from sop_xl.tables import data
from sop_xl.tables.data import BILL

STOCK_NUMBERS = ("on_hand", "backlog", "in_transit", "blocked")
OUTPUT_NUMBERS = ("planned", "produced")


def history(facts: pd.DataFrame, level: tuple[str, ...], axis: Axis) -> pd.DataFrame:
    """Actuals by block and month, from the first sale of a block to the last month delivered.

    A measure that was never delivered stays blank; one that was delivered is zero in a month
    without rows.

    Args:
        facts: What :func:`hierarchy.closed_actuals` gives.
        level: Keys of the blocks.
        axis: Its past is what is shown.
    """
    blocks = hierarchy.blocks_of(level, [facts])
    months = hierarchy.delivered_months(facts)
    rows = facts.assign(stock_outs=facts["stock_out"].astype(float))
    cells = hierarchy.sums(rows, (*hierarchy.ACTUAL_NUMBERS, "stock_outs"), blocks, months)
    seen = hierarchy.started({name: cells[name] for name in hierarchy.ACTUAL_NUMBERS})
    seen = seen & months.isin(axis.past)
    block, month = np.nonzero(seen)
    keys = blocks.take(block).reset_index(drop=True)
    columns = {name: _filled(numbers, seen) for name, numbers in cells.items()}
    frame = keys.assign(period=months.take(month), **columns)
    return frame.rename(columns={"demand": "orders"})[[*level, *data.HISTORY.names]]


def _filled(numbers: Numbers, seen: npt.NDArray[np.bool_]) -> Numbers:
    delivered = not np.isnan(numbers).all()
    return (np.nan_to_num(numbers) if delivered else numbers)[seen]


def stock_history(
    stock: pd.DataFrame, production: pd.DataFrame, families: pd.Index, axis: Axis
) -> pd.DataFrame:
    """Stock, backlog and output by family and month shown.

    A month of which anything was delivered is complete: a family without a row has none.

    Args:
        stock: Rows with their family.
        production: Rows with their family.
        families: The planned families.
        axis: Its past is what is shown.
    """
    sources = ((stock, STOCK_NUMBERS), (production, OUTPUT_NUMBERS))
    cells = {
        name: _complete(frames.matrix(table, name, "family", list(families), axis.past))
        for table, names in sources
        for name in names
    }
    known = ~np.all([np.isnan(numbers) for numbers in cells.values()], axis=0)
    family, month = np.nonzero(known)
    columns = {name: numbers[known] for name, numbers in cells.items()}
    return pd.DataFrame(
        {
            "family": families.take(family).astype("str"),
            "period": axis.past.take(month),
            **columns,
        }
    )


def _complete(numbers: Numbers) -> Numbers:
    delivered = ~np.isnan(numbers).all(axis=0)
    return np.where(delivered & np.isnan(numbers), 0.0, numbers)


def item_mix(facts: pd.DataFrame, families: pd.Series, axis: Axis) -> pd.DataFrame:
    """Share of each item in the quantity of its family over the last twelve months.

    Where nothing was sold, all items of the family share alike. Returns beyond the orders of an
    item count as nothing sold.
    """
    year = facts[facts["period"].isin(axis.last_year)]
    sold = year.groupby("item")["demand"].sum().clip(lower=0.0)
    mix = families[families != ""].rename_axis("item").reset_index()
    quantity = mix["item"].map(sold).astype(float).fillna(0.0)
    of_family = quantity.groupby(mix["family"]).transform("sum")
    alike = 1.0 / mix.groupby("family")["item"].transform("size")
    share = (quantity / of_family.where(of_family > 0)).where(of_family > 0, alike)
    mix = mix.assign(share=share.astype(float))
    return mix.sort_values(["family", "item"], ignore_index=True)[["item", "family", "share"]]


def bill(bill_of_resources: pd.DataFrame, mix: pd.DataFrame, families: pd.Index) -> pd.DataFrame:
    """Hours per unit of a family on each resource and months before completion, at the item mix.

    h(f, w) = sum over items i of share(i in f) x hours(i, w), in hours per base unit; an item
    without a row needs none of the resource. Source: bill of resources, Vollmann, Berry and
    Whybark, Manufacturing Planning and Control, chapter on capacity.
    """
    rows = bill_of_resources.merge(mix, on="item")
    rows = rows[rows["family"].isin(families)]
    rows = rows.assign(hours_per_unit=rows["hours_per_unit"].fillna(0.0) * rows["share"])
    rows = rows.assign(offset=np.rint(rows["offset"].fillna(0.0)))
    # the groups come sorted
    return rows.groupby(BILL.keys)["hours_per_unit"].sum().reset_index()[BILL.names]


def in_one_month(bill: pd.DataFrame) -> pd.DataFrame:
    """The bill of resources where all work is done in the month of completion.

    >>> one = pd.DataFrame({"family": ["A", "A"], "resource": ["V", "V"], "offset": [0.0, 1.0],
    ...                     "hours_per_unit": [3.0, 1.0]})
    >>> in_one_month(one)["hours_per_unit"].tolist()
    [4.0]
    """
    return bill.assign(offset=0.0).groupby(BILL.keys)["hours_per_unit"].sum().reset_index()


def overall_factors(bill: pd.DataFrame, volumes: pd.Series) -> pd.DataFrame:
    """The bill of resources where all hours are split by the shares of the past.

    h'(f, w) = sum over resources of h(f, v), times the share of w in the hours of all volumes. A
    change of the mix between families shows in the total only. Source: Berry, Schmitt and Vollmann,
    Journal of Operations Management 3(1), 1982 (capacity planning using overall factors).

    Args:
        bill: The list, hours by family and resource.
        volumes: Units of each family in the past; the bill stays as it is where there are none.

    >>> one = pd.DataFrame({"family": ["A", "A"], "resource": ["V", "W"], "offset": [0.0, 0.0],
    ...                     "hours_per_unit": [3.0, 1.0]})
    >>> overall_factors(one, pd.Series({"A": 10.0}))["hours_per_unit"].tolist()
    [3.0, 1.0]
    """
    hours = bill["hours_per_unit"] * bill["family"].map(volumes).fillna(0.0)
    if not hours.sum() > 0:
        return bill
    shares = hours.groupby(bill["resource"]).sum() / hours.sum()
    each = bill.groupby("family")["hours_per_unit"].sum()
    return pd.DataFrame(
        {
            "family": np.repeat(each.index.to_numpy(), len(shares)),
            "resource": np.tile(shares.index.to_numpy(), len(each)),
            "offset": 0.0,
            "hours_per_unit": np.outer(each, shares).ravel(),
        }
    ).astype(bill.dtypes.to_dict())
