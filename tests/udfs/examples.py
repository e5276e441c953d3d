"""Arguments that each worksheet function answers, as cells of Excel: at least one example each.

A block of cells is rows of values, a single cell is its value. An argument may be left out at the
end. Every example goes through Excel's door and through Python's.
"""

from __future__ import annotations

import datetime as dt

Cell = float | str | bool | dt.datetime | None
Rows = list[list[Cell]]


def column(*cells: Cell) -> Rows:
    """Cells below each other."""
    return [[cell] for cell in cells]


def row(*cells: Cell) -> Rows:
    """Cells beside each other."""
    return [list(cells)]


ACTUAL = column(90.0, 95.0, 115.0, 100.0, 125.0, 140.0)
FORECAST = column(100.0, 100.0, 100.0, 110.0, 110.0, 110.0)
YEAR = [31.0, 28.0, 35.0, 40.0, 44.0, 52.0, 60.0, 58.0, 47.0, 39.0, 33.0, 29.0]
TWO_YEARS = column(*YEAR, *(1.1 * month for month in YEAR))
MASTER_SCHEDULE = row(None, None, 70.0, None, 70.0, None, 70.0, 70.0)
FORECAST_OF_PUMPS = row(*[30.0] * 4, *[40.0] * 4)
ORDERS_OF_PUMPS = row(33.0, 20.0, 10.0, 4.0, 2.0, None, None, None)

EXAMPLES: dict[str, tuple[object, ...]] = {
    # forecast quality
    "SOP_WMAPE": (ACTUAL, FORECAST),
    "SOP_FCST_ACC": (ACTUAL, FORECAST),
    "SOP_MAPE": (ACTUAL, FORECAST),
    "SOP_MASE": (ACTUAL, FORECAST, row(80.0, 85.0, 99.0, 90.0, 97.0), 2.0),
    "SOP_BIAS": (ACTUAL, FORECAST, "a-f"),
    "SOP_TRACKING": (ACTUAL, FORECAST),
    "SOP_FVA": (column(14.6, 20.0), column(12.3, 21.0)),
    "SOP_FVA_STEPS": (row(100.0, 100.0), [[80.0, 120.0], [90.0, 110.0]]),
    "SOP_FVA_BY": (
        column(100.0, 100.0, 90.0), column(80.0, 90.0, 80.0), column(90.0, 70.0, 80.0),
        column("Ann", "Bob", None),
    ),
    "SOP_WATERFALL": (
        row(100.0, 100.0), [[110.0, 130.0], [None, 90.0]],
        column(dt.datetime(2026, 1, 1), dt.datetime(2026, 2, 1)),
        row(dt.datetime(2026, 1, 1), dt.datetime(2026, 2, 1)),
    ),
    "SOP_CV": (ACTUAL,),
    "SOP_VOLATILITY": (row(110.0, 90.0), row(100.0, 100.0)),
    # portfolio, forecasts and what is laid on top of them
    "SOP_ABCXYZ": ([[80.0, 82.0, 81.0], [1.0, 40.0, 0.0]], column(9.5, 3.0)),
    "SOP_FORECAST": (TWO_YEARS, 6.0, 12.0, "seasonal_naive"),
    "SOP_FORECAST_PI": (TWO_YEARS, 6.0, 0.8, 12.0, "seasonal_naive"),
    "SOP_SMOOTH": (TWO_YEARS, 0.2, 0.1, 0.1, 6.0, None, None, None, 12.0),
    "SOP_METHOD": (TWO_YEARS, 12.0, "seasonal_naive"),
    "SOP_EXPLAIN": (TWO_YEARS, 12.0, "seasonal_naive"),
    "SOP_WPIPELINE": (
        column(1000.0, 400.0, 90.0), column(0.5, 0.25, None),
        column(dt.datetime(2026, 10, 5), dt.datetime(2026, 11, 30), None),
        row(dt.datetime(2026, 10, 1), dt.datetime(2026, 11, 1)),
    ),
    "SOP_CLEAN": (column(*YEAR[:5], 500.0, *YEAR[6:], *YEAR), 1.0, 5.0),
    "SOP_EVENT_LIFT": (row(1600.0, 3000.0, 3200.0, 3800.0), row(0.1, None, None, None), 0.2),
    "SOP_NPI": (TWO_YEARS, 0.5, row(0.3, 0.7, 1.0), 6.0, 2.0),
    "SOP_NETFCST": (column(*[350.0] * 4), column(300.0, 500.0, 280.0, None), 1.0, 1.0),
    # supply and spreading
    "SOP_CAPGAP": (row(176.0, 150.0, None), row(160.0, 160.0, 160.0)),
    "SOP_RCCP": ([[50.0, 40.0], [15.0, 20.0]], [[0.8, 0.4, 2.1], [1.2, 2.5, 3.1]]),
    "SOP_CPOF": ([[33.0, 40.0], [17.0, 13.0]], column(0.95, 1.85), row(0.603, 0.304, 0.093)),
    "SOP_CAPACITY": (column(1.0, 2.0), 1.0, 8.0, column(250.0, 20.0), 1.0, 0.15),
    "SOP_MACHINES": (column(2000.0, 6000.0), column(0.5, 0.7), 1700.0, column(20.0, 30.0),
                     column(0.25, 0.4)),
    "SOP_CUMGAP": (row(140.0, None, 176.0), 160.0),
    "SOP_CAPBAND": (row(80.0, 176.0, 50.0), row(160.0, 160.0, None)),
    "SOP_DEMONSTRATED": (row(90.0, 100.0, 80.0, 120.0, None), 3.0),
    "SOP_PAB": (64.0, MASTER_SCHEDULE, FORECAST_OF_PUMPS, ORDERS_OF_PUMPS),
    "SOP_ATP": (64.0, MASTER_SCHEDULE, ORDERS_OF_PUMPS),
    "SOP_DOS": (75.0, row(60.0, 30.0), row(30.0, 31.0)),
    "SOP_SAFETY": (0.9, column(500.0, 16.0), column(2.0, 5.0), column(0.0, 1.0), 150.0),
    "SOP_SAFETY_FILL": (0.975, 10_000.0, column(500.0, 16.0), column(2.0, 5.0)),
    "SOP_SAFETY_ERR": (0.95, FORECAST, ACTUAL, 2.0),
    "SOP_STOCK_SERVICE": (column(1000.0, 500.0), 707.11, column(10_000.0, 5_000.0)),
    "SOP_REORDER": (column(150.0, 2500.0), column(5.0, 2.0), column(254.0, 1000.0)),
    "SOP_STOCK_TARGET": (column(1000.0, 254.0), column(10_000.0, 600.0)),
    "SOP_EXCESS": (column(100.0, 5.0), [[10.0, 10.0], [3.0, None]], column(20.0, 9.0), 1.0),
    "SOP_RUNOUT": (25.0, row(10.0, 10.0, 10.0), row(None, 3.0, None)),
    "SOP_LEVEL": (column(900.0, 700.0, 800.0), column(22.0, 18.0, 21.0)),
    "SOP_CHASE": (column(900.0, 700.0, 800.0), 100.0, 50.0),
    "SOP_MPS": (64.0, FORECAST_OF_PUMPS, ORDERS_OF_PUMPS, 70.0),
    "SOP_NETREQ": (
        [[200.0, 0.0], [400.0, 600.0]], 0.0, [[None, None], [70.0, None]], 0.0, column(0.0, 1.0),
        column(320.0, 70.0),
    ),
    "SOP_WORKFORCE": (
        [[320.0, 480.0], [160.0, 170.0]], column(2.0, 1.0), 160.0, column(0.0, 0.05), 0.1,
        row(0.5, 1.0),
    ),
    "SOP_AGGPLAN": (
        row(1600.0, 3000.0, 3200.0), column("Regular hours", "holding cost", "opening stock"),
        column(2700.0, 2.0, 1000.0), "Level",
    ),
    "SOP_PLANCOST": (
        row(200.0, 300.0), column("regular cost", "holding cost"), column(2.0, 1.0), 250.0,
    ),
    "SOP_DISAGG": (100.0, row(2.0, 7.0, 7.0, 7.0, 7.0, 1.0), row(*[None] * 5, True), 0.0),
    # service, output and the process
    "SOP_ADHERENCE": (row(95.0, 80.0), row(100.0, 0.0)),
    "SOP_ADHERENCE_ITEM": (column(120.0, 80.0), column(100.0, 100.0)),
    "SOP_OTIF_LINES": (
        column(10.0, 30.0, 10.0), column(*[dt.datetime(2026, 1, 10)] * 3),
        column(dt.datetime(2026, 1, 9), dt.datetime(2026, 1, 12), None), column(10.0, 30.0, None),
        "on time", "units",
    ),
    "SOP_PERFECT": (column(True, 1.0, "x"), column(1.0, 1.0, 0.0), *[column("x", "x", "x")] * 2),
    "SOP_STOCKOUT": (row(0.0, 5.0, 0.0, 9.0), row(4.0, 4.0, 0.0, 4.0)),
    "SOP_SELLTHRU": (column(60.0, 50.0), column(70.0, 100.0), column(10.0, None)),
    "SOP_FLOW": (
        column(dt.datetime(2026, 1, 1), dt.datetime(2026, 1, 1)),
        column(dt.datetime(2026, 1, 2), None), 5.0,
    ),
    "SOP_CADENCE": (
        row(dt.datetime(2026, 1, 5), dt.datetime(2026, 1, 12)), row(dt.datetime(2026, 1, 5), None),
    ),
    "SOP_SCHED_ADH": (row(120.0, 50.0), row(100.0, 100.0)),
    "SOP_SERVICE": (19.0, 20.0),
    "SOP_OTIF": (column(9.0, 7.0), column(12.0, 7.0)),
    "SOP_FILL": (row(120.0, 50.0), row(100.0, 100.0)),
    "SOP_UTIL": (column(80.0, None, 120.0), 100.0),
    "SOP_OEE": (420.0, 373.0, 60.0, 19_271.0, 18_848.0),
    "SOP_CLOSURE": (8.0, 10.0),
    "SOP_MATURITY": (row(3.0, 4.0, 2.0, 4.0), "weakest", "stage"),
    # money
    "SOP_TURNS": (row(100.0, 90.0), row(365.0, 300.0), 10.0),
    "SOP_DIO": (250.0, 1000.0, 365.0),
    "SOP_DSO": (100.0, 1000.0, 365.0),
    "SOP_DPO": (100.0, 1000.0, 365.0),
    "SOP_CCC": (90.0, 90.0, 54.0),
    "SOP_WC": (500.0, 300.0),
    "SOP_OCF_SALES": (120.0, 1000.0),
    "SOP_RATIO": (98.0, 100.0),
    "SOP_ROI": (column(150.0, 90.0), 100.0),
    "SOP_PAYBACK": (column(100.0, 50.0), [[40.0, 40.0, 40.0], [10.0, None, 20.0]]),
    "SOP_DSO_COUNTBACK": (row(120.0, 150.0), row(90.0, 100.0), row(31.0, 28.0)),
    "SOP_DSO_ALERT": (column(40.0, 45.0, 44.0), column(100.0, 120.0, 130.0)),
    "SOP_TRADE_WC": (300.0, 250.0, 150.0),
    "SOP_CASH": (row(100.0, 200.0, 0.0), row(0.5, 0.3, 0.15), row(80.0, 90.0), "receivables"),
    "SOP_PAYRUN": (
        column(70.0, 30.0), column(dt.datetime(2026, 1, 12), dt.datetime(2026, 1, 28)),
        row(dt.datetime(2026, 1, 15), dt.datetime(2026, 1, 31)), "before",
    ),
    "SOP_ROLL": (100.0, row(50.0, 60.0), row(40.0, 70.0), row(0.0, 5.0)),
    "SOP_ROLL_GAP": (100.0, row(110.0, 90.0), row(50.0, 60.0), row(40.0, 70.0)),
    "SOP_TAX": (column(-100.0, 150.0, 200.0), 0.25),
    "SOP_OCF": (row(100.0, 100.0), row(20.0, None), row(250.0, 240.0), 200.0),
    "SOP_HEADROOM": (50.0, row(-100.0, -60.0, 30.0), 100.0),
    "SOP_CASH_ACC": (column(100.0, -80.0), column(90.0, -88.0)),
    "SOP_LEVER_STOCK": (column(100.0, 50.0), column(10.0, 4.0), column(6.0, 3.0), 0.5, 0.3),
    "SOP_LEVER_PRIORITY": (10.0, 8.0, 5.0, 12.0, 6.0, 0.8),
    "SOP_LEVER_MARKETING": (row(100.0, 50.0), -0.19, row(1000.0, 300.0), 0.5, 0.6),
    "SOP_LEVER_SUPPLY": (column(-100.0, 50.0), 6.0, 0.1, column(-20.0, 0.0), 10.0),
    "SOP_LEVER_TIMING": (
        column(100.0, 0.0, 50.0), 10.0, 6.0, 1.0, 0.5, 0.9, "stays", 0.01, "periods",
    ),
    "SOP_PVM": (column(1.2, 0.8), column(50.0, 40.0), column(1.1, 1.0), column(60.0, 50.0)),
    "SOP_BRIDGE": (
        column(1.2, 0.8), column(50.0, 40.0), column(1.1, 1.0), column(60.0, None), 0.5, 0.6,
        1.1, 1.2, "items", 2.0,
    ),
    # calendar and units
    "SOP_FISCAL": (column(dt.datetime(2026, 10, 15), dt.datetime(2027, 1, 3)), 10.0, "4-4-5"),
    "SOP_WORKDAYS": (row(None, dt.datetime(2026, 10, 15)),),
    "SOP_CONVERT": (
        column(None, 3.0), "pallet", "box", column("pcs", "box", "pallet"),
        column(1.0, 12.0, 480.0),
    ),
}  # fmt: skip
"""An example by the name of the function."""
