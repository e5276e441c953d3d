"""Step 4, reconciliation: windows of time, the bridge by family, tie-outs, the locked view."""

from __future__ import annotations

from sop_xl.schema import Column, Grid, Measure, Role, Table, Unit

KEY, OUTPUT, OPTIONAL = Role.KEY, Role.OUTPUT, Role.OPTIONAL
MONEY, COUNT = Unit.MONEY, Unit.COUNT

AOP, PRIOR, LAST_YEAR, PLANNED, SCENARIO = (
    "AOP", "Prior cycle", "Last year", "Plan of the month", "Scenario",
)  # fmt: skip
COMPARED = (AOP, PRIOR, LAST_YEAR, PLANNED, SCENARIO)
"""What can be compared with, in the order of the numbers by which formulas know them. The plan of
the month is compared with what came: actual against plan. The scenario is the one that is chosen on
Finance_Recon: actual and plan are held against it, as against all others."""
REVENUE, MARGIN = "Revenue", "Margin"


def _flag(name: str, label: str, formula: str, help: str) -> Measure:
    return Measure(name, label, COUNT, past=formula, plan=formula, help=help)


def _inside(page: str) -> tuple[Measure, Measure, Measure]:
    """The months of the window, those that both sides know, and where the other side has them."""
    known = (
        f"IF(CHOOSE({page}_n,{{finance_total.aop_revenue@all}}<>0,"
        f"AND({{finance_total.prior_revenue@all}}<>0,{{#period}}>={page}_prior),"
        f"{{#period}}>={page}_known,"
        f'AND({{finance_total.prior_revenue@all}}<>0,{{#flag}}="actual"),'
        f"AND({{#period}}>={{$first_period}},{{finance_total.scenario_revenue@all}}<>0)),1,0)"
    )
    return (
        _flag("known", "Both sides known", known,
              "1 in months that what is compared with covers: the others are left out."),
        _flag("inside", "In the window",
              f"IF(AND({{#period}}>={page}_first,{{#period}}<={page}_last),{{known}},0)",
              "1 in the months that are compared."),
        _flag("before", "Compared with",
              f"IF({page}_n=3,IF(AND(EDATE({{#period}},12)>={page}_first,"
              f"EDATE({{#period}},12)<={page}_last),1,0),{{inside}})",
              "1 in the months that they are compared with: of last year, those a year before."),
    )  # fmt: skip


RECON_MONTHS = Grid(
    "recon_months", "Months of the reconciliation", (), _inside("Recon"),
    help="Which months the block on top compares.",
)  # fmt: skip

BRIDGE_MONTHS = Grid(
    "bridge_months",
    "Months of the bridge",
    (),
    (
        *_inside("Bridge"),
        _flag("inside_year", "In the fiscal year", "IF({#year}=Bridge_year,{known},0)",
              "1 in the months of the fiscal year that both sides know: timing is measured in it."),
        _flag("before_year", "Year compared with",
              "IF(Bridge_n=3,IF(AND({#year}=Bridge_year-1,EDATE({#period},12)<={$last_period}),"
              "1,0),{inside_year})",
              "The same of what is compared with."),
    ),
    help="Which months the bridge compares.",
)  # fmt: skip


def _sum(mask: str, measure: str) -> str:
    return (
        f"SUMPRODUCT({{bridge_months.{mask}@line}},{{finance_family.bridged@key_line}},"
        f"{{finance_family.{measure}@key_line}})"
    )


def _before(aop: str, prior: str, own: str, scenario: str, mask: str = "before") -> str:
    """A sum of what is compared with; the fourth comparison takes the plan of the month."""
    return (
        f"CHOOSE(Bridge_n,{aop if '(' in aop else _sum(mask, aop)},{_sum(mask, prior)},"
        f"{_sum(mask, own)},{_sum(mask, prior)},{_sum(mask, scenario)})"
    )


def _aop_cost(mask: str) -> str:
    return f"({_sum(mask, 'aop_revenue')}-{_sum(mask, 'aop_margin')})"


def _work(name: str, label: str, formula: str, help: str, unit: Unit = MONEY) -> Column:
    return Column(name, label, unit, OUTPUT, help, formula=formula)


def _effect(name: str, label: str, help: str) -> Column:
    return Column(name, label, MONEY, OUTPUT, help, formula=f"ROUND({{exact_{name}}},2)")


_GROWTH = (
    'IF(SUMIFS({bridge.units_before_year@column},{bridge.kind@column},"both")=0,0,'
    'SUMIFS({bridge.units_after_year@column},{bridge.kind@column},"both")'
    '/SUMIFS({bridge.units_before_year@column},{bridge.kind@column},"both"))'
)
_EARNED = "({price_before}-{unit_cost_before})"
_STAYS = 'OR({kind}="both",{kind}="returns",{kind}="none")'

EFFECT_NAMES = (
    "price", "volume", "mix", "cost", "currency", "new", "discontinued", "timing"
)  # fmt: skip
"""The effects in the order of the core, :data:`sop_xl.planning.finance.effects.EFFECTS`."""

BRIDGE = Table(
    "bridge",
    "Bridge by family",
    (
        Column("family", "Family", role=KEY, help="Product family."),
        _work("before", "Before", "ROUND({revenue_before}+{currency_before}-{cost_before},2)",
              "What is compared with, in the currency of the house."),
        _effect("price", "Price",
                "Other prices, at the units now; and regions of the family that grow unequally."),
        _work("volume", "Volume",
              "ROUND({after}-{before}-ROUND({exact_price},2)-ROUND({exact_mix},2)"
              "-ROUND({exact_cost},2)-ROUND({exact_currency},2)-ROUND({exact_new},2)"
              "-ROUND({exact_discontinued},2)-ROUND({exact_timing},2),2)",
              "All families grow alike; the cent that rounding leaves over is in it."),
        _effect("mix", "Mix", "Families that grow more or less than all."),
        _effect("cost", "Cost", "Other unit costs: less cost is positive; of revenue nothing."),
        _effect("currency", "Currency", "Other exchange rates than those of the AOP."),
        _effect("new", "New", "Families that were not sold before."),
        _effect("discontinued", "Discontinued", "Families that are not sold any more."),
        _effect("timing", "Timing", "Units that moved to or from other months of the fiscal year."),
        _work("after", "After", "ROUND({revenue_after}+{currency_after}-{cost_after},2)",
              "What is compared: actual and plan."),
        _work("check", "Check", "ROUND({before}+SUM({price},{volume},{mix},{cost},{currency},{new},"
              "{discontinued},{timing})-{after},2)", "Before + effects - after: exactly zero.",
              Unit.CENTS),
        _work("kind", "Kind",
              'IF(AND({units_before}=0,ROUND({units_before_year}-{units_before},6)=0),'
              'IF(AND({units_after}=0,ROUND({units_after_year}-{units_after},6)=0),"none","new"),'
              'IF(AND({units_after}=0,ROUND({units_after_year}-{units_after},6)=0),"gone",'
              'IF(MIN({units_before},ROUND({units_before_year}-{units_before},6),{units_after},'
              'ROUND({units_after_year}-{units_after},6))<0,"returns","both")))',
              "Sold both times, new, gone; returns: more came back than was sold.", Unit.TEXT),
        _work("units_before", "Units before",
              _before("aop_quantity", "prior_volume", "volume", "scenario_volume"),
              "Window.", Unit.QUANTITY),
        _work("units_before_year", "Units before, year",
              _before("aop_quantity", "prior_volume", "volume", "scenario_volume",
                      "before_year"),
              "Fiscal year.", Unit.QUANTITY),
        _work("revenue_before", "Revenue before",
              _before("aop_revenue", "prior_constant", "constant_revenue", "scenario_constant"),
              "At budget rates."),
        _work("revenue_before_year", "Revenue before, year",
              _before("aop_revenue", "prior_constant", "constant_revenue", "scenario_constant",
                      "before_year"),
              "At budget rates, fiscal year."),
        _work("currency_before", "Currency before",
              "CHOOSE(Bridge_n,0," + _sum("before", "prior_revenue") + "-{revenue_before},"
              + _sum("before", "revenue") + "-{revenue_before},"
              + _sum("before", "prior_revenue") + "-{revenue_before},"
              + _sum("before", "scenario_revenue") + "-{revenue_before})",
              "Revenue - revenue at budget rates."),
        _work("cost_before", "Cost before",
              "Bridge_margin*" + _before(_aop_cost("before"), "prior_full", "full_cost",
                                          "scenario_cost"),
              "Cost of sales, and supply cost beyond standard; zero for a bridge of revenue."),
        _work("cost_before_year", "Cost before, year",
              "Bridge_margin*" + _before(_aop_cost("before_year"), "prior_full", "full_cost",
                                         "scenario_cost", "before_year"), "Fiscal year."),
        _work("units_after", "Units after", _sum("inside", "volume"), "Window.", Unit.QUANTITY),
        _work("units_after_year", "Units after, year", _sum("inside_year", "volume"),
              "Fiscal year.", Unit.QUANTITY),
        _work("revenue_after", "Revenue after", _sum("inside", "constant_revenue"),
              "At budget rates."),
        _work("currency_after", "Currency after",
              _sum("inside", "revenue") + "-{revenue_after}", "Revenue - revenue at budget rates."),
        _work("cost_after", "Cost after", "Bridge_margin*CHOOSE(Bridge_n," + ",".join(
                  _sum("inside", name)
                  for name in ("full_cost", "like_cost", "year_cost", "like_cost", "full_cost")
              ) + ")",
              "Cost of sales, and supply cost beyond standard where both sides know it; zero for a "
              "bridge of revenue."),
        _work("price_before", "Price before",
              "IF({units_before}<>0,{revenue_before}/{units_before},"
              "IF({units_before_year}<>0,{revenue_before_year}/{units_before_year},0))",
              "Of the window, else of the fiscal year.", Unit.PRICE),
        _work("unit_cost_before", "Unit cost before",
              "IF({units_before}<>0,{cost_before}/{units_before},"
              "IF({units_before_year}<>0,{cost_before_year}/{units_before_year},0))",
              "Of the window, else of the fiscal year.", Unit.PRICE),
        _work("growth", "Growth",
              'IF({kind}="both",{units_after_year}/{units_before_year},0)',
              "Units after / before, fiscal year.", Unit.FACTOR),
        _work("growth_of_all", "Growth of all", f'IF({{kind}}="both",{_GROWTH},0)',
              "The same of all families that are sold both times.", Unit.FACTOR),
        _work("exact_price", "Exact price",
              f"IF({_STAYS},{{revenue_after}}-{{price_before}}*{{units_after}}"
              "-({revenue_before}-{price_before}*{units_before}),0)", "(p1 - p0) v1."),
        _work("exact_volume", "Exact volume",
              f'IF({{kind}}="both",({{growth_of_all}}-1)*{{units_before}}*{_EARNED},'
              f'IF({{kind}}="returns",({{units_after}}-{{units_before}})*{_EARNED},0))',
              "(G - 1) v0 m0."),
        _work("exact_mix", "Exact mix",
              f"({{growth}}-{{growth_of_all}})*{{units_before}}*{_EARNED}", "(g - G) v0 m0."),
        _work("exact_cost", "Exact cost",
              f"IF({_STAYS},({{cost_before}}-{{unit_cost_before}}*{{units_before}})"
              "-({cost_after}-{unit_cost_before}*{units_after}),0)", "(c0 - c1) v1."),
        _work("exact_currency", "Exact currency", "{currency_after}-{currency_before}",
              "Currency after - before."),
        _work("exact_new", "Exact new",
              'IF({kind}="new",{revenue_after}-{cost_after}-{revenue_before}+{cost_before},0)',
              "All of a family that is new."),
        _work("exact_discontinued", "Exact discontinued",
              'IF({kind}="gone",{revenue_after}-{cost_after}-{revenue_before}+{cost_before},0)',
              "All of a family that is gone."),
        _work("exact_timing", "Exact timing",
              f'IF({{kind}}="both",({{units_after}}-{{growth}}*{{units_before}})*{_EARNED},0)',
              "(v1 - g v0) m0."),
        _work("proof", "Proof",
              "{revenue_after}+{currency_after}-{cost_after}-{revenue_before}-{currency_before}"
              "+{cost_before}-SUM({exact_price},{exact_volume},{exact_mix},{exact_cost},"
              "{exact_currency},{exact_new},{exact_discontinued},{exact_timing})",
              "Change - the exact effects: zero but for the noise of floating point.",
              Unit.FACTOR),
    ),
    help="Who causes what: the bridge of each family; it sums to the cent. To its right, workings.",
)  # fmt: skip

VISIBLE = BRIDGE.names.index("check") + 1
"""Columns of the bridge that are read; those after them are workings."""

TIES, OUT = "● ties", "▲ above tolerance"
OPEN, EXPLAINED, CLOSED = "open", "explained", "closed"

TIE_OUTS = Table(
    "tie_outs",
    "Tie-out list",
    (
        Column("tie_out", "Tie-out", role=KEY, help="What is compared, of what, and when."),
        Column("value", "Figure", MONEY, OUTPUT, help="What the plan or the book shows."),
        Column("other", "Against", MONEY, OUTPUT, help="What it is compared with."),
        Column("amount", "Difference", MONEY, OUTPUT, help="Figure - against."),
        Column("share", "Difference %", Unit.PERCENT, OUTPUT, help="Difference / against."),
        Column("tolerance", "Tolerance", Unit.PERCENT, OUTPUT, help="What needs no explanation."),
        Column("state", "State", role=OUTPUT, alert="status",
               help="● ties, or ▲ above the tolerance."),
        Column("line_owner", "Owner of the line", role=OUTPUT, help="From Data_Finance."),
        Column("owner", "Owner", role=OPTIONAL,
               help="Who explains it, where that is not the owner of the line."),
        Column("status", "Status", role=OPTIONAL, default=OPEN,
               choices=(OPEN, EXPLAINED, CLOSED), help="Where the work on it stands."),
        Column("comment", "Comment", role=OPTIONAL, help="What was found."),
        Column("place", "Where", role=OUTPUT, width=34,
               help="The cell of the figure and the cell of what it is compared with."),
        Column("compared", "Compared with", role=OUTPUT,
               help="AOP, prior cycle, scenario, target, or the book with itself."),
        Column("window", "Window", role=OUTPUT, help="Months compared."),
    ),
    help="Every difference above its tolerance, most money first; below, the book held against "
         "itself. Owner, status and comment are kept.",
    as_issued=True,
    rows_given=True,
)  # fmt: skip
"""What is printed stands left: the cells are for the screen, the rest is in the name."""

FINANCE_LOCK = Table(
    "finance_lock",
    "Locked financial view",
    (
        Column("line", "Line", role=KEY, help="Line of the profit and loss account."),
        Column("period", "Month", Unit.PERIOD, KEY, help="Month of the plan."),
        Column("value", "Locked", MONEY, OPTIONAL, help="What was locked."),
        Column("hash", "Hash", role=OPTIONAL, help="Of the content that was locked."),
        Column("author", "Locked by", role=OPTIONAL, help="Who locked it."),
        Column("at", "Locked at", role=OPTIONAL, help="When (UTC)."),
        Column("of_revision", "Revision", COUNT, OPTIONAL, help="Of the inputs it was made from."),
        Column("of_change", "Change", COUNT, OPTIONAL, help="Last change that went into it."),
    ),
    help="The financial view that finance has locked; empty where none is.",
)

_NOW = (
    'IF({line}="",0,IF({family}="",SUMIFS({finance_total@totals},{finance_total@measures},{line}),'
    "SUMIFS({finance_family@totals},{finance_family.family@keys},{family},"
    "{finance_family@measures},{finance_family.revenue@label})))"
)

FINANCE_DRIFT = Table(
    "finance_drift",
    "Locked and now",
    (
        Column("line", "Line", role=KEY, help="Line of the company, or revenue of a family."),
        Column("family", "Family", role=OUTPUT, help="Empty for a line of the company."),
        Column("unit", "Unit", role=OUTPUT, help="Of the figures of the line."),
        Column("locked", "Locked", MONEY, OUTPUT, "Sum over the plan as finance has locked it, of "
               "the inventory value its last month; empty where nothing is locked.",
               unit_by="unit"),
        Column("now", "Now", MONEY, OUTPUT, "The same of the book as it is.", formula=_NOW,
               unit_by="unit"),
        Column("moved", "Moved", MONEY, OUTPUT, "Now - locked; less than 0.5 is rounding; empty "
               "where nothing is locked.", unit_by="unit",
               formula='IF(ISNUMBER({locked}),IF(ABS({now}-{locked})<0.5,0,{now}-{locked}),"")'),
    ),
    help="What Lock finance freezes, and what moved since: the company, then revenue by family.",
)  # fmt: skip
