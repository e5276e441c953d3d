"""Step 3, supply planning: the aggregate plans beside the plan in the book, and what they cost."""

from __future__ import annotations

from sop_xl.schema import VALUES, Column, Grid, Measure, Role, Table, Unit

KEY, OUTPUT = Role.KEY, Role.OUTPUT
CURRENT = "current"
STRATEGIES = ("optimised", "level", "chase", "mixed")
PLANS = (CURRENT, *STRATEGIES)
"""The plan in the book, and those that are computed beside it."""
NONE_ADOPTED = "none"
"""The choice that clears an adopted plan."""


def name_of(measure: str, plan: str) -> str:
    """A measure of one plan, as the grids call it.

    >>> name_of("production", "level")
    'production_level'
    """
    return f"{measure}_{plan}"


_MADE, _BOUGHT, _LOST, _STOCK = "Production", "Bought", "Lost sales", "Stock less backlog"
_HOURS, _OVERTIME, _EXTRA, _AVAILABLE, _PEOPLE, _CHANGE, _PLANNED, _MISSING = (
    "Hours", "Overtime", "Extra hours", "Regular hours", "People", "Hired less laid off",
    "Planned hires", "Hours nobody offers",
)  # fmt: skip

# ---- families ------------------------------------------------------------------------------


def _family_rows(plan: str) -> tuple[Measure, ...]:
    made, bought, lost, stock = (
        name_of(measure, plan) for measure in ("production", "subcontracted", "lost", "stock")
    )
    if plan == CURRENT:
        return (
            Measure(made, f"{_MADE}: {plan}", plan="{supply_plan.production@sum}", total="sum",
                    help="From the supply plan."),
            Measure(bought, f"{_BOUGHT}: {plan}", plan="{supply_plan.subcontracted@sum}",
                    total="sum", detail=True, help="From the supply plan."),
            Measure(stock, f"{_STOCK}: {plan}", plan="ROUND({supply_plan.net_stock@sum},6)",
                    total="last", detail=True, help="From the supply plan; negative is backlog."),
        )  # fmt: skip
    return (
        Measure(made, f"{_MADE}: {plan}", plan=VALUES, total="sum",
                help=f"Units made in-house by the {plan} plan."),
        Measure(bought, f"{_BOUGHT}: {plan}", plan=VALUES, total="sum", detail=True,
                help="Units from a subcontractor."),
        Measure(lost, f"{_LOST}: {plan}", plan=VALUES, total="sum", detail=True,
                help="Demand that is not served at all."),
        Measure(stock, f"{_STOCK}: {plan}", total="last", detail=True,
                plan="IF({" + made + '}="","",ROUND({supply_plan.net_stock@opening}'
                     "+SUM({" + made + "@todate})+SUM({" + bought + "@todate})"
                     "+SUM({" + lost + "@todate})-SUM({demand@todate}),4))",
                help="Opening stock + production + bought + lost sales - demand; negative is "
                     "backlog."),
    )  # fmt: skip


STRATEGY_PLAN = Grid(
    "strategy_plan",
    "Plans by family",
    (Column("family", "Family", role=KEY, help="Product family."),),
    (
        Measure("demand", "Demand to serve", plan="{supply_plan.demand@sum}", total="sum",
                help="Consensus demand, from the supply plan."),
        *(measure for plan in PLANS for measure in _family_rows(plan)),
    ),
    help="What each plan makes, buys and keeps in stock; blank where a plan is impossible.",
)  # fmt: skip

STRATEGY_OUTPUT = Grid(
    "strategy_output",
    "Units worked on by family",
    (
        Column("family", "Family", role=KEY, help="Product family."),
        Column("offset", "Months before", Unit.MONTHS, KEY,
               help="Months between the work and the month of completion."),
    ),
    tuple(
        Measure(name_of("worked", plan), f"Worked on: {plan}", total="sum",
                plan="{strategy_plan." + name_of("production", plan) + "@later}",
                help="Production of the plan by the month of the work, as on Capacity.")
        for plan in STRATEGIES
    ),
    help="What loads the resources in each plan: production so many months before it is completed.",
)  # fmt: skip

# ---- resources -----------------------------------------------------------------------------

_MACHINES = "{capacity.machine_hours@sum}"
_MOST_OVERTIME = "MAX({overtime_limit},{capacity.overtime@sum})"
_MOST_EXTRA = (
    "MAX({extra_limit},{capacity.extra@sum},{capacity.adopted_hours@sum}-" + _MOST_OVERTIME + ")"
)
"""What is offered, and what Capacity commits to since, as it is in force at once."""


def _load(plan: str) -> str:
    if plan == CURRENT:
        return "{capacity.load@sum}"
    return (
        "SUMPRODUCT(({bill.resource@column}={resource})*{bill.hours_per_unit@column}"
        "*SUMIFS({strategy_output@range},{strategy_output.family@keys},{bill.family@column},"
        "{strategy_output.offset@keys},{bill.offset@column},"
        "{strategy_output@measures},{strategy_output." + name_of("worked", plan) + "@label}))"
    )


def _resource_rows(plan: str) -> tuple[Measure, ...]:
    hours, overtime, extra, available, people, change = (
        name_of(measure, plan)
        for measure in ("hours", "overtime", "extra", "available", "people", "change")
    )
    solved = plan != CURRENT

    def known(formula: str) -> str:
        return "IF({" + overtime + '}="","",' + formula + ")" if solved else formula

    beyond = "MAX(0,{" + hours + "}-{" + available + "}"
    rows = (
        Measure(hours, f"{_HOURS}: {plan}", Unit.HOURS, total="sum", plan=known(_load(plan)),
                help="Units worked on x hours per unit, over all families."),
        Measure(overtime, f"{_OVERTIME}: {plan}", Unit.HOURS, total="sum", detail=True,
                plan=VALUES if solved else "ROUND(MIN(" + beyond + ")," + _MOST_OVERTIME + "),6)",
                help="Hours of overtime that the plan takes."),
        Measure(extra, f"{_EXTRA}: {plan}", Unit.HOURS, total="sum", detail=True,
                plan=VALUES if solved else "ROUND(MIN(" + beyond + ")-{" + overtime + "},"
                     + _MOST_EXTRA + "),6)",
                help="Hours of an extra shift or from outside, as far as they are offered."),
        Measure(available, f"{_AVAILABLE}: {plan}", Unit.HOURS, total="sum", detail=True,
                plan=known(f"IF({{per_person}}>0,MIN({_MACHINES},{{{people}}}*{{per_person}}),"
                           f"{_MACHINES})"),
                help="Hours of regular time: of the machines, or of the people if those have "
                     "less."),
        Measure(people, f"{_PEOPLE}: {plan}", Unit.PEOPLE, total="last", detail=True,
                plan=VALUES if solved else "{workforce_plan.people@sum}",
                help="Full-time equivalents at the resource; of the current plan those of "
                     "Workforce."),
        Measure(change, f"{_CHANGE}: {plan}", Unit.PEOPLE, total="sum", detail=True,
                plan=known("ROUND({" + people + "}-IF({#n}=1,{resource_rates.people@lookup},"
                           "N({" + people + "@prev}))-{natural},4)")
                if solved else "{workforce_plan.adopted_change@sum}",
                help="People against the month before, without those who come and leave by "
                     "Workforce; negative are laid off. Of the plan in the book those of an adopted"
                     " plan."),
    )  # fmt: skip
    if solved:
        return rows
    missing = Measure(
        name_of("missing", plan), f"{_MISSING}: {plan}", Unit.HOURS, total="sum", alert="positive",
        plan="ROUND(" + beyond + ")-{" + overtime + "}-{" + extra + "},6)",
        help="Hours that the plan needs beyond all that is offered or committed to: nobody can buy "
             "them, so no cost counts them; Constrained_Plan makes later what they would make.",
    )  # fmt: skip
    return (*rows, missing)


_ADOPTED = "SUM({change_current@todate})"
_NOW = f"({{people_current}}-{_ADOPTED})"
_BEFORE = f"(N({{people_current@prev}})-{_ADOPTED}+{{change_current}})"
_NATURAL = (
    'IF({$people_in_plans}="whole",ROUND(' + _NOW + ",0)-IF({#n}=1,{resource_rates.people@lookup},"
    "ROUND(" + _BEFORE + ",0))," + _NOW + "-IF({#n}=1,{resource_rates.people@lookup}," + _BEFORE
    + "))"
)


STRATEGY_HOURS = Grid(
    "strategy_hours",
    "Plans by resource",
    (Column("resource", "Resource", role=KEY, help="Work centre, line, team or warehouse."),),
    (
        Measure("overtime_limit", "Overtime at most", Unit.HOURS, plan=VALUES, total="sum",
                detail=True,
                help="Of the plan in the book: of the capacity options where one offers overtime, "
                     "else the overtime cap of the teams, with the people of an adopted plan; or "
                     "what Capacity commits to, where that is more. The strategies reckon without "
                     "those people."),
        Measure("extra_limit", "Extra hours at most", Unit.HOURS, plan=VALUES, total="sum",
                detail=True, help="Extra shift and subcontractor of the capacity options, or what "
                                  "Capacity commits to, where that is more."),
        Measure("per_person", "Hours per person", Unit.HOURS, detail=True,
                plan="IF({workforce_plan.people@sum}>0,{capacity.labour_hours@sum}"
                     "/{workforce_plan.people@sum},{resource_rates.hours_per_person@lookup})",
                help="Labour hours of Capacity / people of Workforce, those of today's people where"
                     " nobody is left; zero = people do not limit it."),
        Measure("planned_hires", _PLANNED, Unit.PEOPLE, total="sum", detail=True,
                plan="{workforce_plan.planned_hires@sum}",
                help="People who start by Workforce, in every plan."),
        Measure("natural", "Come and gone by Workforce", Unit.PEOPLE, total="sum", detail=True,
                plan=f"ROUND({_NATURAL},6)",
                help="Planned hires less those who leave, in every plan, without those of an "
                     "adopted plan: attrition of Workforce, "
                     "of whole people where the setting people_in_plans asks for those."),
        *(measure for plan in PLANS for measure in _resource_rows(plan)),
        Measure("worth", "Worth of an hour more", Unit.HOURLY, plan=VALUES, strong=True,
                help="Money that one more hour of regular time would save the optimised plan."),
        Measure("adopted_short", "Short of the adopted plan", Unit.HOURS, total="sum",
                alert="positive",
                plan="IF({supply_plan.adopted@all}>0,MAX(0,ROUND(-{capacity.gap@sum},6)),0)",
                help="Hours that Capacity lacks in months with an adopted plan."),
    ),
    help="Hours and people that each plan takes, and what an hour more of a bottleneck is worth.",
)  # fmt: skip

# ---- the company ---------------------------------------------------------------------------


def _of_families(label: str, sign: str = "", rate: str = "") -> str:
    """The sum of a measure of the plan over the families, at a rate of each where one is named."""
    criteria = f'{{strategy_plan@measures}},"{label}: "&{{strategy}}'
    if sign:
        criteria += f',{{strategy_plan@range}},"{sign}0"'
    if not rate:
        return f"SUMIFS({{strategy_plan@range}},{criteria})"
    return (
        f"SUMPRODUCT({{family_rates.{rate}@column}}*SUMIFS({{strategy_plan@range}},"
        f"{{strategy_plan.family@keys}},{{family_rates.family@column}},{criteria}))"
    )


def _by_resource(label: str, sign: str = "", plan: str = "{strategy}") -> str:
    """A measure of the plan, or of every plan, of each resource, in the order of their rates."""
    named = f'"{label}"' if label == _PLANNED else f'"{label}: "&{plan}'
    criteria = f"{{strategy_hours@measures}},{named}"
    if sign:
        criteria += f',{{strategy_hours@range}},"{sign}0"'
    return (
        "SUMIFS({strategy_hours@range},{strategy_hours.resource@keys},"
        f"{{resource_rates.resource@column}},{criteria})"
    )


def _at(rate: str, amounts: str) -> str:
    return f"SUMPRODUCT({{resource_rates.{rate}@column}}*{amounts})"


def _known_at(rate: str, label: str) -> str:
    """An amount of the plan in the book at a rate, as far as its families absorb labour."""
    amounts = _by_resource(label, plan=f'"{CURRENT}"')
    return _at(rate, f"{{resource_rates.known@column}}*{amounts}")


def _all(label: str, sign: str = "") -> str:
    return f"SUMPRODUCT({_by_resource(label, sign)})"


def _if_possible(formula: str) -> str:
    return "IF({strategies.possible@lookup}=1," + formula + ',"")'


def _figure(name: str, label: str, unit: Unit, formula: str, help: str, **more: object) -> Measure:
    options: dict[str, object] = {"total": "sum"} | more
    return Measure(name, label, unit, plan=_if_possible(formula), help=help, **options)  # type: ignore[arg-type]


_REGULAR = (
    f"({_by_resource(_HOURS)}-{_by_resource(_OVERTIME)}-{_by_resource(_EXTRA)}"
    f"-{_by_resource(_MISSING)})"
)
_FULLEST = f"{_by_resource(_HOURS)}/({_by_resource(_AVAILABLE)}+({_by_resource(_AVAILABLE)}=0))"

COST_ROWS = (
    _figure("material", "Material", Unit.MONEY, _of_families(_MADE, rate="material"),
            "Units made x material cost."),
    _figure("regular", "Regular time", Unit.MONEY, _at("regular_cost", _REGULAR),
            "Hours in regular time x cost per hour, beside the pay of the people."),
    _figure("wages", "Wages", Unit.MONEY, _at("wage", _by_resource(_PEOPLE)),
            "People x cost per month, with or without work."),
    _figure("overtime", "Overtime and extra shift", Unit.MONEY,
            _at("overtime_cost", _by_resource(_OVERTIME)) + "+"
            + _at("extra_cost", _by_resource(_EXTRA)),
            "Hours x their cost, as far as somebody offers them; what nobody offers stands below, "
            "without a price."),
    _figure("hiring", "Hiring", Unit.MONEY,
            _at("hiring_cost", f"({_by_resource(_CHANGE, '>')}+{_by_resource(_PLANNED)})"),
            "People hired, planned hires of Workforce among them, x cost of hiring one."),
    _figure("layoffs", "Laying off", Unit.MONEY,
            "-" + _at("layoff_cost", _by_resource(_CHANGE, "<")),
            "People laid off x cost of laying off one."),
    _figure("subcontracting", "Subcontracting", Unit.MONEY,
            _of_families(_BOUGHT, rate="subcontract"), "Units bought x price."),
    _figure("holding", "Inventory holding", Unit.MONEY, _of_families(_STOCK, ">", "holding"),
            "Units in stock at the month's end x holding cost of a month."),
    _figure("backorders", "Backorders", Unit.MONEY, "-" + _of_families(_STOCK, "<", "late"),
            "Units owed at the month's end x cost of a month late."),
    _figure("lost_sales", "Lost sales", Unit.MONEY, _of_families(_LOST, rate="lost"),
            "Units lost x their cost."),
)  # fmt: skip
"""What a plan costs, item by item, in the order of ``aggregate.COSTS``."""
COSTS = tuple(row.name for row in COST_ROWS)

STRATEGY_COST = Grid(
    "strategy_cost",
    "Plans of the company",
    (Column("strategy", "Plan", role=KEY, help="The plan in the book, or a strategy."),),
    (
        _figure("demand", "Demand of all families", Unit.QUANTITY, "{supply_plan.demand@all}",
                "From the supply plan.", detail=True),
        _figure("production", "Production of all families", Unit.QUANTITY, _of_families(_MADE),
                "Units made in-house."),
        _figure("subcontracted", "Bought", Unit.QUANTITY, _of_families(_BOUGHT),
                "Units from subcontractors.", detail=True),
        _figure("inventory", "Inventory", Unit.QUANTITY, _of_families(_STOCK, ">"),
                "Units in stock at the month's end.", total="last"),
        _figure("backlog", "Units late", Unit.QUANTITY, "-" + _of_families(_STOCK, "<"),
                "Units due and not delivered at the month's end.", total="last"),
        _figure("lost", "Units lost", Unit.QUANTITY, _of_families(_LOST),
                "Demand that is not served at all.", detail=True),
        _figure("hours", "Hours worked", Unit.HOURS, _all(_HOURS), "Over all resources.",
                detail=True),
        _figure("available", "Regular hours", Unit.HOURS, _all(_AVAILABLE),
                "Over all resources.", detail=True),
        Measure("utilisation", "Utilisation", Unit.PERCENT, ratio=("hours", "available"),
                plan='IF(N({available})=0,"",{hours}/{available})',
                help="Hours worked / regular hours, over all resources."),
        _figure("peak", "Fullest resource", Unit.PERCENT, f"SUMPRODUCT(MAX({_FULLEST}))",
                "Highest utilisation of a resource; above 100 % is overtime.", total="",
                alert="utilisation"),
        _figure("overtime_hours", "Overtime hours", Unit.HOURS, _all(_OVERTIME),
                "Over all resources.", detail=True),
        _figure("extra_hours", "Extra hours", Unit.HOURS, _all(_EXTRA),
                "Of extra shifts and from outside, over all resources.", detail=True),
        _figure("missing_hours", _MISSING, Unit.HOURS, _all(_MISSING),
                "Of the plan in the book: no cost counts them, Constrained_Plan makes later what "
                "they would make.", alert="positive"),
        _figure("people", "People", Unit.COUNT, _all(_PEOPLE), "At all resources.",
                total="last"),
        _figure("hired", "People hired", Unit.COUNT, f"{_all(_CHANGE, '>')}+{_all(_PLANNED)}",
                "At all resources, planned hires of Workforce among them.", detail=True),
        _figure("laid_off", "People laid off", Unit.COUNT, "-" + _all(_CHANGE, "<"),
                "At all resources.", detail=True),
        *COST_ROWS,
        Measure("total", "Cost of the plan", Unit.MONEY, total="sum", strong=True,
                plan=_if_possible("+".join(f"{{{name}}}" for name in COSTS)),
                help="Sum of its items."),
    ),
    help="The plan in the book beside four that are computed: volumes, hours, people and cost.",
)  # fmt: skip


def _of_current(name: str) -> str:
    return (
        "SUMIFS({strategy_cost@range},{strategy_cost.strategy@keys},"
        f'"{CURRENT}",{{strategy_cost@measures}},{{strategy_cost.{name}@label}})'
    )


def _at_family_rate(rate: str, measure: str) -> str:
    """Units of the plan in the book x a rate of each family."""
    return (
        f"SUMPRODUCT({{family_rates.{rate}@column}}*SUMIFS({{strategy_plan@range}},"
        "{strategy_plan.family@keys},{family_rates.family@column},{strategy_plan@measures},"
        f'"{measure}: {CURRENT}"))'
    )


def _at_bill(label: str) -> str:
    """Hours of the plan in the book at the resource of each row of the bill."""
    return (
        "SUMIFS({strategy_hours@range},{strategy_hours.resource@keys},{bill.resource@column},"
        f'{{strategy_hours@measures}},"{label}: {CURRENT}")'
    )


_UNWORKED = (
    "SUMPRODUCT({bill.hours_per_unit@column}*SUMIFS({output@range},{output.family@keys},"
    "{bill.family@column},{output.offset@keys},{bill.offset@column})"
    "*SUMIFS({family_rates.labour_per_hour@column},{family_rates.family@column},"
    "{bill.family@column})*(SUMIFS({resource_rates.wage@column},{resource_rates.resource@column},"
    f"{{bill.resource@column}})>0)*{_at_bill(_MISSING)}/({_at_bill(_HOURS)}"
    f"+({_at_bill(_HOURS)}=0)))"
)
"""Labour of the hours that nobody offers: of each row of the bill, its hours at the labour of an
hour of its family x the part of the hours of its resource that is missing."""

_EXPEDITE = (
    "SUMPRODUCT({materials.expedite_cost@column}*SUMIFS({material_plan@range},"
    "{material_plan.component@keys},{materials.component@column},{material_plan@measures},"
    "{material_plan.late@label})/({materials.output@column}+({materials.output@column}<=0)))"
)
SUPPLY_LINES = {
    "unabsorbed": "unabsorbed", "overtime": "overtime_beyond", "staffing": "staffing",
    "premium": "premium", "expedite": "expedite",
}  # fmt: skip
"""What the plan in the book costs beyond the standard cost of its units, item by item: the line of
the profit and loss account, and the measure of the supply cost that it shows."""
BEYOND = tuple(SUPPLY_LINES.values())

SUPPLY_COST = Grid(
    "supply_cost",
    "Cost of the plan in the book",
    (),
    (
        *(
            Measure(row.name, f"{row.label} of the plan", Unit.MONEY, total="sum",
                    plan=_of_current(row.name), help=row.help)
            for row in COST_ROWS
        ),
        Measure("total", "Total supply cost", Unit.MONEY, total="sum", strong=True,
                plan="+".join(f"{{{name}}}" for name in COSTS), help="Sum of its items."),
        Measure("absorbed", "Labour in the standard cost", Unit.MONEY, total="sum",
                plan=_at_family_rate("absorbs", _MADE) + "-" + _UNWORKED,
                help="Units made x labour that a unit absorbs, by the families' own labour cost; "
                     "without that of hours that nobody offers, which are in no pay either."),
        Measure("judged", "Pay held against it", Unit.MONEY, total="sum",
                plan=_known_at("wage", _PEOPLE),
                help="Wages as far as the hours of the resource go to families with labour in their"
                     " standard cost, see Plan_Rates; the rest counts as standard."),
        Measure("unabsorbed", "Unabsorbed labour", Unit.MONEY, total="sum",
                plan="{judged}-{absorbed}",
                help="Pay held against it - labour in the standard cost of what is made; negative "
                     "is over-absorbed."),
        Measure("overtime_beyond", "Overtime beyond standard", Unit.MONEY, total="sum",
                plan="{overtime}",
                help="Overtime and extra shift in full: they are paid beside the wages, and what "
                     "they make absorbs labour as well."),
        Measure("staffing", "Hiring and laying off beyond standard", Unit.MONEY, total="sum",
                plan="{hiring}+{layoffs}", help="In full: no standard cost holds it."),
        Measure("premium", "Subcontracting above standard", Unit.MONEY, total="sum",
                plan=_at_family_rate("premium", _BOUGHT),
                help="Units bought x (price - standard cost)."),
        Measure("expedite", "Expediting", Unit.MONEY, total="sum", plan=_EXPEDITE,
                help="Material that comes too late by its lead time x expedite cost."),
        Measure("beyond", "Supply cost beyond standard", Unit.MONEY, total="sum", strong=True,
                plan="+".join(f"{{{name}}}" for name in BEYOND),
                help="What is paid and is in no standard cost: it lowers the margin. Holding, late"
                     " and lost units are rates to compare plans with, and not in it."),
    ),
    help="What production, people and stock of the supply plan cost; and what of it the standard "
         "cost of its units does not hold, for finance.",
)  # fmt: skip

# ---- lists ---------------------------------------------------------------------------------


def _of_family(column: str) -> str:
    """A column of the list of families, of the family of the row."""
    return f"INDEX({{families.{column}@column}},MATCH({{family}},{{families.family@column}},0))"


def _or_rate(given: str, else_: str) -> str:
    return f"IFERROR(IF(ISNUMBER({_of_family(given)}),{_of_family(given)},{else_}),0)"


_WORKED_BY = (
    "SUMPRODUCT(({bill.family@column}={family})*{bill.hours_per_unit@column}"
    "*(SUMIFS({resource_rates.%s@column},{resource_rates.resource@column},"
    "{bill.resource@column})>0))"
)

FAMILY_RATES = Table(
    "family_rates",
    "Cost by family",
    (
        Column("family", "Family", role=KEY, help="Product family."),
        Column("material", "Material per unit", Unit.PRICE, OUTPUT,
               formula=_or_rate("material_cost", _of_family("cost") + "*{$material_share}"),
               help="The family's, or the share of its standard cost that the settings say."),
        Column("holding", "Holding per unit and month", Unit.PRICE, OUTPUT,
               formula="IFERROR(" + _of_family("cost") + "*{$holding_rate}/12,0)",
               help="Standard cost x holding rate of the settings / 12."),
        Column("late", "Late per unit and month", Unit.PRICE, OUTPUT,
               formula=_or_rate("backorder_cost", _of_family("price") + "*{$late_rate}"),
               help="The family's, or the share of its price that the settings say."),
        Column("lost", "Lost sale per unit", Unit.PRICE, OUTPUT,
               formula=_or_rate("lost_sale_cost", "0"),
               help="The family's; zero where no sale may be lost."),
        Column("subcontract", "Subcontractor per unit", Unit.PRICE, OUTPUT,
               formula=_or_rate("subcontract_cost", _of_family("cost")),
               help="The family's; its standard cost where there is no price."),
        Column("labour", "Labour per unit", Unit.PRICE, OUTPUT,
               formula=f"IFERROR(N({_of_family('cost')})*N({_of_family('labour_share')}),0)",
               help="In the standard cost, as far as the item master gives it."),
        Column("labour_per_hour", "Labour per hour", Unit.HOURLY, OUTPUT,
               formula=f"IFERROR({{labour}}/{_WORKED_BY % 'people'},0)",
               help="Labour per unit / the hours of it that people work."),
        Column("absorbs", "Labour absorbed per unit", Unit.PRICE, OUTPUT,
               formula=f"{{labour_per_hour}}*{_WORKED_BY % 'wage'}",
               help="Labour per unit x the part of its hours, of those that people work, at "
                    "resources whose pay is known."),
        Column("premium", "Subcontractor above standard", Unit.PRICE, OUTPUT,
               formula=f"{{subcontract}}-IFERROR(N({_of_family('cost')}),0)",
               help="Subcontractor per unit - standard cost."),
        Column("made", "Production at standard", Unit.MONEY, OUTPUT,
               formula=f"{{supply_plan.production@total}}*IFERROR(N({_of_family('cost')}),0)",
               help="Units that the plan in the book makes x standard cost."),
        Column("share", "Share in production", Unit.PERCENT, OUTPUT,
               formula="IF(SUM({family_rates.made@column})=0,1/ROWS({family_rates.made@column}),"
                       "{made}/SUM({family_rates.made@column}))",
               help="By which the families share what the plan costs beyond standard."),
    ),
    help="What units cost in every plan.",
    rows_given=True,
)  # fmt: skip

RESOURCE_RATES = Table(
    "resource_rates",
    "Cost by resource",
    (
        Column("resource", "Resource", role=KEY, help="Work centre, line, team or warehouse."),
        Column("people", "People now", Unit.RATIO, OUTPUT, help="Of all its teams."),
        Column("hours_per_person", "Hours per person", Unit.RATIO, OUTPUT,
               help="Productive hours of one person in a month, mean of its teams; what its people "
                    "give month by month stands in Strategy_Plan."),
        Column("wage", "Pay per person", Unit.MONEY, OUTPUT, help="Of a month; mean of its teams."),
        Column("regular_cost", "Regular hour", Unit.PRICE, OUTPUT,
               help="Cost of an hour in regular time, beside the pay."),
        Column("overtime_cost", "Overtime hour", Unit.PRICE, OUTPUT,
               help="From the capacity options, or the cost per hour of the resource."),
        Column("extra_cost", "Extra hour", Unit.PRICE, OUTPUT,
               help="Of extra shift and subcontractor, by their hours; fixed cost is spread over "
                    "all of them."),
        Column("hiring_cost", "Hiring one", Unit.MONEY, OUTPUT,
               help="Mean of its teams; empty where nobody is hired."),
        Column("layoff_cost", "Laying off one", Unit.MONEY, OUTPUT,
               help="Mean of its teams; empty where nobody is laid off."),
        Column("known", "Labour known", Unit.PERCENT, OUTPUT,
               help="Part of its hours in the plan in the book that goes to families with labour "
                    "in their standard cost: so much of its pay is held against that."),
    ),
    help="What hours and people cost in every plan.",
    as_issued=True,
    rows_given=True,
)  # fmt: skip

STRATEGIES_TABLE = Table(
    "strategies",
    "Plans",
    (
        Column("strategy", "Plan", role=KEY, help="The plan in the book, or a strategy."),
        Column("possible", "Possible", Unit.COUNT, OUTPUT, help="1 = yes, 0 = no."),
        Column("status", "Status", role=OUTPUT, alert="status",
               help="● possible, or ■ impossible: then the reason says what is missing."),
        Column("reason", "What stands in its way", role=OUTPUT,
               help="Which limit, where, when and by how much."),
        Column("about", "What it is", role=OUTPUT, help="How the plan is made."),
    ),
    help="The plan in the book and the strategies, as they were found when the book was made.",
    as_issued=True,
    rows_given=True,
)  # fmt: skip

BOTTLENECKS = Table(
    "bottlenecks",
    "Bottlenecks",
    (
        Column("resource", "Bottleneck", role=KEY, help="Where an hour more would save money."),
        Column("period", "Month", Unit.PERIOD, KEY, help="When."),
        Column("worth", "Worth of an hour", Unit.HOURLY, OUTPUT,
               help="Money that one more hour of regular time would save the optimised plan."),
        Column("hours", "Hours worked", Unit.HOURS, OUTPUT, help="By the optimised plan."),
        Column("available", "Regular hours", Unit.HOURS, OUTPUT, help="In the optimised plan."),
        Column("overtime", "Overtime", Unit.HOURS, OUTPUT, help="In the optimised plan."),
        Column("extra", "Extra hours", Unit.HOURS, OUTPUT,
               help="Of an extra shift or from outside, in the optimised plan."),
    ),
    help="Where one more hour of regular time would save most, by the optimised plan.",
    as_issued=True,
    rows_given=True,
)  # fmt: skip
