"""Turns the AdventureWorks data set into a plan folder; README.md lists what is assumed.

python -m tests.adventureworks.convert SOURCE TARGET
"""

from __future__ import annotations

import sqlite3
import sys
from collections.abc import Iterable
from contextlib import closing
from pathlib import Path

import numpy as np
import pandas as pd

CYCLE = pd.Period("2020-06", "M")
"""June 2020 is partial in the sales lines, so May is the last closed month."""
FIRST_SALES = pd.Period("2017-07", "M")
SHIFT = pd.DateOffset(years=-5)
"""The tables are dated 2022 to 2025, the sales lines 2017 to 2020."""
RESELLER_SHIFT = pd.DateOffset(years=-5, months=1)
"""Resellers' sales follow the dates of the tables by one month more."""

HOURS_A_DAY = 8.0
"""Length of a day in ``DaysToManufacture``."""
LOT, PART_LOT = 20.0, 400.0
"""Pieces that such a day makes at one work centre: of products that are sold, and of parts."""
UTILISATION = 0.8
"""Average use of a work centre in the last twelve months: it gives the number of machines."""
WORKDAYS_A_WEEK, WORKDAYS_A_YEAR = 5, 260
BUDGET_MONTHS = 12
"""Months for which the quotas of the year before are repeated after the last quota."""

SALES_KEYS = ["date", "SKU", "Group", "channel"]
MIX = ["Subcategory", "Group"]

SETTINGS = """\
# AdventureWorks as a plan folder. Written by tests/adventureworks/convert.py.

[company]
company = "Adventure Works Cycles"
currency = "USD"
base_unit = "EA"
business_type = "manufacturing"

[calendar]
fiscal_year_start = 7

[horizon]
horizon = 12
history_shown = 24
planning_level = ["family", "region"]

[supply]
target_days = 30

[sources.items]
url = "sqlite:///source.db"
query = '''
SELECT p.ProductNumber,
       p.Name,
       s.Name AS Subcategory,
       CASE WHEN p.SellEndDate IS NULL THEN 'active' ELSE 'end of life' END AS Lifecycle,
       date(p.SellStartDate, '-5 years') AS SellStartDate,
       -- resellers sold what was left for a month and two days more
       date(p.SellEndDate, '-5 years', '+1 month', '+2 days') AS SellEndDate,
       p.ListPrice,
       p.StandardCost,
       CASE WHEN p.MakeFlag = 1 THEN p.DaysToManufacture
            ELSE (SELECT MIN(v.AverageLeadTime) FROM ProductVendor v
                  WHERE v.ProductID = p.ProductID) END AS LeadTime
FROM Product p
JOIN ProductSubcategory s ON s.ProductSubcategoryID = p.ProductSubcategoryID
WHERE p.ProductNumber IN (SELECT ProductNumber FROM SoldProduct)
ORDER BY p.ProductNumber
'''
columns = { ProductNumber = "item", Subcategory = "family", SellStartDate = "launch", \
SellEndDate = "end", ListPrice = "price", StandardCost = "cost", LeadTime = "lead_time" }

[sources.resources]
url = "sqlite:///source.db"
query = '''
SELECT l.Name AS Location,
       m.Machines,
       l.Availability / 5.0 AS HoursPerDay,
       l.CostRate
FROM Location l
JOIN Machines m ON m.LocationID = l.LocationID
ORDER BY l.LocationID
'''
columns = { Location = "resource", HoursPerDay = "hours_per_day", CostRate = "cost_per_hour" }

[sources.actuals]
columns = { OrderDate = "period", ProductNumber = "item", TerritoryGroup = "region", \
Channel = "channel", OrderQty = "orders", ShippedQty = "shipments", LineTotal = "revenue", \
ProductCost = "cost_of_sales" }

[sources.stock]
columns = { Stichtag = "period", Artikel = "item", Bestand = "on_hand" }

[sources.production]
columns = { DueDate = "period", ProductNumber = "item", OrderQty = "planned", \
StockedQty = "produced" }

[sources.bill_of_resources]
columns = { ProductNumber = "item", Location = "resource", StandardHours = "hours_per_unit" }

[sources.events]
columns = { SpecialOfferID = "event", Type = "kind", Subcategory = "family", \
TerritoryGroup = "region", Description = "cause" }

[sources.aop]
columns = { QuotaMonth = "period", Subcategory = "family", TerritoryGroup = "region", \
SalesQuota = "revenue", QuotaQty = "quantity", QuotaCost = "cost_of_sales" }
"""


def convert(source: Path, target: Path) -> None:
    """Write a plan folder: ``sop.toml``, ``source.db`` and ``data/*.csv``.

    Args:
        source: The folder with the AdventureWorks tables and sales lines.
        target: The plan folder, made if need be.
    """
    data = target / "data"
    data.mkdir(parents=True, exist_ok=True)
    sales = pd.read_parquet(source / "sales_lines.parquet").convert_dtypes(
        dtype_backend="numpy_nullable"
    )
    sales["cost"] = sales["qty"] * sales["std_cost"]
    bill = bill_of_resources(source, sales)
    _write(actuals(sales), data / "actuals.csv")
    _write(stock(source, sales), data / "stock.csv", sep=";")
    _write(production(source, sales), data / "production.csv")
    _write(bill, data / "bill_of_resources.csv")
    _write(events(source), data / "events.csv")
    _write(aop(source, sales), data / "aop.csv")
    _write_database(source, target / "source.db", sales, machines(source, sales, bill))
    (target / "sop.toml").write_text(SETTINGS, encoding="utf-8")


def actuals(sales: pd.DataFrame) -> pd.DataFrame:
    """Sales by day, product, territory group and channel; what was ordered was shipped that day."""
    days = sales.groupby(SALES_KEYS)[["qty", "sales_amount", "cost"]].sum().reset_index()
    return pd.DataFrame(
        {
            "OrderDate": days["date"].dt.strftime("%Y-%m-%d"),
            "ProductNumber": days["SKU"],
            "TerritoryGroup": days["Group"],
            "Channel": days["channel"],
            "OrderQty": days["qty"],
            "ShippedQty": days["qty"],
            "LineTotal": days["sales_amount"].astype(float).round(4),
            "ProductCost": days["cost"].astype(float).round(4),
        }
    )


def stock(source: Path, sales: pd.DataFrame) -> pd.DataFrame:
    """The one undated inventory, over all locations, taken for that of the last closed month."""
    inventory = _table(source, "ProductInventory").merge(_products(source), on="ProductID")
    sold = inventory[inventory["ProductNumber"].isin(sales["SKU"])]
    total = sold.groupby("ProductNumber")["Quantity"].sum()
    day = (CYCLE - 1).end_time.strftime("%d.%m.%Y")
    return pd.DataFrame(
        {"Stichtag": day, "Artikel": total.index, "Bestand": [f"{q},0" for q in total]}
    )


def production(source: Path, sales: pd.DataFrame) -> pd.DataFrame:
    """Bought products: purchase orders due and stocked. Made products: output equals sales."""
    products = _products(source)
    sold = products[products["ProductNumber"].isin(sales["SKU"])]
    bought = sold[sold["MakeFlag"] == 0]
    lines = _table(source, "PurchaseOrderDetail").merge(bought, on="ProductID")
    lines["DueDate"] = (pd.to_datetime(lines["DueDate"]) + SHIFT).dt.to_period("M")
    receipts = lines.groupby(["DueDate", "ProductNumber"], as_index=False)[
        ["OrderQty", "StockedQty"]
    ].sum()
    lines = sales[sales["SKU"].isin(sold["ProductNumber"][sold["MakeFlag"] == 1])]
    made = (
        lines.groupby([lines["date"].dt.to_period("M").rename("DueDate"), "SKU"])["qty"]
        .sum()
        .rename("StockedQty")
        .rename_axis(["DueDate", "ProductNumber"])
        .reset_index()
    )
    both = pd.concat([receipts, made], ignore_index=True)
    closed = both["DueDate"].isin(pd.period_range(FIRST_SALES, CYCLE - 1, freq="M"))
    return both[closed].sort_values(["DueDate", "ProductNumber"])


def bill_of_resources(source: Path, sales: pd.DataFrame) -> pd.DataFrame:
    """Hours by sold product and work centre, components included."""
    routing = _routing(source)
    need = _explode(source)
    hours = need.merge(routing, left_on="component", right_on="ProductID")
    hours["StandardHours"] = hours["quantity"] * hours["hours"]
    total = hours.groupby(["root", "Location"], as_index=False)["StandardHours"].sum()
    named = total.merge(_products(source), left_on="root", right_on="ProductID")
    named = named[named["ProductNumber"].isin(sales["SKU"])].sort_values(
        ["ProductNumber", "Location"]
    )
    named["StandardHours"] = named["StandardHours"].round(4)
    return pd.DataFrame(named[["ProductNumber", "Location", "StandardHours"]])


def _routing(source: Path) -> pd.DataFrame:
    """Own hours of one piece of each made product at its work centres, without components."""
    products = _products(source)
    made = products[products["MakeFlag"] == 1]
    centres = [_centres(row.Name, row.Subcategory, row.Class) for row in made.itertuples()]
    days = made["DaysToManufacture"].to_numpy(dtype=float)
    lot = np.where(made["FinishedGoodsFlag"] == 1, LOT, PART_LOT)
    frame = pd.DataFrame({"ProductID": made["ProductID"].to_numpy(), "Location": centres})
    frame["hours"] = days * HOURS_A_DAY / lot / frame["Location"].str.len()
    return frame.explode("Location")


def _centres(name: object, subcategory: object, style: object) -> list[str]:
    """The work centres that a made product passes, by what it is."""
    name, subcategory = str(name), str(subcategory)
    if subcategory.endswith("Bikes"):
        return ["Final Assembly"]
    if subcategory.endswith("Frames"):
        paint = "Specialized Paint" if str(style).strip() == "H" else "Paint"
        return ["Frame Welding", "Debur and Polish", paint]
    if subcategory == "nan" and not any(w in name for w in ("Assembly", "Hub", "Bearing")):
        return ["Frame Forming"]
    return ["Subassembly"]


def _explode(source: Path) -> pd.DataFrame:
    """Every product with itself and all its components, at the quantities valid today."""
    bom = _table(source, "BillOfMaterials")
    bom = bom[bom["EndDate"].isna() & bom["ProductAssemblyID"].notna()]
    lines = pd.DataFrame(
        {
            "component": bom["ProductAssemblyID"].astype(int),
            "part": bom["ComponentID"],
            "each": bom["PerAssemblyQty"],
        }
    )
    ids = _products(source)["ProductID"]
    level = pd.DataFrame({"root": ids, "component": ids, "quantity": 1.0})
    levels = []
    while not level.empty:
        levels.append(level)
        below = level.merge(lines, on="component")
        below["quantity"] *= below["each"]
        level = below[["root", "part", "quantity"]].rename(columns={"part": "component"})
    return pd.concat(levels, ignore_index=True)


def machines(source: Path, sales: pd.DataFrame, bill: pd.DataFrame) -> pd.DataFrame:
    """As many machines as bring each work centre to the assumed use in the last twelve months."""
    locations = _table(source, "Location")
    months = sales["date"].dt.to_period("M")
    sold = sales[months.between(CYCLE - 12, CYCLE - 1)].groupby("SKU")["qty"].sum().astype(float)
    load = bill["StandardHours"] * bill["ProductNumber"].map(sold).fillna(0)
    used = locations.merge(
        load.groupby(bill["Location"]).sum().rename("load"), left_on="Name", right_index=True
    )
    hours = used["Availability"] / WORKDAYS_A_WEEK * WORKDAYS_A_YEAR * UTILISATION
    number = np.ceil(used["load"] / hours).astype(int)
    return pd.DataFrame({"LocationID": used["LocationID"], "Machines": number})


def events(source: Path) -> pd.DataFrame:
    """Offers that ran for a time, by product subcategory; their effect is not known."""
    offers = _table(source, "SpecialOffer")
    offers = offers[~offers["Type"].isin(["No Discount", "Volume Discount"])]
    covered = (
        _table(source, "SpecialOfferProduct")
        .merge(_products(source), on="ProductID")[["SpecialOfferID", "Subcategory"]]
        .drop_duplicates()
    )
    rows = offers.merge(covered, on="SpecialOfferID").sort_values(["SpecialOfferID", "Subcategory"])
    reseller = rows["Category"] == "Reseller"
    return pd.DataFrame(
        {
            "SpecialOfferID": rows["SpecialOfferID"].astype(str) + " " + rows["Subcategory"],
            "Type": "promotion",
            "Subcategory": rows["Subcategory"],
            "TerritoryGroup": "All",
            "Channel": np.where(reseller, "Reseller", "Internet"),
            "Start": _shift(rows["StartDate"], reseller),
            "End": _shift(rows["EndDate"], reseller),
            "Uplift": 0,
            "Description": [
                f"{text}, {share:.0%} off"
                for text, share in zip(rows["Description"], rows["DiscountPct"], strict=True)
            ],
        }
    )


def _shift(dates: pd.Series, reseller: pd.Series) -> pd.Series:
    days = pd.to_datetime(dates)
    return (days + SHIFT).where(~reseller, days + RESELLER_SHIFT).dt.strftime("%Y-%m-%d")


def aop(source: Path, sales: pd.DataFrame) -> pd.DataFrame:
    """Quotas as the resellers' budget; for the web shop, what it sold the year before."""
    frame = pd.concat([_reseller_budget(source, sales), _internet_budget(sales)])
    return frame.rename(columns={"Group": "TerritoryGroup"})[
        ["QuotaMonth", "Subcategory", "TerritoryGroup", "Channel", "QuotaQty", "SalesQuota",
         "QuotaCost"]
    ]  # fmt: skip


def quotas(source: Path) -> dict[pd.Period, float]:
    """Quota of all sales people by first month of the quarter, the last year repeated."""
    table = _table(source, "SalesPersonQuotaHistory")
    day = pd.to_datetime(table["QuotaDate"]) + RESELLER_SHIFT
    # a quota is dated in the last days before its quarter
    quarter = (day + pd.DateOffset(days=7)).dt.to_period("M")
    known = dict(table["SalesQuota"].groupby(quarter).sum())
    last = sorted(known)[-BUDGET_MONTHS // 3 :]
    return known | {quarter + BUDGET_MONTHS: known[quarter] for quarter in last}


def _reseller_budget(source: Path, sales: pd.DataFrame) -> pd.DataFrame:
    """Each quarter's quota in three equal months, spread as resellers bought in that quarter."""
    lines = sales[sales["channel"] == "Reseller"]
    month = lines["date"].dt.to_period("M")
    begin = month - (month.dt.month - 1) % 3
    bought = _sums(lines, begin.rename("quarter"))
    share = bought["sales_amount"] / bought.groupby("quarter")["sales_amount"].transform("sum")
    parts = []
    for quarter, quota in quotas(source).items():
        like = quarter if quarter <= CYCLE else quarter - BUDGET_MONTHS
        rows = bought[bought["quarter"] == like]
        revenue = quota / 3 * share[rows.index]
        parts += [_budget(rows, revenue, quarter + n, "Reseller") for n in range(3)]
    return pd.concat(parts, ignore_index=True)


def _internet_budget(sales: pd.DataFrame) -> pd.DataFrame:
    """The same month of the last complete year; nothing in the first."""
    lines = sales[sales["channel"] == "Internet"]
    sold = _sums(lines, lines["date"].dt.to_period("M").rename("month"))
    parts = []
    for month in pd.period_range(FIRST_SALES + 12, CYCLE + BUDGET_MONTHS, freq="M"):
        like = month - 12 if month - 12 < CYCLE else month - 24
        rows = sold[sold["month"] == like]
        parts.append(_budget(rows, rows["sales_amount"], month, "Internet"))
    return pd.concat(parts, ignore_index=True)


def _sums(lines: pd.DataFrame, period: pd.Series) -> pd.DataFrame:
    sums = lines.groupby([period, *MIX])[["qty", "sales_amount", "cost"]].sum()
    return sums.astype(float).reset_index()


def _budget(rows: pd.DataFrame, revenue: pd.Series, month: pd.Period, channel: str) -> pd.DataFrame:
    """Budgeted revenue with the quantity and cost that belong to it at the average of the rows."""
    factor = revenue / rows["sales_amount"]
    return rows[MIX].assign(
        QuotaMonth=str(month),
        Channel=channel,
        QuotaQty=(rows["qty"] * factor).round(2),
        SalesQuota=revenue.round(2),
        QuotaCost=(rows["cost"] * factor).round(2),
    )


def _write_database(
    source: Path, path: Path, sales: pd.DataFrame, machine_numbers: pd.DataFrame
) -> None:
    """The tables that sop.toml reads by query."""
    path.unlink(missing_ok=True)
    with closing(sqlite3.connect(path)) as database:
        for name in ("Product", "ProductSubcategory", "ProductVendor", "Location"):
            _table(source, name).to_sql(name, database, index=False)
        sold = pd.DataFrame({"ProductNumber": sorted(sales["SKU"].unique())})
        sold.to_sql("SoldProduct", database, index=False)
        machine_numbers.to_sql("Machines", database, index=False)


def _products(source: Path) -> pd.DataFrame:
    products = _table(source, "Product")
    names = _table(source, "ProductSubcategory").rename(columns={"Name": "Subcategory"})
    return products.merge(names, on="ProductSubcategoryID", how="left")


def _table(source: Path, name: str) -> pd.DataFrame:
    return pd.read_csv(source / f"{name}.csv.gz")


def _write(frame: pd.DataFrame, path: Path, sep: str = ",") -> None:
    frame.to_csv(path, index=False, sep=sep, lineterminator="\n", encoding="utf-8")


def main(arguments: Iterable[str]) -> None:
    source, target = (Path(argument) for argument in arguments)
    convert(source, target)


if __name__ == "__main__":
    main(sys.argv[1:])
