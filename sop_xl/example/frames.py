"""The simulated company as source tables."""

from __future__ import annotations

from collections.abc import Mapping

import numpy as np
import pandas as pd

from sop_xl.example import (
    company,
    deliveries,
    materials,
    meeting,
    money,
    operations,
    plans,
    pricing,
    treasury,
)
from sop_xl.example.benchmarks import benchmarks
from sop_xl.example.demand import AHEAD, Demand, Numbers, event_period, forward_buying
from sop_xl.example.operations import Operations
from sop_xl.schema import ALL, Table
from sop_xl.tables.data import SIGNALS, SOURCES

DTYPES = {
    "text": "str",
    "number": "float64",
    "flag": "bool",
    "period": "period[M]",
    "date": "datetime64[ns]",
}
ESTABLISHED = 40
"""Items that are neither new nor ending were launched up to so many months before the history."""


def tables(
    seed: int, demand: Demand, made: Operations, cycle: pd.Period
) -> dict[str, pd.DataFrame]:
    """Every source table, with the columns and types of its declaration."""
    budget = money.aop(demand, cycle)
    lines, before = money.finance_lines(budget, cycle), plans.past_plans(seed, demand, cycle)
    booked = money.balance(seed, demand, made, cycle)
    frames = {
        "items": items(demand, cycle),
        "actuals": actuals(demand, made, cycle),
        "stock": stock(demand, made),
        "orders": deliveries.order_lines(seed, demand, made, cycle),
        "production": production(demand, made),
        "resources": _resources(),
        "resource_calendar": resource_calendar(demand),
        "bill_of_resources": bill_of_resources(),
        "capacity_options": _capacity_options(cycle),
        "families": _families(),
        "pipeline": meeting.pipeline(cycle),
        "events": events(demand, cycle),
        "launches": launches(cycle),
        "forecast_choices": _forecast_choices(),
        "signals": pd.DataFrame(columns=SIGNALS.names),
        "aop": budget,
        "finance_lines": lines,
        "balance": booked,
        "cash": treasury.cash(seed, booked, demand, cycle),
        "payment_pattern": treasury.payment_pattern(),
        "workforce": _workforce(),
        "risks": meeting.risks(cycle),
        "actions": meeting.actions(cycle),
        "units": units(),
        "materials": materials.materials(demand),
        "bill_of_materials": materials.bill_of_materials(cycle),
        "material_stock": materials.material_stock(demand),
        "purchase_orders": materials.purchase_orders(demand, cycle),
        "past_plans": before,
        "price_changes": pricing.price_changes(cycle),
        "currencies": pricing.currencies(),
        "exchange_rates": pricing.exchange_rates(seed, demand, cycle),
        "past_finance": pricing.past_finance(demand, before, lines, cycle),
        "recon_lines": pricing.recon_lines(),
        "scenario_drivers": pricing.scenario_drivers(cycle),
        "benchmarks": benchmarks(),
    }
    nothing = pd.DataFrame()
    return {table.name: _typed(table, frames.get(table.name, nothing)) for table in SOURCES}


def _typed(table: Table, frame: pd.DataFrame) -> pd.DataFrame:
    """Give a frame the columns of its declaration, in order, with blanks where it has none."""
    columns: Mapping[str, pd.Series] = {
        column.name: (
            frame[column.name]
            if column.name in frame
            else pd.Series(None if column.unit.is_number else "", index=frame.index)
        ).astype(DTYPES[column.unit.kind])  # type: ignore[call-overload]
        for column in table.inputs
    }
    return pd.DataFrame(columns)


def items(demand: Demand, cycle: pd.Period) -> pd.DataFrame:
    """The item master."""
    frame = pd.DataFrame(company.ITEMS)
    frame["cost"] = money.standard_costs()
    frame["material_cost"] = (frame["cost"] * money.MATERIAL).round(2)
    frame["labour_cost"] = (frame["cost"] * money.LABOUR).round(2)
    frame["co2e"] = (frame["cost"] * money.CARBON).round(2)
    frame["unit"] = company.SETTINGS.base_unit
    frame["like_item"] = frame["like"]
    frame["lifecycle"] = [_lifecycle(item) for item in company.ITEMS]
    frame["launch"] = [
        _first_day(cycle, item.launch)
        if item.launch is not None
        else _first_day(cycle, -demand.months - 3 - 5 * row % ESTABLISHED)
        for row, item in enumerate(company.ITEMS)
    ]
    frame["end"] = [
        pd.NaT if item.end is None else _first_day(cycle, item.end + 1) - pd.Timedelta(days=1)
        for item in company.ITEMS
    ]
    return frame


def _lifecycle(item: company.Item) -> str:
    if item.end is not None:
        return "phase-out" if item.end >= 0 else "end of life"
    return "new" if item.launch is not None else "active"


def _first_day(cycle: pd.Period, months: int) -> pd.Timestamp:
    return (cycle + months).to_timestamp()


def actuals(demand: Demand, made: Operations, cycle: pd.Period) -> pd.DataFrame:
    """Orders, shipments and money by month, item, region and channel."""
    rate = np.array([company.RETURN_RATE[c] for c in company.CHANNELS])
    short = made.backlog > 0
    short[[i.family == "Team wear" for i in company.ITEMS]] = False  # its backlog is the order book
    cells = {
        "orders": _recorded(demand, made),
        "shipments": made.shipments,
        "returns": np.rint(made.shipments * rate[:, None]),
        "revenue": money.revenue(demand, made, cycle),
        "cost_of_sales": money.cost_of_sales(demand, made, cycle),
        "stock_out": short,
        "promotion": demand.promoted[..., : demand.months],
    }
    index = pd.MultiIndex.from_product(
        [[i.item for i in company.ITEMS], company.REGIONS, company.CHANNELS, demand.history],
        names=["item", "region", "channel", "period"],
    )
    frame = pd.DataFrame({name: values.ravel() for name, values in cells.items()}, index)
    on_sale = demand.on_sale[:, None, None, : demand.months] | (made.shipments > 0)
    return frame[on_sale.ravel()].reset_index()


def _recorded(demand: Demand, made: Operations) -> Numbers:
    """Orders as they are on record: one typed wrongly, some only as far as they were shipped."""
    orders = demand.orders.copy()
    numbers = [i.item for i in company.ITEMS]
    item, region, channel, month, times = company.TYPING_ERROR
    place = numbers.index(item), company.REGIONS.index(region), company.CHANNELS.index(channel)
    orders[(*place, demand.months + month)] *= times
    item, channel, first, months = company.SHIPPED_AS_ORDERED
    at = numbers.index(item), slice(None), company.CHANNELS.index(channel)
    short = (*at, slice(demand.months + first, demand.months + first + months))
    orders[short] = np.minimum(orders[short], made.shipments[short])
    return orders


def stock(demand: Demand, made: Operations) -> pd.DataFrame:
    """Month's end stock by item; returns of the month are blocked until they are inspected."""
    rate = np.array([company.RETURN_RATE[c] for c in company.CHANNELS])
    returned = np.rint(made.shipments * rate[:, None]).sum(axis=(1, 2))
    columns = {
        "on_hand": made.on_hand,
        "backlog": made.backlog.sum(axis=(1, 2)),
        "in_transit": np.rint(made.produced * 0.08),
        "blocked": returned,
    }
    frame = _by_item(demand, columns).assign(region=ALL)
    return frame[frame[list(columns)].any(axis=1)]


def production(demand: Demand, made: Operations) -> pd.DataFrame:
    """Planned and actual output by item; one item is counted in boxes."""
    box = np.array([i.box for i in company.ITEMS], dtype=float)[:, None]
    frame = _by_item(demand, {"planned": made.planned / box, "produced": made.produced / box})
    boxed = frame["item"].isin([i.item for i in company.ITEMS if i.box > 1])
    frame["unit"] = np.where(boxed, "box", "")
    return frame[frame[["planned", "produced"]].any(axis=1)]


def _by_item(demand: Demand, columns: Mapping[str, Numbers]) -> pd.DataFrame:
    index = pd.MultiIndex.from_product(
        [[i.item for i in company.ITEMS], demand.history], names=["item", "period"]
    )
    return pd.DataFrame({n: v.ravel() for n, v in columns.items()}, index).reset_index()


def units() -> pd.DataFrame:
    """Pieces in a box."""
    rows = [(i.item, "box", i.box) for i in company.ITEMS if i.box > 1]
    return pd.DataFrame(rows, columns=["item", "unit", "factor"])


def _resources() -> pd.DataFrame:
    return pd.DataFrame(company.RESOURCES)


def _workforce() -> pd.DataFrame:
    teams = pd.DataFrame(company.RESOURCES).assign(hours_per_month=company.HOURS_PER_MONTH)
    staffing = pd.DataFrame([company.STAFFING[name] for name in teams["team"]])
    return pd.concat([teams, staffing], axis=1)


def resource_calendar(demand: Demand) -> pd.DataFrame:
    """The months in which the plant closes for some days."""
    closing = demand.periods[demand.periods.month.isin(list(company.CLOSED_DAYS))]
    months = pd.DataFrame(
        {
            "period": closing,
            "days": operations.working_days(closing),
            "note": [company.CLOSED_DAYS[month][1] for month in closing.month],
        }
    )
    return pd.DataFrame({"resource": [r.resource for r in company.RESOURCES]}).merge(
        months, how="cross"
    )


def bill_of_resources() -> pd.DataFrame:
    """Hours by item and resource, where the item needs it."""
    hours = operations.hours_per_unit()
    index = pd.MultiIndex.from_product(
        [[i.item for i in company.ITEMS], [r.resource for r in company.RESOURCES]],
        names=["item", "resource"],
    )
    frame = pd.DataFrame({"hours_per_unit": hours.ravel(), "offset": 0.0}, index).reset_index()
    return frame[frame["hours_per_unit"] > 0]


def _capacity_options(cycle: pd.Period) -> pd.DataFrame:
    """What gives the resources more hours."""

    def months(ahead: list[int | None]) -> pd.Series:
        named = [pd.NaT if number is None else cycle + number for number in ahead]
        return pd.Series(named, dtype="period[M]")

    options = company.CAPACITY_OPTIONS
    return pd.DataFrame(options).assign(
        start=months([option.start for option in options]),
        end=months([option.end for option in options]),
    )


def _families() -> pd.DataFrame:
    return pd.DataFrame(
        {
            "family": f.name,
            "policy": f.policy,
            "strategy": f.strategy,
            "target_days": f.target_days,
            "priority": f.priority,
            "stock_method": "days",
            **company.STOCKING.get(f.name, company.Stocking())._asdict(),
        }
        for f in company.FAMILIES
    )


def _forecast_choices() -> pd.DataFrame:
    reason = "Contracts of clubs: one method that everybody can follow"
    choice = {"family": "Team wear", "region": ALL, "channel": ALL, "method": "simple"}
    return pd.DataFrame([choice | {"reason": reason}])


def events(demand: Demand, cycle: pd.Period) -> pd.DataFrame:
    """Promotions and other events of the history and the plan, with the dip after a promotion."""
    last = cycle + AHEAD - 1
    rows = []
    for event in company.EVENTS:
        start = event_period(event, cycle)
        if not demand.periods[0] <= start <= last:
            continue
        row = {
            "event": f"{start} {event.name}",
            "kind": event.kind,
            "family": event.family,
            "region": event.region,
            "channel": ALL,
            "start": start,
            "end": start + event.months - 1,
            "uplift": event.uplift,
            "quantity": event.quantity,
            "cause": event.cause,
            "included": event.included,
        }
        rows.append(row)
        if event.kind == "promotion" and event.included:
            after = start + event.months
            dip = {
                "event": f"{after} after {event.name}",
                "start": after,
                "end": after,
                "uplift": round(forward_buying(event), 4),
                "cause": "Dealers have bought ahead",
            }
            rows.append(row | dip)
    return pd.DataFrame(rows)


def launches(cycle: pd.Period) -> pd.DataFrame:
    """What comes and goes within the plan."""
    frame = pd.DataFrame(company.LAUNCHES).rename(columns={"like": "like_item"})
    return frame.assign(
        region=ALL,
        channel=ALL,
        start=[cycle + months for months in frame["start"]],
        included=True,
    )
