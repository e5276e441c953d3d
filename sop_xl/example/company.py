"""What is fixed about the example company: what it sells, where, and what it makes it with.

Quantities are in pieces, money in euros. Everything dated is relative to the cycle, so that the
company looks the same in any month it is made for.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import NamedTuple

from sop_xl.schema import ALL
from sop_xl.tables.settings import Settings

REGIONS = ("DACH", "Nordics", "UK & Ireland")
CHANNELS = ("Retail", "Online")

SEASON_STRENGTH = {"DACH": 1.0, "Nordics": 0.85, "UK & Ireland": 0.9}
"""Exponent on the family's seasonal factors."""
REGION_PRICE = {"DACH": 1.0, "Nordics": 1.04, "UK & Ireland": 0.97}
CHANNEL_PRICE = {"Retail": 0.93, "Online": 1.15}
"""Net price against the item's average price."""
RETURN_RATE = {"Retail": 0.008, "Online": 0.055}
"""Share of the shipments of a month that come back; they are blocked, not put on stock again."""

PRICE_RISE, COST_RISE = 0.025, 0.02
"""Each January: what list prices and standard costs go up by."""


@dataclass(frozen=True, slots=True)
class Family:
    """How a family sells and how it is planned."""

    name: str
    annual_quantity: float
    growth: float
    """A year."""
    season: tuple[float, ...]
    """January to December, mean about 1."""
    regions: tuple[float, float, float]
    online: float
    """Share of the online channel in the year of the cycle."""
    target_days: float
    budget_optimism: float
    policy: str = "make to stock"
    strategy: str = "chase"
    priority: float = 2


class Stocking(NamedTuple):
    """What a family says of its safety and cycle stock; None where the setting holds."""

    service_level: float | None = None
    lead_time_sigma: float | None = None
    lot: float | None = None


STOCKING = {
    "Backpacks": Stocking(lead_time_sigma=6),
    "Cookware": Stocking(0.97, 4, 15_000),
    "Jackets": Stocking(0.98, 8),
    "Sleeping bags": Stocking(lead_time_sigma=8),
    "Tents": Stocking(0.97, 9),
}

FAMILIES = (
    Family(
        "Backpacks",
        158_000,
        0.03,
        (0.78, 0.82, 1.0, 1.1, 1.13, 1.13, 1.14, 1.1, 1.05, 0.92, 0.91, 0.92),
        (0.48, 0.22, 0.30),
        0.34,
        75,
        0.06,
    ),
    Family(
        "Cookware",
        184_000,
        0.01,
        (0.72, 0.78, 0.92, 1.08, 1.22, 1.26, 1.18, 0.95, 0.82, 0.84, 1.05, 1.18),
        (0.44, 0.26, 0.30),
        0.42,
        95,
        0.06,
        strategy="level",
    ),
    Family(
        "Jackets",
        126_000,
        0.05,
        (0.96, 0.80, 0.72, 0.66, 0.62, 0.60, 0.66, 0.90, 1.26, 1.62, 1.76, 1.44),
        (0.52, 0.25, 0.23),
        0.36,
        50,
        0.09,
    ),
    Family(
        "Sleeping bags",
        84_000,
        0.02,
        (0.74, 0.80, 0.96, 1.14, 1.26, 1.26, 1.14, 0.92, 0.90, 0.90, 0.95, 1.03),
        (0.42, 0.33, 0.25),
        0.31,
        85,
        0.07,
    ),
    Family(
        "Team wear",
        40_000,
        0.04,
        (1.12, 0.92, 0.84, 0.92, 1.0, 0.98, 0.90, 0.86, 1.14, 1.28, 1.10, 0.94),
        (0.58, 0.24, 0.18),
        0.08,
        0,
        0.07,
        policy="make to order",
        priority=1,
    ),
    Family(
        "Tents",
        72_000,
        0.02,
        (0.52, 0.66, 0.96, 1.30, 1.62, 1.64, 1.36, 0.96, 0.80, 0.68, 0.68, 0.82),
        (0.46, 0.28, 0.26),
        0.38,
        55,
        0.10,
    ),
)


class Item(NamedTuple):
    """A line of the item master; months count from the first plan month of the cycle."""

    item: str
    name: str
    family: str
    share: float
    """Weight in the volume of the family."""
    price: float
    margin: float
    work: float = 1.0
    """Hours against the family's standard."""
    taping: float = 0.0
    """Hours at the seam taping machines for one piece."""
    filling: float = 0.0
    lead_time: float = 45.0
    launch: int | None = None
    end: int | None = None
    """Last month of sale."""
    like: str = ""
    box: int = 1
    """Pieces in the unit in which its output is counted."""


# fmt: off
ITEMS = (
    Item("BP-201", "City 18", "Backpacks", 20, 62, .44, .75, lead_time=40),
    Item("BP-202", "Day 25", "Backpacks", 22, 79, .43, .85, lead_time=40),
    Item("BP-203", "Hike 32", "Backpacks", 18, 98, .42, 1.0),
    Item("BP-204", "Trek 50", "Backpacks", 12, 135, .41, 1.3),
    Item("BP-205", "Trek 65", "Backpacks", 8, 158, .41, 1.45),
    Item("BP-206", "Classic 60", "Backpacks", 6, 129, .34, 1.4, end=2),
    Item("BP-207", "Ski Tour 28", "Backpacks", 7, 112, .42, 1.1, lead_time=50),
    Item("BP-208", "Kids 12", "Backpacks", 7, 42, .38, .6, lead_time=40),
    Item("CW-501", "Pot set solo", "Cookware", 18, 34, .40, 1.0, lead_time=30),
    Item("CW-502", "Pot set duo", "Cookware", 20, 49, .41, 1.3, lead_time=30),
    Item("CW-503", "Pan 20 cm", "Cookware", 14, 27, .38, .8, lead_time=30),
    Item("CW-504", "Gas stove compact", "Cookware", 13, 58, .42, 1.4, lead_time=60),
    Item("CW-505", "Titanium mug", "Cookware", 14, 29, .45, .7, lead_time=60),
    Item("CW-506", "Cutlery set", "Cookware", 12, 14, .39, .4, lead_time=30, box=6),
    Item("CW-507", "Kettle 1 l", "Cookware", 9, 31, .40, .9, lead_time=30),
    Item("JA-301", "Rain Shell men", "Jackets", 17, 129, .43, .9, .18),
    Item("JA-302", "Rain Shell women", "Jackets", 18, 129, .43, .9, .18),
    Item("JA-303", "Storm Shell men", "Jackets", 11, 219, .44, 1.25, .27),
    Item("JA-304", "Storm Shell women", "Jackets", 10, 219, .44, 1.25, .27),
    Item("JA-305", "Down Hoody men", "Jackets", 12, 189, .42, 1.1, filling=.22, lead_time=60),
    Item("JA-306", "Down Hoody women", "Jackets", 13, 189, .42, 1.1, filling=.22, lead_time=60),
    Item("JA-307", "Softshell", "Jackets", 11, 109, .41, .8),
    Item("JA-308", "Kids Rain Jacket", "Jackets", 8, 64, .37, .7, .11),
    Item("JA-309", "Classic Parka", "Jackets", 6, 175, .30, 1.2, .14, end=-10),
    Item("JA-310", "Storm Shell Pro", "Jackets", 5, 289, .46, 1.4, .31, launch=4, like="JA-303"),
    Item("SB-401", "Summer +15", "Sleeping bags", 22, 69, .41, .7, filling=.18),
    Item("SB-402", "Three Season +5", "Sleeping bags", 28, 109, .42, 1.0, filling=.28),
    Item("SB-403", "Three Season +5 long", "Sleeping bags", 14, 119, .42, 1.05, filling=.31),
    Item("SB-404", "Winter -10", "Sleeping bags", 16, 169, .43, 1.2, filling=.40, lead_time=60),
    Item("SB-405", "Expedition -25", "Sleeping bags", 7, 329, .46, 1.6, filling=.60, lead_time=75),
    Item("SB-406", "Kids +5", "Sleeping bags", 13, 59, .36, .75, filling=.18),
    Item("TW-601", "Ski school jacket", "Team wear", 34, 139, .39, 1.1, .05, lead_time=28),
    Item("TW-602", "Mountain rescue shell", "Team wear", 18, 249, .41, 1.5, .20, lead_time=35),
    Item("TW-603", "Guide softshell", "Team wear", 22, 119, .38, .9, lead_time=28),
    Item("TW-604", "Club fleece", "Team wear", 26, 59, .36, .6, lead_time=21),
    Item("TE-101", "Solo Trek 1", "Tents", 13, 149, .42, .7, .09),
    Item("TE-102", "Duo Trek 2", "Tents", 22, 199, .42, .9, .12),
    Item("TE-103", "Trio Trek 3", "Tents", 14, 259, .42, 1.05, .14),
    Item("TE-104", "Family Dome 4", "Tents", 17, 229, .38, 1.15, .16),
    Item("TE-105", "Family Tunnel 5", "Tents", 10, 379, .40, 1.6, .22),
    Item("TE-106", "Alpine Storm 2", "Tents", 7, 449, .45, 1.5, .24, lead_time=60),
    Item("TE-107", "Beach Shelter", "Tents", 17, 59, .36, .4, .04, lead_time=30),
    Item("TE-108", "Featherlight 2", "Tents", 10, 319, .44, 1.1, .16, launch=-4, like="TE-102"),
)
# fmt: on
FADE_MONTHS = 16
"""Months over which the demand of an item that is phased out falls away."""
RAMP = (0.35, 0.6, 0.8, 0.95)
"""Share of its final demand that a new item has in its first months."""


class Resource(NamedTuple):
    """A work centre with its machines and the team that runs them."""

    resource: str
    name: str
    machines: float
    hours_per_day: float
    efficiency: float
    planned_loss: float
    cost_per_hour: float
    team: str
    headcount: float
    cost_per_month: float
    hiring_cost: float | None = None
    layoff_cost: float | None = None
    """Of one person; sewers and metal workers stay by agreement with the works council."""


# fmt: off
RESOURCES = (
    Resource("Cutting", "Automatic cutting tables", 18, 15.5, .92, .06, 38,
             "Cutters", 38, 3_600, 2_000, 9_000),
    Resource("Filling", "Down and fibre filling", 12, 15.5, .90, .06, 36,
             "Fillers", 24, 3_400, 1_800, 7_000),
    Resource("Metal forming", "Presses and spinning lathes", 6, 15.5, .90, .10, 55,
             "Metal workers", 12, 4_100),
    Resource("Packing", "Inspection and packing", 20, 7.75, .95, .04, 28,
             "Packers", 22, 3_100, 900, 1_500),
    Resource("Seam taping", "Hot-air seam taping machines", 10, 15.5, .88, .10, 45,
             "Tape operators", 23, 3_700, 4_500),
    Resource("Sewing", "Sewing stations", 116, 15.5, .88, .08, 34, "Sewers", 230, 3_300),
)
# fmt: on
BOTTLENECK = "Seam taping"


class CapacityOption(NamedTuple):
    """What gives a resource more hours; months count from the first plan month of the cycle."""

    resource: str
    option: str
    hours: float
    cost_per_hour: float
    fixed_cost: float = 0.0
    lead_time: int = 0
    start: int | None = None
    end: int | None = None
    note: str = ""


CAPACITY_OPTIONS = (
    CapacityOption("Seam taping", "overtime", 260, 52,
                   note="Two hours a day; the works council agrees each quarter"),
    CapacityOption("Seam taping", "extra shift", 520, 46, 4_500, 2,
                   note="Saturday shift with six operators on loan from sewing"),
    CapacityOption("Seam taping", "subcontract", 700, 71, 2_500, 3, end=17,
                   note="Taping partner in Bohemia, framework contract of eighteen months"),
    CapacityOption("Sewing", "overtime", 2_400, 41, note="As for taping"),
    CapacityOption("Sewing", "subcontract", 4_000, 47, 6_000, 4,
                   note="Sewing partner; its first samples take a month"),
    CapacityOption("Cutting", "overtime", 420, 45),
    CapacityOption("Filling", "overtime", 280, 43),
    CapacityOption("Filling", "extra shift", 400, 48, 3_000, 2, note="Saturday shift"),
    CapacityOption("Metal forming", "overtime", 140, 66),
    CapacityOption("Packing", "overtime", 320, 33),
    CapacityOption("Packing", "subcontract", 900, 39, 0, 1, note="Packing service, by the hour"),
)


class Staffing(NamedTuple):
    """How people of a team come and go."""

    attrition: float
    """A month."""
    ramp: float
    overtime_share: float
    hire_time: float


STAFFING = {
    "Cutters": Staffing(.004, 1, .08, 1),
    "Fillers": Staffing(.005, 1, .08, 1),
    "Metal workers": Staffing(.003, 2, .10, 2),
    "Packers": Staffing(.008, 0, .10, 1),
    "Tape operators": Staffing(.006, 3, .12, 2),
    "Sewers": Staffing(.007, 3, .08, 2),
}  # fmt: skip
HOURS_PER_MONTH = 138.0

HOURS = {
    "Backpacks": {"Cutting": 0.085, "Sewing": 0.52, "Packing": 0.04},
    "Cookware": {"Metal forming": 0.085, "Packing": 0.03},
    "Jackets": {"Cutting": 0.115, "Sewing": 0.78, "Packing": 0.04},
    "Sleeping bags": {"Cutting": 0.07, "Sewing": 0.36, "Packing": 0.06},
    "Team wear": {"Cutting": 0.12, "Sewing": 0.70, "Packing": 0.05},
    "Tents": {"Cutting": 0.12, "Sewing": 0.52, "Packing": 0.07},
}
"""Standard hours for one piece; taping and filling differ by item."""

CLOSED_DAYS = {8: (4, "Summer shutdown"), 12: (3, "Christmas")}
"""Working days that the plant is closed, by month of the year."""


class Promotion(NamedTuple):
    """An event: ``year`` counts from the year of the cycle."""

    name: str
    kind: str
    family: str
    region: str
    year: int
    month: int
    months: int
    uplift: float
    quantity: float = 0.0
    cause: str = ""
    included: bool = True


FORWARD_BUYING = 0.4
"""Part of a promotion's uplift that the month after it loses."""

# fmt: off
EVENTS = (
    Promotion("Black Week", "promotion", "Jackets", ALL, -3, 11, 1, .18, cause="20 % off online"),
    Promotion("Spring tent weeks", "promotion", "Tents", ALL, -2, 5, 1, .20,
              cause="Campaign with the three largest dealers"),
    Promotion("Back to school", "promotion", "Backpacks", "DACH", -2, 9, 1, .18,
              cause="Bundle with a bottle"),
    Promotion("Outlet weeks", "promotion", "Sleeping bags", "UK & Ireland", -1, 3, 1, .25,
              cause="Clearing of the winter range"),
    Promotion("Jamboree", "one-off", "Sleeping bags", "UK & Ireland", -1, 6, 1, 0.0, 1_500,
              cause="One order of the scout association"),
    Promotion("Grill and camp", "promotion", "Cookware", ALL, -1, 6, 1, .20,
              cause="Dealer leaflet"),
    Promotion("Black Week", "promotion", "Jackets", ALL, -1, 11, 1, .20, cause="20 % off online"),
    Promotion("Dealer days", "promotion", "Tents", "DACH", 0, 4, 1, .18,
              cause="Pre-season terms for dealers"),
    Promotion("Summer hike", "promotion", "Backpacks", "Nordics", 0, 8, 1, .22,
              cause="Campaign with the hiking association"),
    Promotion("Black Week", "promotion", "Jackets", ALL, 0, 11, 1, .15, cause="15 % off online"),
    Promotion("Price list", "price change", "Jackets", ALL, 1, 2, 11, -.015,
              cause="List price up by 3 % in February"),
    Promotion("Outlet weeks", "promotion", "Sleeping bags", "UK & Ireland", 1, 3, 1, .20,
              cause="Clearing of the winter range"),
    Promotion("Spring tent weeks", "promotion", "Tents", ALL, 1, 5, 1, .15,
              cause="Campaign with the three largest dealers"),
    Promotion("Jamboree", "one-off", "Backpacks", "DACH", 1, 6, 1, 0.0, 1_800,
              cause="One order of the scout association"),
    Promotion("Summer sale", "promotion", "Cookware", ALL, 1, 7, 1, .10,
              cause="Proposed by marketing, not agreed", included=False),
)
# fmt: on


class Launch(NamedTuple):
    """A row of the list of launches; ``start`` counts months from the cycle."""

    item: str
    kind: str
    start: int
    curve: str = ""
    ramp: int | None = None
    like: str = ""
    share: float = 1.0
    takes_from: str = ""
    taken: float = 0.0
    reason: str = ""


LAUNCHES = (
    Launch("JA-310", "launch", 4, "35% 60% 80% 95% 100%", like="JA-303", share=0.45,
           takes_from="JA-303", taken=0.15, reason="Approved in the product review"),
    Launch("BP-206", "phase-out", 0, ramp=4, reason="Replaced by the trekking range"),
)  # fmt: skip

INCIDENTS = (
    ("TE-104", -29, 3, 0.05),  # poles out of specification
    ("BP-204", -26, 4, 0.05),  # frame supplier insolvent
    ("JA-305", -25, 4, 0.10),  # down delayed at the border
    ("TE-", -17, 2, 0.55),  # laminate late
    ("SB-402", -17, 4, 0.10),  # zips missing
    ("JA-30", -12, 2, 0.60),  # laminate late
    ("TE-10", -6, 3, 0.62),  # two taping machines down in the season
    ("JA-303", -5, 3, 0.05),  # laminate rationed
    ("BP-203", -4, 2, 0.05),  # buckles missing
)
"""Items by the beginning of their number, first month from the cycle, months, share of the plan
that was made."""

TYPING_ERROR = ("TW-601", "Nordics", "Retail", -20, 10)
"""Item, region, channel, month from the cycle, and times that its orders are on record."""
SHIPPED_AS_ORDERED = ("SB-402", "Online", -17, 4)
"""Item and channel, first month from the cycle, months: out of stock, and the web shop has reported
no more orders than it could ship."""


class CostLine(NamedTuple):
    """An operating cost: so much a month, a share of revenue, so much for each piece shipped."""

    line: str
    fixed: float
    share_of_revenue: float
    per_unit: float
    kind: str = "operating"


FINANCE_LINES = (
    CostLine("Personnel", 610_000.0, 0.0, 0.0),
    CostLine("Marketing", 60_000.0, 0.045, 0.0),
    CostLine("Freight and logistics", 35_000.0, 0.028, 0.55),
    CostLine("Sales commission", 0.0, 0.03, 0.0),
    CostLine("Rent and energy", 195_000.0, 0.0, 0.0),
    CostLine("IT and administration", 85_000.0, 0.0, 0.0),
    CostLine("Depreciation", 85_000.0, 0.0, 0.0, "depreciation"),
)

SETTINGS = Settings(
    company="Alpine Outdoor GmbH",
    currency="EUR",
    base_unit="pcs",
    business_type="manufacturing",
    target_days=50.0,
    catch_up=9,
    purchased_share=0.6,
    facility=4_000_000.0,
    cash_reserve=1_500_000.0,
    target_forecast_accuracy=0.90,
    target_inventory_turns=7.0,
    target_customer_service=0.97,
    target_otif=0.92,
    target_capacity_utilisation=0.80,
    target_working_capital=15_000_000.0,
    target_demand_volatility=0.05,
)
