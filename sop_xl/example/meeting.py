"""The lists that sales and the planning team of the example company keep: deals, risks, actions.

Months count from the first plan month of the cycle.
"""

from __future__ import annotations

from typing import NamedTuple

import pandas as pd

from sop_xl.example import company
from sop_xl.schema import ALL

PROBABILITY = {
    "lead": 0.1,
    "qualified": 0.25,
    "proposal": 0.5,
    "negotiation": 0.75,
    "won": 1.0,
    "lost": 0.0,
}
DEAL_PRICE = 0.9
"""Price of a deal against the average price of the family."""


class Deal(NamedTuple):
    """One opportunity; ``month`` and ``day`` say when it should close."""

    account: str
    type: str
    family: str
    region: str
    stage: str
    previous: str
    quantity: int
    month: int
    day: int
    channel: str = "Retail"
    included: bool = True


DACH, NORDICS, UK = company.REGIONS

DEALS = (
    Deal(
        "Federal disaster relief agency",
        "new",
        "Sleeping bags",
        DACH,
        "negotiation",
        "proposal",
        8_000,
        3,
        15,
    ),
    Deal(
        "Bergfreund stores",
        "expansion",
        "Jackets",
        DACH,
        "negotiation",
        "negotiation",
        1_200,
        0,
        22,
    ),
    Deal("Alpine club Tyrol", "renewal", "Team wear", DACH, "proposal", "qualified", 650, 1, 12),
    Deal(
        "Mountain rescue Bavaria", "new", "Team wear", DACH, "negotiation", "proposal", 420, 0, 30
    ),
    Deal("Nordic trail chain", "new", "Backpacks", NORDICS, "proposal", "proposal", 1_800, 2, 10),
    Deal("Fjord camping", "expansion", "Tents", NORDICS, "qualified", "lead", 900, 4, 20),
    Deal("Scout shops", "renewal", "Tents", UK, "proposal", "proposal", 1_100, 4, 5),
    Deal("Highland outfitters", "new", "Jackets", UK, "qualified", "qualified", 800, 1, 25),
    Deal("Ski schools Arlberg", "renewal", "Team wear", DACH, "won", "negotiation", 900, -1, 18),
    Deal("Outdoor Finland", "new", "Sleeping bags", NORDICS, "lead", "lead", 600, 5, 15),
    Deal("Camp and Co", "expansion", "Cookware", DACH, "proposal", "qualified", 3_000, 2, 28),
    Deal("Festival rentals", "new", "Tents", UK, "proposal", "lead", 1_500, 5, 10),
    Deal("Lake district hire", "renewal", "Backpacks", UK, "negotiation", "proposal", 500, 1, 8),
    Deal("Department store group", "new", "Backpacks", DACH, "lead", "lead", 2_400, 6, 30),
    Deal("Mail order north", "new", "Jackets", NORDICS, "lost", "proposal", 1_000, -1, 25),
    Deal(
        "Youth hostels", "expansion", "Sleeping bags", DACH, "qualified", "qualified", 1_200, 3, 12
    ),
    Deal("Canoe federation", "new", "Backpacks", NORDICS, "qualified", "lead", 350, 4, 18),
    Deal("Dublin sports", "new", "Jackets", UK, "negotiation", "qualified", 450, 0, 15),
    Deal(
        "Online marketplace",
        "expansion",
        "Cookware",
        UK,
        "proposal",
        "proposal",
        4_000,
        1,
        20,
        "Online",
    ),
    Deal(
        "Marketplace DACH",
        "expansion",
        "Backpacks",
        DACH,
        "qualified",
        "qualified",
        1_600,
        3,
        1,
        "Online",
    ),
    Deal("Guides association", "new", "Team wear", NORDICS, "lead", "lead", 300, 5, 22),
    Deal("Ice climbing centre", "new", "Team wear", UK, "qualified", "lead", 180, 3, 28),
    Deal(
        "Army sports school", "new", "Jackets", DACH, "lead", "lead", 1_500, 8, 15, included=False
    ),
    Deal("Glacier hotels", "new", "Cookware", DACH, "qualified", "proposal", 900, -1, 10),
    Deal("Trekking tours", "renewal", "Tents", DACH, "proposal", "qualified", 400, 2, 18),
)


def pipeline(cycle: pd.Period) -> pd.DataFrame:
    """The open deals as the CRM system lists them; one closing date has passed unnoticed."""
    price = _family_price()
    rows = [
        {
            "opportunity": f"OP-{1041 + 3 * number}",
            "account": d.account,
            "type": d.type,
            "family": d.family,
            "region": d.region,
            "channel": d.channel,
            "stage": d.stage,
            "previous_stage": d.previous,
            "quantity": d.quantity,
            "value": round(d.quantity * price[d.family] * DEAL_PRICE, -2),
            "probability": PROBABILITY[d.stage],
            "close_date": _day(cycle, d.month, d.day),
            "included": d.included,
        }
        for number, d in enumerate(DEALS)
    ]
    return pd.DataFrame(rows)


def risks(cycle: pd.Period) -> pd.DataFrame:
    """Five risks and opportunities."""
    columns = [
        "kind",
        "description",
        "family",
        "probability",
        "impact",
        "trigger",
        "mitigation",
        "owner",
        "month",
        "status",
    ]
    rows = [
        (
            "risk",
            "Second taping machine fails in the jacket season",
            "Jackets",
            0.25,
            620_000,
            "Machine hours lost in a week above 40",
            "Service contract, subcontractor on call",
            "Head of production",
            1,
            "open",
        ),
        (
            "risk",
            "Laminate supplier raises prices by 6 %",
            ALL,
            0.4,
            480_000,
            "Index of polyamide yarn",
            "Second source approved by March",
            "Purchasing",
            3,
            "open",
        ),
        (
            "risk",
            "Warm autumn: dealers cancel winter orders",
            "Jackets",
            0.3,
            540_000,
            "Dealer sell-through below 85 % of last year",
            "Order in two lots",
            "Head of sales",
            2,
            "open",
        ),
        (
            "opportunity",
            "Relief agency takes the option on 4,000 sleeping bags",
            "Sleeping bags",
            0.35,
            210_000,
            "Option date in the contract",
            "Reserve down in January",
            "Key accounts",
            4,
            "open",
        ),
        (
            "risk",
            "New packaging law delays shipments to Nordics",
            ALL,
            0.1,
            90_000,
            "Law passed",
            "Labels changed in July",
            "Logistics",
            -2,
            "closed",
        ),
    ]
    frame = pd.DataFrame(rows, columns=columns)
    frame.insert(0, "risk", [f"R-{n:02d}" for n in range(1, len(rows) + 1)])
    frame["due"] = [_day(cycle, month, 15) for month in frame["month"]]
    return frame.drop(columns="month")


def actions(cycle: pd.Period) -> pd.DataFrame:
    """Twelve actions of the last cycles: most are done, some late, some open and overdue."""
    # description, owner, raised in, due (month, day), closed (month, day)
    rows = [
        ("Agree dealer terms for the spring campaign", "Head of sales", -7, (-6, 10), (-6, 8)),
        ("Second shift at seam taping until July", "Head of production", -6, (-5, 15), (-5, 29)),
        ("Qualify a second zip supplier", "Purchasing", -6, (-3, 30), (-2, 12)),
        ("Write off unsold Classic Parka", "Finance", -5, (-4, 20), (-4, 18)),
        ("Clean closing dates in the CRM system", "Head of sales", -4, (-3, 12), (-3, 12)),
        ("Forecast online and retail separately", "Demand planner", -4, (-3, 25), (-3, 20)),
        (
            "Raise target stock of shells before the season",
            "Supply planner",
            -3,
            (-2, 15),
            (-2, 15),
        ),
        ("Buckle supplier: weekly call until stock is back", "Purchasing", -3, (-2, 28), (-1, 9)),
        ("Offer for an additional taping machine", "Head of production", -2, (-1, 15), None),
        ("Plan to run down Classic 60", "Product manager", -2, (-1, 25), None),
        ("Subcontractor for storm shells: capacity and price", "Supply planner", -1, (0, 20), None),
        ("Launch plan for Storm Shell Pro", "Product manager", -1, (1, 15), None),
    ]
    return pd.DataFrame(
        [
            {
                "action": f"A-{number:02d}",
                "description": description,
                "owner": owner,
                "raised": cycle + raised,
                "due": _day(cycle, *due),
                "status": "done" if closed else "open",
                "closed": _day(cycle, *closed) if closed else pd.NaT,
            }
            for number, (description, owner, raised, due, closed) in enumerate(rows, 1)
        ]
    )


def _day(cycle: pd.Period, month: int, day: int) -> pd.Timestamp:
    period = cycle + month
    return period.to_timestamp() + pd.Timedelta(days=min(day, period.days_in_month) - 1)


def _family_price() -> dict[str, float]:
    items = pd.DataFrame(company.ITEMS)
    items["value"] = items["share"] * items["price"]
    sums = items.groupby("family")[["value", "share"]].sum()
    return dict(sums["value"] / sums["share"])
