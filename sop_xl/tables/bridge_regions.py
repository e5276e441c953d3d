"""Step 4, reconciliation: the bridge by region, and by family and region what it is the sum of."""

from __future__ import annotations

from sop_xl.schema import Column, Role, Table, Unit
from sop_xl.tables.recon import BRIDGE, EFFECT_NAMES

KEY, OUTPUT = Role.KEY, Role.OUTPUT
MONEY, QUANTITY = Unit.MONEY, Unit.QUANTITY

SHOWN = ("before", *EFFECT_NAMES, "after")
"""The columns that sum to those of the bridge by family."""


def _work(name: str, label: str, formula: str, help: str, unit: Unit = MONEY) -> Column:
    return Column(name, label, unit, OUTPUT, help, formula=formula)


# ---- by family and region ------------------------------------------------------------------------

_KEYS = "{finance_region.family@keys}", "{finance_region.region@keys}"
_PLACE = (
    f"MATCH({{family}},{_KEYS[0]},0)+MATCH({{region}},"
    f"INDEX({_KEYS[1]},MATCH({{family}},{_KEYS[0]},0)):INDEX({_KEYS[1]},ROWS({_KEYS[1]})),0)-1"
)


def _sum(mask: str, measure: str) -> str:
    return (
        f"SUMPRODUCT({{bridge_months.{mask}@line}},{{finance_family.bridged@key_line}},"
        f"{{finance_region.{measure}@placed_line}})"
    )


def _budget(column: str) -> str:
    return (
        f"SUMIFS({{aop.{column}@column}},{{aop.family@column}},{{family}},"
        "{aop.region@column},{region},{aop.period@column},\">=\"&Bridge_first,"
        '{aop.period@column},"<="&Bridge_last)'
    )


def _base(name: str, label: str, aop: str, measure: str, unit: Unit = MONEY) -> Column:
    """By what the family's figure of the other side is shared out over its regions."""
    other = f"CHOOSE(Bridge_n,{_budget(aop)},{{{name}_now}},{_sum('before', measure)}," \
            f"{{{name}_now}},{{{name}_now}})"
    return _work(f"{name}_then", f"{label} then", other,
                 "Of the AOP, or of last year. Earlier plans and scenarios are kept by family: "
                 "their regions are those of actual and plan.", unit)


def _of(name: str) -> str:
    """The figure of the family in the bridge by family."""
    return f"INDEX({{bridge.{name}@column}},{{row}})"


def _shared(amount: str, base: str) -> str:
    """A figure of the family, by its region's share of a base; by last year's where that is 0."""
    total = (
        f"SUMIFS({{bridge_places.{base}@column}},{{bridge_places.family@column}},{{family}})"
    )
    return f"{amount}*IF(ROUND({total},6)=0,{{share}},{{{base}}}/{total})"


def _currency(amount: str, revenue: str, actual: str, constant: str) -> str:
    """What other rates make: the revenue at them, less the revenue at those of the budget."""
    return _shared(f"({amount}+{_of(revenue)})", actual) + "-" + _shared(_of(revenue), constant)


_KIND = _of("kind")
_STAYS = f'OR({_KIND}="both",{_KIND}="returns",{_KIND}="none")'
_EARNED = f"({_of('price_before')}-{_of('unit_cost_before')})"
_UNITS = _of("units_before"), _of("units_after")
_MOVED = "{revenue_after}-{cost_after}-{revenue_before}+{cost_before}"

BRIDGE_PLACES = Table(
    "bridge_places",
    "Bridge by family and region",
    (
        Column("family", "Family", role=KEY, help="Product family."),
        Column("region", "Region", role=KEY, help="Sales region."),
        _work("place", "Place", _PLACE, "Row of the block on Finance_Recon.", Unit.COUNT),
        _work("row", "Row", "MATCH({family},{bridge.family@column},0)",
              "Row of the family in the bridge by family.", Unit.COUNT),
        Column("share", "Share", Unit.FACTOR, OUTPUT, "Of the family, last twelve months."),
        _work("units_now", "Units now", _sum("inside", "volume"), "Window.", QUANTITY),
        _work("constant_now", "Revenue at budget rates now", _sum("inside", "constant_revenue"),
              "Window."),
        _work("actual_now", "Revenue now", _sum("inside", "revenue"), "Window."),
        _work("cost_now", "Cost now", _sum("inside", "cost_of_sales"), "At standard, window."),
        _base("units", "Units", "quantity", "volume", QUANTITY),
        _base("constant", "Revenue at budget rates", "revenue", "constant_revenue"),
        _base("actual", "Revenue", "revenue", "revenue"),
        _base("cost", "Cost", "cost_of_sales", "cost_of_sales"),
        _work("units_before", "Units before", _shared(_UNITS[0], "units_then"),
              "Of the family, shared out.", QUANTITY),
        _work("revenue_before", "Revenue before",
              _shared(_of("revenue_before"), "constant_then"), "At budget rates."),
        _work("currency_before", "Currency before",
              _currency(_of("currency_before"), "revenue_before", "actual_then", "constant_then"),
              "Revenue - revenue at budget rates."),
        _work("cost_before", "Cost before", _shared(_of("cost_before"), "cost_then"),
              "Cost of sales, and supply cost beyond standard; zero for a bridge of revenue."),
        _work("units_after", "Units after", _shared(_UNITS[1], "units_now"),
              "Of the family, shared out.", QUANTITY),
        _work("revenue_after", "Revenue after", _shared(_of("revenue_after"), "constant_now"),
              "At budget rates."),
        _work("currency_after", "Currency after",
              _currency(_of("currency_after"), "revenue_after", "actual_now", "constant_now"),
              "Revenue - revenue at budget rates."),
        _work("cost_after", "Cost after", _shared(_of("cost_after"), "cost_now"),
              "Cost of sales, and supply cost beyond standard; zero for a bridge of revenue."),
        _work("exact_before", "Exact before", "{revenue_before}+{currency_before}-{cost_before}",
              "What is compared with."),
        _work("exact_price", "Exact price",
              f"IF({_STAYS},{{revenue_after}}-{{revenue_before}}-{_of('price_before')}"
              "*({units_after}-{units_before}),0)", "r1 - r0 - p0 (u1 - u0)."),
        _work("exact_volume", "Exact volume",
              f'IF({_KIND}="both",({_of("growth_of_all")}-1)*{{units_before}}*{_EARNED},'
              f'IF({_KIND}="returns",({{units_after}}-{{units_before}})*{_EARNED},0))',
              "(G - 1) u0 m0."),
        _work("exact_mix", "Exact mix",
              f'IF({_KIND}="both",(IF({_UNITS[0]}=0,0,{{units_after}}-{{units_before}}'
              f"*{_UNITS[1]}/{_UNITS[0]})+({_of('growth')}-{_of('growth_of_all')})"
              f"*{{units_before}})*{_EARNED},0)", "(u1 - u0 U1 / U0 + (g - G) u0) m0."),
        _work("exact_cost", "Exact cost",
              f"IF({_STAYS},{{cost_before}}-{{cost_after}}-{_of('unit_cost_before')}"
              "*({units_before}-{units_after}),0)", "c0 - c1 - k0 (u0 - u1)."),
        _work("exact_currency", "Exact currency", "{currency_after}-{currency_before}",
              "Currency after - before."),
        _work("exact_new", "Exact new", f'IF({_KIND}="new",{_MOVED},0)',
              "All of a family that is new."),
        _work("exact_discontinued", "Exact discontinued", f'IF({_KIND}="gone",{_MOVED},0)',
              "All of a family that is gone."),
        _work("exact_timing", "Exact timing",
              f'IF({_KIND}="both",IF({_UNITS[0]}=0,{{units_after}},({_UNITS[1]}/{_UNITS[0]}'
              f"-{_of('growth')})*{{units_before}})*{_EARNED},0)",
              "(U1 / U0 - g) u0 m0; u1 m0 where U0 is zero."),
        _work("exact_after", "Exact after", "{revenue_after}+{currency_after}-{cost_after}",
              "What is compared."),
    ),
    help="Capital letters are of the family: U units, g its growth, G that of all families, p0, k0 "
         "and m0 price, cost and margin of a unit before. Small ones are of the region.",
)  # fmt: skip

# ---- by region -----------------------------------------------------------------------------------

_LAST = "{region}=INDEX({bridge_regions.region@column},ROWS({bridge_regions.region@column}))"


def _shown(name: str, label: str, help: str) -> Column:
    """Rounded; the last region takes the cents that the others leave of the company."""
    exact = f"{{exact_{name}}}"
    return _work(
        name, label,
        f"ROUND(ROUND({exact},2)+IF({_LAST},SUM({{bridge.{name}@column}})"
        f"-SUMPRODUCT(ROUND({{bridge_regions.exact_{name}@column}},2)),0),2)", help,
    )  # fmt: skip


_OTHERS = [name for name in EFFECT_NAMES if name != "volume"]
_HELP = {
    "before": "What is compared with, in the currency of the house.",
    "price": "Other prices, at the units now; a dear region that grows is in it too.",
    "mix": "Regions that grow more or less than their family, families more or less than all.",
    "cost": "Other unit costs: less cost is positive; of revenue nothing.",
    "currency": "Other exchange rates than those of the AOP.",
    "new": "Families that were not sold before.",
    "discontinued": "Families that are not sold any more.",
    "timing": "Units that moved to or from other months of the fiscal year.",
    "after": "What is compared: actual and plan.",
}

BRIDGE_REGIONS = Table(
    "bridge_regions",
    "Bridge by region",
    (
        Column("region", "Region", role=KEY, help="Sales region."),
        *(
            _work("volume", BRIDGE["volume"].label,
                  "ROUND({after}-{before}-SUM(" + ",".join(f"{{{n}}}" for n in _OTHERS) + "),2)",
                  "All families and regions grow alike; the cent that rounding leaves over is in "
                  "it.")
            if name == "volume" else _shown(name, BRIDGE[name].label, _HELP[name])
            for name in SHOWN
        ),
        _work("check", "Check",
              "ROUND({before}+SUM(" + ",".join(f"{{{n}}}" for n in EFFECT_NAMES) + ")-{after},2)",
              "Before + effects - after: exactly zero.", Unit.CENTS),
        *(
            _work(f"exact_{name}", f"Exact {name}",
                  f"SUMIFS({{bridge_places.exact_{name}@column}},{{bridge_places.region@column}},"
                  "{region})", "Sum of the families, not rounded.")
            for name in SHOWN if name != "volume"
        ),
    ),
    help="Which region causes what. Each row and each column sums to the cent; the cents that "
         "rounding leaves over are in the last region.",
)  # fmt: skip

VISIBLE = BRIDGE_REGIONS.names.index("check") + 1
"""Columns that are read; those after them are workings."""
