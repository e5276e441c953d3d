"""What the example company asks for its goods: terms by date, a foreign currency, earlier plans."""

from __future__ import annotations

import numpy as np
import pandas as pd

from sop_xl.example import company, money
from sop_xl.example.demand import AHEAD, Demand
from sop_xl.example.money import by_family
from sop_xl.schema import ALL
from sop_xl.tables.data import (
    COST_DRIVER,
    DEMAND_DRIVER,
    DISCOUNT,
    EXPENSE_DRIVER,
    PRICE_CHANGE,
    PRICE_DRIVER,
    PROMOTION,
)

CURRENCY, REGION = "GBP", "UK & Ireland"
BUDGET_RATE, EXPECTED_RATE = 1.19, 1.155
"""Euros for a pound: as the AOP hoped, and as banks expect for the plan."""
MONTHLY_SWING = 0.006
EARLIER_CYCLES, MONTHS_KEPT = 13, 3
"""Cycles with a financial plan on record; of all but the last one only the first months."""
BEYOND_STANDARD = 0.02
"""Share of the cost of sales that earlier plans held for what supply costs beyond standard."""


def price_changes(cycle: pd.Period) -> pd.DataFrame:
    """A list price that rises, the discounts in force, and the promotions to come."""
    year = cycle.year
    rows = [
        ("P-1", PRICE_CHANGE, ALL, ALL, f"{year + 1}-01", "", 0.025, "List price of the year"),
        ("P-2", PRICE_CHANGE, "Jackets", ALL, f"{year + 1}-02", "", 0.03,
         "New membrane: agreed with the dealers"),
        ("D-1", DISCOUNT, ALL, "DACH", f"{year - 1}-01", "", 0.06, "Dealer terms"),
        ("D-2", DISCOUNT, ALL, "Nordics", f"{year - 1}-01", "", 0.045, "Dealer terms"),
        ("D-3", DISCOUNT, ALL, REGION, f"{year - 1}-01", "", 0.08, "Terms of the two chains"),
        ("D-4", DISCOUNT, "Tents", "DACH", f"{year + 1}-01", "", 0.01,
         "Bonus for early orders, agreed in September"),
        ("A-1", PROMOTION, "Jackets", ALL, f"{year}-11", f"{year}-11", 0.05,
         "Black Week: 15 % off online, a third of the month"),
        ("A-2", PROMOTION, "Sleeping bags", REGION, f"{year + 1}-03", f"{year + 1}-03", 0.06,
         "Outlet weeks"),
        ("A-3", PROMOTION, "Tents", ALL, f"{year + 1}-05", f"{year + 1}-05", 0.04,
         "Spring tent weeks"),
    ]  # fmt: skip
    names = ["change", "kind", "family", "region", "start", "until", "rate", "reason"]
    frame = pd.DataFrame(rows, columns=names).assign(included=True)
    for name in ("start", "until"):
        frame[name] = pd.PeriodIndex(frame[name].replace("", None), freq="M")
    return frame


def currencies() -> pd.DataFrame:
    """The region that is invoiced in pounds."""
    return pd.DataFrame({"region": [REGION], "currency": [CURRENCY],
                         "budget_rate": [BUDGET_RATE]})


def exchange_rates(seed: int, demand: Demand, cycle: pd.Period) -> pd.DataFrame:
    """Rates of the last two years and of the plan: the pound has lost since the budget."""
    random = np.random.default_rng([seed, 6])
    periods = pd.period_range(cycle - min(24, demand.months), cycle + AHEAD - 1, freq="M")
    past = np.asarray(periods < cycle)
    steps = np.where(past, random.normal(0, MONTHLY_SWING, len(periods)), 0.0)
    drift = np.interp(np.arange(len(periods)), [0, past.sum()], [BUDGET_RATE, EXPECTED_RATE])
    rates = np.where(past, drift * (1 + steps), EXPECTED_RATE)
    return pd.DataFrame({"currency": CURRENCY, "period": periods, "rate": rates.round(4)})


def past_finance(
    demand: Demand, past_plans: pd.DataFrame, lines: pd.DataFrame, cycle: pd.Period
) -> pd.DataFrame:
    """The money of the demand plans of earlier cycles, and the operating cost planned with it."""
    made = pd.PeriodIndex(past_plans["cycle"], freq="M")
    period = pd.PeriodIndex(past_plans["period"], freq="M")
    kept = (made == made.max()) | (period < made + MONTHS_KEPT)
    rows = past_plans[np.asarray(kept)].assign(cycle=made[kept], period=period[kept])
    names = [f.name for f in company.FAMILIES]
    sold = demand.expected
    quantity = by_family(sold.sum(axis=2))
    price = by_family((sold * money.prices(demand, cycle)).sum(axis=2)) / quantity
    cost = by_family((sold * money.unit_costs(demand, cycle)[:, None, None, :]).sum(axis=2))
    place = (
        pd.Index(names).get_indexer(pd.Index(rows["family"])),
        pd.Index(company.REGIONS).get_indexer(pd.Index(rows["region"])),
        demand.periods.get_indexer(pd.PeriodIndex(rows["period"], freq="M")),
    )
    units = rows["consensus"].to_numpy(dtype=float)
    revenue = units * price[place]
    foreign = np.where(rows["region"] == REGION, BUDGET_RATE / (EXPECTED_RATE + 0.01), 1.0)
    standard = units * (cost / quantity)[place]
    valued = rows[["cycle", "period", "family"]].assign(
        volume=units, revenue=revenue, constant_revenue=revenue * foreign,
        cost_of_sales=standard, supply_cost=standard * BEYOND_STANDARD,
    )  # fmt: skip
    keys = ["cycle", "period", "family"]
    families = valued.groupby(keys, sort=False).sum().reset_index()
    company_rows = families.groupby(["cycle", "period"], sort=False)[["volume", "revenue"]].sum()
    company_rows = company_rows.reset_index()
    fixed, share, rate = (lines[name].sum() for name in ("fixed", "share_of_revenue", "per_unit"))
    spent = fixed + share * company_rows["revenue"] + rate * company_rows["volume"]
    overhead = company_rows[["cycle", "period"]].assign(family=ALL, operating_cost=spent)
    every = pd.concat([families, overhead], ignore_index=True)
    numbers = every.columns.difference(keys)
    every[numbers] = every[numbers].round(2)
    return every


def recon_lines() -> pd.DataFrame:
    """Who explains what, from which difference on."""
    rows = [("Shipments", 0.03, "Head of demand planning"), ("Revenue", 0.02, "Head of sales"),
            ("Margin", 0.02, "Controller"), ("Operating cost", 0.015, "Controller"),
            ("Operating profit", 0.05, "Finance director")]  # fmt: skip
    return pd.DataFrame(rows, columns=["line", "tolerance", "owner"])


def scenario_drivers(cycle: pd.Period) -> pd.DataFrame:
    """What the executives asked about: a mild winter, a second price step, dear materials."""
    year = cycle.year
    rows = [
        ("S-1", "Mild winter", DEMAND_DRIVER, "Jackets", f"{year}-11", f"{year + 1}-03", -0.15,
         "Sell-through of the dealers as two winters ago"),
        ("S-2", "Mild winter", DEMAND_DRIVER, "Sleeping bags", f"{year}-11", f"{year + 1}-03",
         -0.08, "As above"),
        ("S-3", "Mild winter", PRICE_DRIVER, "Jackets", f"{year + 1}-01", f"{year + 1}-03", -0.05,
         "Earlier sale"),
        ("S-4", "Second price step", PRICE_DRIVER, ALL, f"{year + 1}-04", "", 0.03,
         "Follow the market leader"),
        ("S-5", "Second price step", DEMAND_DRIVER, ALL, f"{year + 1}-04", "", -0.02,
         "What the last step cost in units"),
        ("S-6", "Dear materials", COST_DRIVER, ALL, f"{year + 1}-01", "", 0.04,
         "Fabric and down as quoted in September"),
        ("S-7", "Dear materials", EXPENSE_DRIVER, ALL, f"{year + 1}-01", "", 0.01,
         "Freight surcharge"),
    ]  # fmt: skip
    names = ["number", "scenario", "driver", "family", "start", "until", "change", "reason"]
    frame = pd.DataFrame(rows, columns=names).assign(included=True)
    for name in ("start", "until"):
        frame[name] = pd.PeriodIndex(frame[name].replace("", None), freq="M")
    return frame
