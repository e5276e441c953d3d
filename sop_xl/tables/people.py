"""Step 3, supply planning: people and skills - required, there, to hire, missing, cost."""

from __future__ import annotations

from sop_xl.schema import VALUES, Column, Grid, Measure, Role, Unit

_BESIDE = "SUMIFS({workforce.hours@column},{workforce.resource@column},{resource})"
_SHARE = (
    f"IF({_BESIDE}>0,{{workforce.hours@lookup}}/{_BESIDE},"
    "1/MAX(1,COUNTIFS({workforce.resource@column},{resource})))"
)
_HOURS = "{workforce.hours_per_month@lookup}"
_AGE = "({#n}-{#n@todate})"
_LEARNING = (
    "SUMPRODUCT({planned_hires@todate}*(1-{workforce.attrition@lookup})^" + _AGE
    + "*(" + _AGE + "<{workforce.ramp@lookup})"
    "*(1-(" + _AGE + "+1)/({workforce.ramp@lookup}+1)))"
)
"""People who started in the plan and are not fully productive yet, by what they lack."""

WORKFORCE_PLAN = Grid(
    "workforce_plan",
    "People by team or skill",
    (
        Column("team", "Team", role=Role.KEY, help="Team or skill."),
        Column("resource", "Resource", role=Role.KEY, help="Resource it works at."),
    ),
    (
        Measure("required_hours", "Required hours", Unit.HOURS, total="sum",
                plan="{capacity.load@sum}*" + _SHARE,
                help="Load of its resource on Capacity; several teams share it by their hours."),
        Measure("required", "People required", Unit.PEOPLE, total="last", strong=True,
                plan=f"IF({_HOURS}>0,{{required_hours}}/{_HOURS},0)",
                help="Required hours / productive hours of one person."),
        Measure("proposed_hires", "Proposed hires", Unit.PEOPLE, plan=VALUES, total="sum",
                help="Whole people who would have to start so that nothing is missing, as late as "
                     "ramp and time to hire allow, beside those of the adopted plan. Planned hires "
                     "are not taken off: compare both rows. Written when the plan is computed."),
        Measure("planned_hires", "+ Planned hires", Unit.PEOPLE, Role.OPTIONAL, plan=VALUES,
                minimum=0, total="sum", help="People who start in the month: what we commit to."),
        Measure("adopted_change", "± Adopted plan", Unit.PEOPLE, Role.OPTIONAL, plan=VALUES,
                total="sum",
                help="People whom the plan adopted on the sheet Strategy hires, negative those whom"
                     " it lays off: they count in full and stay, as in Strategy."),
        Measure("people", "People there", Unit.PEOPLE, total="last", strong=True,
                plan="IF({#n}=1,{workforce.headcount@lookup},{people@prev}"
                     "-SUM({adopted_change@todate})+N({adopted_change}))"
                     "*(1-{workforce.attrition@lookup})+N({planned_hires})"
                     "+SUM({adopted_change@todate})",
                help="People before x (1 - attrition) + planned hires; and those of the adopted "
                     "plan up to the month."),
        Measure("productive", "Productive hours", Unit.HOURS, total="sum",
                plan="MAX(0,{people}-" + _LEARNING + ")*" + _HOURS,
                help="People less what new ones lack in their ramp, x hours of one person."),
        Measure("overtime_offered", "Overtime offered", Unit.HOURS, plan=VALUES, total="sum",
                detail=True,
                help="Hours of the capacity option overtime of its resource, shared like the load; "
                     "empty where there is none: then the overtime cap of the team holds."),
        Measure("overtime", "Overtime", Unit.HOURS, total="sum",
                plan="MIN(MAX(0,{required_hours}-{productive}),MAX(IF(ISNUMBER({overtime_offered})"
                     ",{overtime_offered},{productive}*{workforce.overtime_share@lookup}),"
                     "{capacity.overtime@sum}*" + _SHARE + "))",
                help="What is missing in regular time, up to one limit, the same as in Strategy: "
                     "overtime offered, else the overtime cap of the team; or what Capacity commits"
                     " to, where that is more."),
        Measure("gap", "Gap", Unit.HOURS, alert="negative",
                plan="ROUND({productive}+{overtime}-{required_hours},6)",
                help="Productive hours + overtime - required; negative is a shortage. No "
                     "total, as in Capacity."),
        Measure("gap_people", "Gap in people", Unit.PEOPLE, total="last", alert="negative",
                plan=f"IF({_HOURS}>0,{{gap}}/{_HOURS},0)",
                help="Gap / hours of one person; negative is a shortage."),
        Measure("use", "Use", Unit.PERCENT, ratio=("required_hours", "productive"),
                alert="utilisation",
                plan='IF({productive}>0,ROUND({required_hours}/{productive},9),"")',
                help="Required / productive hours; low is a bench, above 100 % is overtime."),
        Measure("cost", "Cost of people", Unit.MONEY, total="sum",
                plan="{people}*{workforce.cost_per_month@lookup}"
                     "+(N({planned_hires})+MAX(0,N({adopted_change})))"
                     "*{workforce.hiring_cost@lookup}"
                     "+MAX(0,-N({adopted_change}))*{workforce.layoff_cost@lookup}"
                     "+{overtime}*{workforce.overtime_rate@lookup}",
                help="Pay, hiring, laying off and overtime."),
    ),
    help="Who is needed, who is there, whom to hire, what is missing and what it costs.",
)  # fmt: skip

WORKFORCE_TOTAL = Grid(
    "workforce_total",
    "All people",
    (),
    (
        Measure("required", "People required", Unit.PEOPLE, plan="{workforce_plan.required@all}",
                total="last", help="Sum of all teams."),
        Measure("people", "People there", Unit.PEOPLE, plan="{workforce_plan.people@all}",
                total="last", strong=True, help="Sum of all teams."),
        Measure("proposed_hires", "Proposed hires", Unit.PEOPLE, total="sum",
                plan="{workforce_plan.proposed_hires@all}", help="Sum of all teams."),
        Measure("cost", "Cost of people", Unit.MONEY, plan="{workforce_plan.cost@all}",
                total="sum", help="Pay, hiring and overtime of all teams."),
    ),
    help="All teams together: people of one cannot always stand in for those of another.",
)
