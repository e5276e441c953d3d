"""Small companies for tests of the whole product: plan folders with every kind of data, or little.

They are quick to plan (three items, seasonal naive forecast) and full of what a real one brings:
deals, events, a budget, resources, people, late orders. Months lie around the cycle 2026-10.
"""

from __future__ import annotations

import math
from collections.abc import Mapping
from pathlib import Path

import pandas as pd

from sop_xl import example, sources, tables
from sop_xl.schema import ALL
from sop_xl.tables.settings import Settings
from tests.planning.rows import rows

CYCLE = pd.Period("2026-10", "M")
MONTHS = pd.period_range("2023-10", "2026-09", freq="M")
SETTINGS = Settings(
    company="Velo & Co", horizon=12, history_shown=12, forecaster="seasonal_naive"
)

PLAIN = {
    "road": "B-100", "city": "B-200", "bell": "P-100", "bikes": "Bikes", "parts": "Parts",
    "north": "North", "south": "South", "shop": "Shop", "web": "Web", "frame": "Frame",
    "paint": "Paint", "team": "Welders", "rent": "Rent", "freight": "Freight",
    "account": "Velo Paris", "other": "Rad Wien", "note": "Strike at the supplier",
    "steel": "M-1", "rim": "M-2", "spoke": "M-3",
}  # fmt: skip
ODD = {
    "road": "007", "city": "0012", "bell": 'Bell "XL"', "bikes": "R&D <Räder>",
    "parts": "O'Neil & Söhne", "north": "Île-de-France", "south": "Süd & 'Rest'", "shop": "100",
    "web": "Web 東京", "frame": "Säge 'A'", "paint": 'Lack "2" & Co', "team": "'Früh'",
    "rent": "+Miete", "freight": "-Fracht & Zoll", "account": "=1+1", "other": "+49 89 1234",
    "note": "@SUM(A1)", "steel": "00123", "rim": "Felge 'A'", "spoke": "Ø <2 mm>",
}  # fmt: skip
"""Names that a spreadsheet may take for numbers, formulas, quotes or markup."""

TABLES = {
    "items": """
        item    name             family   lifecycle  unit  price  cost
        {road}  {account}        {bikes}  active     pcs   400    250
        {city}  City bike        {bikes}  active     pcs   300    200
        {bell}  Bell, "shining"  {parts}  active     pcs   5      2
    """,
    "stock": """
        period   item    region   on_hand  backlog
        2026-08  {road}  {north}  120      0
        2026-08  {city}  {north}  70       5
        2026-08  {bell}  {north}  800      0
        2026-09  {road}  {north}  150      0
        2026-09  {city}  {north}  80       20
        2026-09  {bell}  {north}  900      0
    """,
    "production": """
        period   item    planned  produced
        2026-08  {road}  100      95
        2026-08  {bell}  800      810
        2026-09  {road}  110      110
        2026-09  {bell}  850      830
    """,
    "orders": """
        order  line  item    region   quantity  promised    delivered   delivered_quantity
        1001   1     {road}  {north}  20        2026-09-03  2026-09-03  20
        1001   2     {bell}  {north}  90        2026-09-03  2026-09-09  60
        0010   1     {city}  {south}  15        2026-09-14  2026-09-14  15
    """,
    "families": """
        family   policy         strategy  target_days  stock_method  service_level  lot  review
        {bikes}  make to stock  chase     15           .             0.9            .    14
        {parts}  make to stock  level     20           fill rate     0.98           400  .
    """,
    "resources": """
        resource  machines  hours_per_day  efficiency  planned_loss  cost_per_hour
        {frame}   2         8              0.9         0.1           60
        {paint}   1         8              1           0             40
    """,
    "resource_calendar": """
        resource  period   days  note
        {paint}   2026-12  8     Closed at Christmas
    """,
    "bill_of_resources": """
        item    resource  hours_per_unit
        {road}  {frame}   0.6
        {city}  {frame}   0.5
        {road}  {paint}   0.2
        {bell}  {paint}   0.01
    """,
    "capacity_options": """
        resource  option    hours  cost_per_hour  fixed_cost  lead_time  start    end  note
        {frame}   overtime  60     75             200         1          2026-11  .    {note}
    """,
    "workforce": """
        team       resource  headcount  hours_per_month  cost_per_month  attrition  overtime_share
        {team}     {frame}   3          140              5200            0.02       0.1
        {rim}      {frame}   1          120              .               .          .
        {rent}     .         2          100              4000            .          .
    """,
    "pipeline": """
      opportunity  account    family   region   channel  stage     quantity  probability  close_date
      O-1          {account}  {bikes}  {north}  {shop}   proposal  40        0.5          2026-12-15
      O-2          {other}    {bikes}  {south}  {shop}   lead      90        0.2          2027-02-01
      0003         {other}    {parts}  {south}  {shop}   won       500       1            2026-11-20
    """,
    "events": """
        event  kind       family   region   channel  start    end      uplift  quantity  description
        E-1    promotion  {bikes}  All      All      2026-11  2026-12  0.15    .         {note}
        E-2    one-off    {parts}  {south}  All      2027-03  2027-03  .       300       .
    """,
    "launches": """
        item    region   channel  kind       start    ramp  included  reason
        {city}  {south}  {shop}   phase-out  2027-08  3     no        {note}
    """,
    "finance_lines": """
        line       fixed  share_of_revenue  per_unit  aop
        {freight}  0      0.02              0.5       4000
        {rent}     9000   0                 0         9000
    """,
    "balance": """
      period   revenue  cost_of_sales  operating_cost  current_assets  current_liabilities  payables
      2026-08  60000    38000          11000           250000          120000               30000
      2026-09  64000    40000          11500           260000          110000               31000
    """,
    "cash": """
        period   cash   collections  payments  capital_spending  facility
        2026-08  55000  .            .         1000              .
        2026-09  52000  61000        24000     1000              .
        2026-12  .      .            .         30000             20000
    """,
    "payment_pattern": """
        flow       months  share
        customers  0       0.3
        customers  1       0.5
        customers  2       0.15
        suppliers  1       0.8
        suppliers  2       0.2
    """,
    "materials": """
        component  name     supplier  unit  price  lead_time  multiple  cover  safety_stock  output
        {steel}    Tube     {other}   m     4.5    60         50        1      40            0.9
        {rim}      Wheel    .         pcs   .      20         .         1      .             .
        {spoke}    {note}   {other}   pcs   0.1    95         1000      3      500           .
    """,
    "bill_of_materials": """
        parent   component  quantity  scrap  start    end
        {road}   {steel}    3         0.1    .        .
        {city}   {steel}    3.5       .      .        2027-03
        {bikes}  {rim}      2         .      .        .
        {rim}    {spoke}    32        0.02   2026-12  .
    """,
    "material_stock": """
        component  on_hand
        {steel}    150
        {spoke}    9000
    """,
    "purchase_orders": """
        order  component  quantity  due
        P-1    {steel}    200       2026-11
        P-2    {steel}    100       2026-08
        0007   {spoke}    4000      2027-06
    """,
    "risks": """
        risk  kind         description  family   probability  impact  status
        R-1   risk         {note}       {bikes}  0.2          50000   open
        R-2   opportunity  {account}    {parts}  0.5          8000    open
    """,
    "actions": """
        action  description  owner  raised   due         status  closed
        A-1     {note}       Eve    2026-08  2026-09-20  done    2026-09-18
        A-2     Call them    Bob    2026-09  2026-10-20  open    .
    """,
}  # fmt: skip
SHORT = {
    "bill_of_resources": """
        item    resource  hours_per_unit
        {road}  {frame}   6
        {city}  {frame}   5
        {bell}  {paint}   0.01
    """,
}
"""A bill of resources by which the bikes of a month take twice the hours that there are."""
EARLY = {
    "bill_of_resources": """
        item    resource  hours_per_unit  offset
        {road}  {frame}   0.4             0
        {road}  {frame}   0.2             2
        {city}  {frame}   0.5             1
        {bell}  {paint}   0.01            1
    """,
}
"""A bill of resources by which work comes up to two months before completion."""
_DEMAND = {"road": 60.0, "city": 40.0, "bell": 500.0}
_PRICE = {"road": 400.0, "city": 300.0, "bell": 5.0}


def make(
    folder: Path,
    settings: Settings = SETTINGS,
    names: Mapping[str, str] = PLAIN,
    *,
    bare: bool = False,
    instead: Mapping[str, str] = {},
) -> Path:
    """Make a plan folder.

    Args:
        folder: A new folder.
        settings: Its settings; the data name regions and channels as far as the level has them.
        names: How things are called.
        bare: Nothing is delivered but items and actuals.
        instead: Tables that take the place of those in ``TABLES``.
    """
    level = settings.planning_level
    called = dict(names)
    for name in ("north", "south", "shop", "web"):
        if ("region" if name in ("north", "south") else "channel") not in level:
            called[name] = ALL
    planned = dict(called)
    if level[0] == "item":  # then every item is a family of its own
        planned |= {"bikes": called["road"], "parts": called["bell"]}
    declared = tables.inputs(settings.level)
    frames = {
        name: rows(declared[name].inputs, text.format(**(called if name == "items" else planned)))
        for name, text in (TABLES | dict(instead)).items()
        if name == "items" or not bare
    }
    frames["actuals"] = _actuals(called)
    if not bare:
        frames["aop"] = _budget(planned)
    sources.init(folder, settings)
    example.to_csv(frames, folder / "data")
    return folder


def _actuals(called: Mapping[str, str]) -> pd.DataFrame:
    """Three years of demand with a season, shipped as ordered."""
    places = {
        (called[region], called[channel]): share * part
        for region, share in (("north", 0.6), ("south", 0.4))
        for channel, part in (("shop", 0.75), ("web", 0.25))
    }
    records = []
    for at, period in enumerate(MONTHS):
        season = (1 + 0.3 * math.sin(2 * math.pi * period.month / 12)) * (1 + 0.002 * at)
        for item, usual in _DEMAND.items():
            total = usual / sum(places.values())
            for (region, channel), share in places.items():
                orders = round(total * season * share)
                revenue = orders * _PRICE[item]
                records.append((period, called[item], region, channel, orders, orders, revenue))
    columns = ["period", "item", "region", "channel", "orders", "shipments", "revenue"]
    frame = pd.DataFrame(records, columns=columns)
    return frame.assign(returns=None, cost_of_sales=None, stock_out=False, promotion=False, unit="")


def _budget(called: Mapping[str, str]) -> pd.DataFrame:
    """Two fiscal years a little above what the history says."""
    monthly = {"bikes": (110.0, 38_000.0, 24_000.0), "parts": (520.0, 2_600.0, 1000.0)}
    records = [
        (period, called[family], region, called["shop"], quantity / 2, revenue / 2, cost / 2)
        for period in pd.period_range("2026-01", "2027-12", freq="M")
        for family, (quantity, revenue, cost) in monthly.items()
        for region in dict.fromkeys((called["north"], called["south"]))
    ]
    columns = ["period", "family", "region", "channel", "quantity", "revenue", "cost_of_sales"]
    return pd.DataFrame(records, columns=columns)
