"""Step 2, demand planning: history and events in, consensus demand out."""

from __future__ import annotations

from sop_xl.schema import VALUES, Column, Grid, Measure, Role, Unit

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
        Measure("baseline", "Baseline forecast", plan=VALUES, total="sum",
                help="Statistical forecast, written by the demand step."),
        Measure("low", "Range low", plan=VALUES, detail=True,
                help="Lower end of the prediction range around the baseline."),
        Measure("high", "Range high", plan=VALUES, detail=True,
                help="Upper end of the prediction range around the baseline."),
        Measure("pipeline", "+ Pipeline", plan="{pipeline.weighted_quantity@sum}", total="sum",
                help="Weighted quantity of open deals that the baseline does not know."),
        Measure("events", "+ Events", total="sum",
                plan="{baseline}*SUMPRODUCT({events.uplift@column}*{events@match})"
                     "+SUMPRODUCT({events.quantity@column}*{events@match})",
                help="Promotions, price changes, one-offs: uplift on the baseline + quantity."),
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
                     "{sales_adjustment},{marketing_adjustment},{finance_adjustment})))",
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
                help="Sum of the blocks."),
        Measure("low", "Range low", plan=VALUES, detail=True,
                help="Lower end of the prediction range of the sum."),
        Measure("high", "Range high", plan=VALUES, detail=True,
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
