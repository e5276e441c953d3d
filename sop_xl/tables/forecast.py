"""Step 2, demand planning: what is kept and shown of each block's forecast."""

from __future__ import annotations

from sop_xl.schema import VALUES, Column, Grid, Measure, Role, Table, Unit

KEY, OUTPUT = Role.KEY, Role.OUTPUT

RANKS = 4
"""Methods of each block that the book shows, those with the largest weights first."""
ORIGINS = 3
"""Earlier origins of the backtest that the book shows."""
MOST_BLOCKS = 60
"""Blocks of which methods and backtest stand in the book; of all of them, if there are no more."""

_DETAIL = (
    Measure("cleaned", "Cleaned history", past=VALUES,
            help="What the forecast is made from: see the sheet Data_Cleansing."),
    Measure("low_95", "Range low, 95 %", plan=VALUES,
            help="In 95 of 100 cases demand is between this and the next line."),
    Measure("high_95", "Range high, 95 %", plan=VALUES, help="Upper end of that range."),
    Measure("last_year", "Last year's pattern", plan=VALUES,
            help="The same months of the last twelve, again and again."),
    *(
        Measure(f"candidate_{rank}", f"Method {rank}", plan=VALUES,
                help=f"Forecast of the method that stands in place {rank} of the list of methods.")
        for rank in range(1, RANKS + 1)
    ),
    Measure("others", "Other methods, their part", plan=VALUES,
            help="Forecasts of all methods that are not shown, each times its weight. The methods "
                 "above times their weights, this row and the next sum to the baseline."),
    Measure("agreement", "Moved to agree with totals", plan=VALUES,
            help="By how much the baseline was moved to agree with family and company, and what is "
                 "cut off below zero."),
    *(
        Measure(f"backtest_{at}", f"Backtest {at}", past=VALUES, sparse="blank",
                help="What would have been forecast from what was known before the first month "
                     "shown.")
        for at in range(1, ORIGINS + 1)
    ),
)  # fmt: skip

FORECAST_DETAIL = Grid(
    "forecast_detail",
    "Forecast in detail",
    (),
    _DETAIL,
    help="What the sheet Forecast shows beside the demand plan, for each block.",
    at_level=True,
)


def _of_block(measure: Measure) -> Measure:
    """A measure of the detail as the sheet Forecast shows it."""
    past, plan = (
        f"{{forecast_detail.{measure.name}@block}}" if text else text
        for text in (measure.past, measure.plan)
    )
    return Measure(measure.name, measure.label, past=past, plan=plan, help=measure.help,
                   sparse=measure.sparse)  # fmt: skip


FORECAST_VIEW = Grid(
    "forecast_view",
    "Forecast of the chosen block",
    (),
    (
        Measure("actual", "Actual demand", past="{demand_plan.actual@block}", total="sum",
                help="Quantity ordered."),
        _of_block(_DETAIL[0]),
        Measure("baseline", "Baseline forecast", plan="{demand_plan.baseline@block}", total="sum",
                strong=True, end="middle", help="As on Demand_Plan."),
        Measure("lifecycle", "± Launches, phase-outs", plan="{demand_plan.lifecycle@block}",
                total="sum", help="As on Demand_Plan: what comes on top of the baseline."),
        Measure("followed", "With launches, phase-outs", plan="{baseline}+{lifecycle}",
                total="sum", help="Baseline + launches, phase-outs."),
        Measure("low", "Range low", past="{actual}", plan="{demand_plan.low@block}", end="low",
                help="As on Demand_Plan; in closed months what was ordered, for the chart."),
        Measure("high", "Range high", past="{actual}", plan="{demand_plan.high@block}", end="high",
                help="As on Demand_Plan; in closed months what was ordered, for the chart."),
        Measure("band", "Range width", past="{high}-{low}", plan="{high}-{low}",
                help="Range high - range low."),
        *map(_of_block, _DETAIL[1:]),
    ),
    help="History, baseline with its ranges, the methods it is made of and their backtest.",
)

VIEW_BLOCKS = Table(
    "view_blocks",
    "Blocks to choose",
    (Column("block", "Show block", role=OUTPUT, help="What the sheet Forecast can show."),),
    help="Choices of the sheet Forecast.",
    at_level=True,
)

VIEW_METHODS = Table(
    "view_methods",
    "Methods to choose",
    (
        Column("label", "Method", role=OUTPUT, help="The method in words."),
        Column("method", "Name", role=OUTPUT, help="Its name, in files and settings."),
        Column("about", "What it does", role=OUTPUT, help="How it comes to its forecast."),
    ),
    help="Choices of the list Forecast methods.",
)

FORECAST_BLOCKS = Table(
    "forecast_blocks",
    "Forecast by block",
    (
        Column("block", "Block", role=OUTPUT, help="Its keys in one text."),
        Column("last_baseline", "Last cycle's baseline", Unit.QUANTITY, OUTPUT,
               "Baseline of the cycle before, over the plan months that both cover."),
        Column("baseline", "Baseline", Unit.QUANTITY, OUTPUT,
               "Baseline over the same months; over all plan months where there is none before."),
        Column("change", "Change", Unit.QUANTITY, OUTPUT, "Baseline - last cycle's baseline."),
        Column("change_share", "Change %", Unit.PERCENT, OUTPUT,
               "Change / last cycle's baseline."),
        Column("why", "What changed", role=OUTPUT,
               help="What came since, against the last forecasts, and how the weights moved."),
        Column("champion", "Champion", role=OUTPUT,
               help="What makes the baseline: the methods with their weights."),
        Column("error", "Backtest error", Unit.PERCENT, OUTPUT,
               "Weighted error (WMAPE) of the champion at earlier origins, against the cleaned "
               "history of today and with the weights of today, which have seen these months: "
               "sop-xl backtest says how the plan would have done without."),
        Column("last_champion", "Last cycle's champion", role=OUTPUT,
               help="What made the baseline of the cycle before."),
        Column("last_error", "Its error", Unit.PERCENT, OUTPUT,
               "Backtest error of that champion in its cycle."),
        Column("challenger", "Best challenger", role=OUTPUT,
               help="The single method with the lowest backtest error."),
        Column("challenger_error", "Challenger's error", Unit.PERCENT, OUTPUT,
               "Backtest error of the best challenger."),
        Column("reference", "Last year's pattern", Unit.PERCENT, OUTPUT,
               "Backtest error of taking the same months of the year before."),
        Column("demand", "Demand", role=OUTPUT,
               help="Length of the history, trend, season, and months that were corrected."),
        Column("reason", "Why this forecast", role=OUTPUT,
               help="Kind of demand, methods with their weights, and their test."),
    ),
    help="The baseline of each block against that of the cycle before, the largest change first.",
    at_level=True,
    as_issued=True,
)

CHAMPION, LAST_YEAR = "champion", "last_year"
"""Names under which the forecast of the plan, and last year's pattern, stand among the methods."""

FORECAST_METHODS = Table(
    "forecast_methods",
    "Methods by block",
    (
        Column("method", "Method", role=KEY,
               help=f"Name of a method; {CHAMPION} for what the plan took of them, {LAST_YEAR} for "
                    "last year's pattern."),
        Column("weight", "Weight", Unit.PERCENT, OUTPUT, "Share of the method in the baseline."),
        Column("error", "Backtest error", Unit.PERCENT, OUTPUT,
               "Weighted error (WMAPE) at earlier origins; empty where it was not tested."),
    ),
    help="Champion and challengers of each block; the store keeps them for every cycle.",
    at_level=True,
)

LAG_ACCURACY = Table(
    "lag_accuracy",
    "Accuracy of the plans",
    (
        Column("family", "Family", role=KEY, help="Product family, or all of them."),
        Column("lag", "Cycles ahead", Unit.COUNT, KEY,
               help="Cycles between the plan and the month: 1 for the cycle before the month."),
        Column("months", "Months", Unit.COUNT, OUTPUT,
               "Closed months for which such a plan is known."),
        Column("demand", "Demand", Unit.QUANTITY, OUTPUT, "Quantity ordered in them."),
        Column("consensus_error", "Consensus error", Unit.PERCENT, OUTPUT,
               "Sum of |consensus - actual| over blocks and months / sum of actual (WMAPE)."),
        Column("accuracy", "Forecast accuracy", Unit.PERCENT, OUTPUT, "1 - consensus error.",
               formula='IF(ISNUMBER({consensus_error}),MAX(0,1-{consensus_error}),"")'),
        Column("consensus_bias", "Consensus bias", Unit.PERCENT, OUTPUT,
               "Sum of consensus / sum of actual - 1; positive is over-forecast."),
        Column("tracking", "Tracking signal", Unit.RATIO, OUTPUT,
               "Sum of the monthly errors of the consensus / mean of their absolute values; "
               "positive is over-forecast."),
        Column("control", "In control", role=OUTPUT, alert="status",
               formula='IF(ISNUMBER({tracking}),IF(ABS({tracking})<=4,"● in control",'
                       'IF({tracking}>0,"▲ too high","▲ too low")),"")',
               help="● where the tracking signal is between -4 and 4 (Heizer and Render)."),
        Column("baseline_error", "Baseline error", Unit.PERCENT, OUTPUT,
               "The same of the statistical baseline."),
        Column("baseline_bias", "Baseline bias", Unit.PERCENT, OUTPUT,
               "The same of the statistical baseline."),
        Column("added", "Added value", Unit.PERCENT, OUTPUT,
               "Baseline error - consensus error where both plans are known: positive where people "
               "made it better."),
    ),
    help="How good the plans of earlier cycles were for the closed months shown, measured block by "
         "block so that errors do not cancel out.",
    as_issued=True,
)  # fmt: skip
