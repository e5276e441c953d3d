"""Step 2, demand planning: history and events in, consensus demand out."""

from __future__ import annotations

from sop_xl.schema import VALUES, Column, Grid, Measure, Role, Table, Unit

TOP_DOWN = "top-down target"
"""The reason that *Spread targets* gives; by it a later press knows its own numbers."""
REASONS = (
    "promotion", "new customer", "lost customer", "price change", "new product", "phase-out",
    "market trend", "stock-out corrected", "one-off order", "management decision", TOP_DOWN,
    "other",
)

OPTIONAL = Role.OPTIONAL

DEMAND_PLAN = Grid(
    "demand_plan",
    "Demand plan",
    (),
    (
        Measure("actual", "Actual demand", past=VALUES, total="sum",
                help="Quantity ordered, from the sheet Data_Actuals."),
        Measure("cleaned", "Cleaned history", past=VALUES, detail=True,
                help="What the forecast is made from, where it is not the actual demand: see the "
                     "sheet Data_Cleansing."),
        Measure("baseline", "Baseline forecast", plan=VALUES, total="sum", end="middle",
                help="Statistical forecast, written by the demand step."),
        Measure("low", "Range low", plan=VALUES, detail=True, end="low",
                help="Lower end of the prediction range around the baseline."),
        Measure("high", "Range high", plan=VALUES, detail=True, end="high",
                help="Upper end of the prediction range around the baseline."),
        Measure("pipeline", "+ Pipeline", plan="{pipeline.weighted_quantity@sum}", total="sum",
                help="Weighted quantity of open deals that the baseline does not know."),
        Measure("events", "+ Events", total="sum",
                plan="{baseline}*SUMPRODUCT({events.uplift@column}*{events@match})"
                     "+SUMPRODUCT({events.quantity@column}*{events@match})",
                help="Promotions, price changes, one-offs: uplift on the baseline + quantity."),
        Measure("lifecycle", "± Launches, phase-outs", plan=VALUES, total="sum",
                help="What launches, phase-outs and ends of life change against the baseline;"
                     " written by the demand step."),
        Measure("sales_adjustment", "± Sales", role=OPTIONAL, plan=VALUES, total="sum",
                help="What sales adds or takes away. Give a reason."),
        Measure("marketing_adjustment", "± Marketing", role=OPTIONAL, plan=VALUES, total="sum",
                help="What marketing adds or takes away. Give a reason."),
        Measure("finance_adjustment", "± Finance", role=OPTIONAL, plan=VALUES, total="sum",
                help="What finance adds or takes away. Give a reason."),
        Measure("fixed", "Fixed consensus", role=OPTIONAL, plan=VALUES, minimum=0,
                help="A number that replaces all layers above. Give a reason."),
        Measure("reason", "Reason", Unit.TEXT, OPTIONAL, plan=VALUES, choices=REASONS,
                help="Why the plan differs from the baseline."),
        Measure("consensus", "Consensus demand", total="sum", strong=True,
                plan="IF(ISNUMBER({fixed}),{fixed},MAX(0,SUM({baseline},{pipeline},{events},"
                     "{lifecycle},{sales_adjustment},{marketing_adjustment},{finance_adjustment})))",
                help="Unconstrained demand plan that all agree on."),
        Measure("unexplained", "Changes without reason", Unit.COUNT, detail=True, total="sum",
                plan='IF(AND({reason}="",COUNT({sales_adjustment},{marketing_adjustment},'
                     '{finance_adjustment},{fixed})>0),1,0)',
                alert="positive", help="1 where a number was changed and no reason is given."),
        Measure("last_cycle", "Last cycle", plan=VALUES, total="sum", detail=True,
                help="Consensus demand of the cycle before."),
        Measure("change", "Change to last cycle", detail=True, total="sum",
                plan='IF(ISNUMBER({last_cycle}),{consensus}-{last_cycle},"")',
                help="Consensus demand - last cycle."),
        Measure("aop", "AOP", past="{aop.quantity@sum}", plan="{aop.quantity@sum}", total="sum",
                help="Budgeted quantity."),
        Measure("gap_to_aop", "Gap to AOP", total="sum",
                plan='IF({aop}=0,"",{consensus}-{aop})',
                help="Consensus demand - AOP; empty where there is no AOP."),
    ),
    help="History, baseline, layers and consensus for each block of the planning level.",
    at_level=True,
)

DEMAND_TOTAL = Grid(
    "demand_total",
    "Demand by family",
    (Column("family", "Family", role=Role.KEY, help="Product family, or all of them."),),
    (
        Measure("actual", "Actual demand", past="{demand_plan.actual@scope}", total="sum",
                help="Quantity ordered."),
        Measure("baseline", "Baseline forecast", plan="{demand_plan.baseline@scope}", total="sum",
                end="middle", help="Sum of the blocks."),
        Measure("low", "Range low", plan=VALUES, detail=True, end="low",
                help="Lower end of the prediction range of the sum."),
        Measure("high", "Range high", plan=VALUES, detail=True, end="high",
                help="Upper end of the prediction range of the sum."),
        Measure("consensus", "Consensus demand", plan="{demand_plan.consensus@scope}",
                total="sum", strong=True, help="Sum of the blocks."),
        Measure("target", "Target", role=OPTIONAL, plan=VALUES, total="sum", minimum=0,
                help="A total that the blocks shall sum to; Spread targets shares it out."),
        Measure("gap_to_target", "Consensus - target", total="sum", alert="negative",
                plan='IF(ISNUMBER({target}),{consensus}-{target},"")',
                help="What the blocks miss of the target; zero once it is spread over them."),
        Measure("last_cycle", "Last cycle", plan="{demand_plan.last_cycle@scope}", total="sum",
                detail=True, help="Sum of the blocks."),
        Measure("aop", "AOP", past="{demand_plan.aop@scope}", plan="{demand_plan.aop@scope}",
                total="sum", help="Budgeted quantity."),
        Measure("gap_to_aop", "Gap to AOP", plan='IF({aop}=0,"",{consensus}-{aop})', total="sum",
                help="Consensus demand - AOP; empty where there is no AOP."),
    ),
    help="The demand plan added up to the family and to the company.",
)

PROPOSED, ACCEPTED, REFUSED = "proposed", "accepted", "refused"
"""What the planner makes of a correction; one that is only proposed counts if it is by default."""

CLEANSING = Table(
    "cleansing",
    "Cleansing of the history",
    (
        Column("period", "Month", Unit.PERIOD, Role.KEY, help="Month of the history."),
        Column("kind", "Kind", role=Role.OUTPUT,
               help="Outlier, stock-out, or the kind of the event."),
        Column("original", "Original", Unit.QUANTITY, Role.OUTPUT,
               help="Demand as recorded; it is always kept."),
        Column("proposed", "Proposed", Unit.QUANTITY, Role.OUTPUT,
               help="Outlier: what season and neighbours say. Stock-out: what would have been "
                    "asked for. Event: demand without it."),
        Column("score", "Score", Unit.RATIO, Role.OUTPUT,
               help="How far the original is from what is usual, in robust standard deviations; "
                    "empty for events."),
        Column("by_default", "By default", Unit.FLAG, Role.OUTPUT,
               help="Yes: corrected unless you refuse. No: left as it is unless you accept."),
        Column("status", "Status", role=OPTIONAL, default=PROPOSED,
               choices=(PROPOSED, ACCEPTED, REFUSED),
               help="Accept or refuse the correction; the decision is kept in the next cycles."),
        Column("own_value", "Own value", Unit.QUANTITY, OPTIONAL, minimum=0,
               help="Quantity to use in place of the proposed one."),
        Column("used", "Used", Unit.QUANTITY, Role.OUTPUT,
               formula=f'IF({{status}}="{REFUSED}",{{original}},IF(ISNUMBER({{own_value}}),'
                       f'{{own_value}},IF(OR({{status}}="{ACCEPTED}",{{by_default}}="yes"),'
                       "{proposed},{original})))",
               help="What the next forecast is made from."),
        Column("why", "Why", role=Role.OUTPUT, help="What was found."),
        Column("note", "Note", role=OPTIONAL, help="What is known about the month."),
    ),
    help="Months of the history that the forecast should not take as they are, newest first.",
    at_level=True,
    as_issued=True,
    rows_given=True,
)
"""The corrections proposed in this run and what people decided about them, in this cycle or an
earlier one."""
