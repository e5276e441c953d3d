"""The conversion loses nothing, and what it assumes holds in the data."""

from __future__ import annotations

import sqlite3
import tomllib
from contextlib import closing
from pathlib import Path
from typing import Any

import pandas as pd
import pytest

from sop_xl.tables import TABLES
from tests.adventureworks.convert import CYCLE, RESELLER_SHIFT, SHIFT, quotas


@pytest.fixture(scope="module")
def settings(adventureworks: Path) -> dict[str, Any]:
    return tomllib.loads((adventureworks / "sop.toml").read_text(encoding="utf-8"))


@pytest.fixture(scope="module")
def sales(source: Path) -> pd.DataFrame:
    return pd.read_parquet(source / "sales_lines.parquet")


def data(folder: Path, table: str, sep: str = ",") -> pd.DataFrame:
    return pd.read_csv(folder / "data" / f"{table}.csv", sep=sep)


def queried(folder: Path, settings: dict[str, Any], table: str) -> pd.DataFrame:
    with closing(sqlite3.connect(folder / "source.db")) as database:
        return pd.read_sql_query(settings["sources"][table]["query"], database)


def test_the_folder_holds_what_sop_toml_names(
    adventureworks: Path, settings: dict[str, Any]
) -> None:
    files = {path.stem for path in (adventureworks / "data").iterdir()}
    queries = {name for name, spec in settings["sources"].items() if "query" in spec}
    assert queries == {"items", "resources"}
    assert files | queries == set(settings["sources"])
    for name, spec in settings["sources"].items():
        columns = {c.name for c in TABLES[name].inputs}
        assert set(spec["columns"].values()) <= columns


def test_every_header_is_mapped_or_known(adventureworks: Path, settings: dict[str, Any]) -> None:
    for name, spec in settings["sources"].items():
        if "query" in spec:
            headers = set(queried(adventureworks, settings, name).columns)
        else:
            headers = set(data(adventureworks, name, ";" if name == "stock" else ",").columns)
        known = {c.label for c in TABLES[name].inputs}
        assert headers <= known | set(spec["columns"])
        assert set(spec["columns"]) <= headers


def test_quantity_and_revenue_are_those_of_the_sales_lines(
    adventureworks: Path, sales: pd.DataFrame
) -> None:
    actuals = data(adventureworks, "actuals")
    assert actuals["OrderQty"].sum() == 274_776 == sales["qty"].sum()
    assert actuals["LineTotal"].sum() == pytest.approx(109_809_274.00, abs=0.01)
    assert actuals["LineTotal"].sum() == pytest.approx(float(sales["sales_amount"].sum()))
    assert not actuals.duplicated(["OrderDate", "ProductNumber", "TerritoryGroup", "Channel"]).any()


def test_the_monthly_file_of_the_data_set_agrees(adventureworks: Path, source: Path) -> None:
    monthly = pd.read_parquet(source / "sales_monthly_sku_territory.parquet")
    actuals = data(adventureworks, "actuals")
    ours = actuals["OrderQty"].groupby(actuals["OrderDate"].str[:7]).sum()
    assert ours.to_dict() == monthly.groupby("month")["qty"].sum().astype(int).to_dict()


def test_items_are_the_products_sold(
    adventureworks: Path, settings: dict[str, Any], sales: pd.DataFrame
) -> None:
    items = queried(adventureworks, settings, "items")
    assert len(items) == 266
    assert set(items["ProductNumber"]) == set(sales["SKU"])
    family = items.set_index("ProductNumber")["Subcategory"]
    assert (sales["SKU"].map(family) == sales["Subcategory"]).all()
    assert items["Subcategory"].nunique() == 35
    assert items[["ListPrice", "StandardCost", "LeadTime"]].notna().all(axis=None)


def test_nothing_was_sold_after_its_end(
    adventureworks: Path, settings: dict[str, Any], sales: pd.DataFrame
) -> None:
    items = queried(adventureworks, settings, "items").set_index("ProductNumber")
    end = pd.to_datetime(items["SellEndDate"])
    last = sales.groupby("SKU")["date"].max()
    assert end.notna().sum() == 83
    assert (last - end).max() == pd.Timedelta(0)


@pytest.mark.parametrize(("channel", "shift"), [("Internet", SHIFT), ("Reseller", RESELLER_SHIFT)])
def test_the_cost_of_the_sales_lines_is_that_of_the_cost_history(
    source: Path, sales: pd.DataFrame, channel: str, shift: pd.DateOffset
) -> None:
    """The shift of the dates is right: each line bears the standard cost of its day."""
    products = pd.read_csv(source / "Product.csv.gz")[["ProductID", "ProductNumber"]]
    history = pd.read_csv(source / "ProductCostHistory.csv.gz").merge(products, on="ProductID")
    history["date"] = (pd.to_datetime(history["StartDate"]) + shift).astype("datetime64[us]")
    lines = sales[sales["channel"] == channel].astype({"std_cost": float})
    dated = pd.merge_asof(
        lines.assign(ProductNumber=lines["SKU"].astype("str"), date=lines["date"].dt.as_unit("us"))
        .sort_values("date"),
        history.sort_values("date"), on="date", by="ProductNumber",
    )  # fmt: skip
    same = (dated["std_cost"] - dated["StandardCost"]).abs() <= 0.006  # the lines bear cents
    assert same.mean() > 0.999


def test_stock_is_that_of_the_sold_products_in_the_last_closed_month(
    adventureworks: Path, source: Path, sales: pd.DataFrame
) -> None:
    stock = data(adventureworks, "stock", ";")
    inventory = pd.read_csv(source / "ProductInventory.csv.gz").merge(
        pd.read_csv(source / "Product.csv.gz")[["ProductID", "ProductNumber"]], on="ProductID"
    )
    sold = inventory[inventory["ProductNumber"].isin(sales["SKU"])]
    quantity = stock["Bestand"].str.replace(",", ".").astype(float)
    assert quantity.sum() == sold["Quantity"].sum() == 70_916
    assert set(stock["Stichtag"]) == {"31.05.2020"}


def test_output_of_made_products_is_their_sales_and_of_bought_ones_what_was_stocked(
    adventureworks: Path, source: Path, sales: pd.DataFrame
) -> None:
    output = data(adventureworks, "production")
    products = pd.read_csv(source / "Product.csv.gz").set_index("ProductNumber")
    made = output["ProductNumber"].map(products["MakeFlag"]) == 1
    closed = sales[sales["date"] < CYCLE.to_timestamp()]
    sold = closed[closed["SKU"].map(products["MakeFlag"]) == 1]["qty"].sum()
    assert output[made]["StockedQty"].sum() == sold
    assert output[made]["OrderQty"].isna().all()
    assert (output[~made]["StockedQty"] <= output[~made]["OrderQty"]).all()
    assert output["DueDate"].max() == "2020-05"


def test_quotas_are_spread_to_the_cent_and_repeated_for_a_year(
    adventureworks: Path, source: Path
) -> None:
    table = pd.read_csv(source / "SalesPersonQuotaHistory.csv.gz")
    quarters = quotas(source)
    assert [str(quarter) for quarter in sorted(quarters)][:: len(quarters) - 1] == [
        "2017-07",
        "2021-04",
    ]
    last_year = table[table["QuotaDate"] > "2024-05-01"]["SalesQuota"].sum()
    assert sum(quarters.values()) == table["SalesQuota"].sum() + last_year
    aop = data(adventureworks, "aop")
    reseller = aop[aop["Channel"] == "Reseller"]["SalesQuota"].sum()
    assert reseller == pytest.approx(sum(quarters.values()), abs=20)  # cents lost in rounding
    assert aop.notna().all(axis=None)
    assert (aop["QuotaMonth"].min(), aop["QuotaMonth"].max()) == ("2017-07", "2021-06")


def test_hours_are_those_of_the_product_and_its_parts(adventureworks: Path) -> None:
    """A bike takes four days of 8 h for a lot of 20 in final assembly.

    Its frame (two days, three work centres) adds 2 x 8 / 20 / 3 h at each of them.
    """
    bill = data(adventureworks, "bill_of_resources").set_index(["ProductNumber", "Location"])
    hours = bill["StandardHours"]
    assert hours["BK-M18B-40", "Final Assembly"] == 1.6
    assert hours["BK-M18B-40", "Frame Welding"] == pytest.approx(2 * 8 / 20 / 3, abs=5e-5)
    assert hours["FR-M21B-40", "Frame Welding"] == pytest.approx(2 * 8 / 20 / 3, abs=5e-5)
    assert (hours > 0).all()


def test_machines_bring_each_work_centre_to_the_assumed_use(
    adventureworks: Path, settings: dict[str, Any]
) -> None:
    resources = queried(adventureworks, settings, "resources").set_index("Location")
    bill, actuals = data(adventureworks, "bill_of_resources"), data(adventureworks, "actuals")
    year = actuals[actuals["OrderDate"].between("2019-06-01", "2020-05-31")]
    sold = year.groupby("ProductNumber")["OrderQty"].sum()
    load = bill["StandardHours"] * bill["ProductNumber"].map(sold).fillna(0)
    available = resources["Machines"] * resources["HoursPerDay"] * 260
    use = load.groupby(bill["Location"]).sum() / available
    assert set(use.index) == set(resources.index)
    assert (use <= 0.8).all()
    assert use.gt(0.8 * (1 - 1 / resources["Machines"].sort_index())).all()


def test_offers_that_ran_for_a_time_are_events(adventureworks: Path) -> None:
    events = data(adventureworks, "events")
    assert len(events) == 10
    helmets = events[events["Subcategory"] == "Helmets"].iloc[0]
    assert helmets["Start"] == "2018-06-30"
    assert helmets["Description"] == "Sport Helmet Discount-2002, 10% off"
