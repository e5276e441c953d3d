"""Step 4, cash: what customers pay and suppliers get, working capital, and what the bank lends."""

from __future__ import annotations

from typing import Literal, TypeAlias

from sop_xl.schema import VALUES, Alert, Column, Grid, Measure, Role, Table, Unit

Total: TypeAlias = Literal["", "sum", "last"]

KEY, INPUT, OPTIONAL, OUTPUT = Role.KEY, Role.INPUT, Role.OPTIONAL, Role.OUTPUT
MONEY, DAYS, PERCENT = Unit.MONEY, Unit.DAYS, Unit.PERCENT

CUSTOMERS, SUPPLIERS = "customers", "suppliers"
FLOWS = (CUSTOMERS, SUPPLIERS)
LATEST = 6
"""Months after the invoice by which everything is paid that is going to be paid."""
LAGS = range(1, LATEST + 1)

PERIOD = Column(
    "period", "Month", Unit.PERIOD, KEY, help="Month.", aliases=("date", "period"),
)

CASH = Table(
    "cash",
    "Cash by month",
    (
        PERIOD,
        Column("cash", "Cash", MONEY, help="At the month's end; negative where credit is drawn.",
               aliases=("bank", "cash balance")),
        Column("collections", "Collections", MONEY, help="What customers paid in the month.",
               aliases=("receipts", "cash received")),
        Column("payments", "Payments", MONEY, help="What suppliers were paid in the month.",
               aliases=("supplier payments",)),
        Column("expected_collections", "Expected collections", MONEY,
               help="Forecast of the collections made the month before."),
        Column("expected_payments", "Expected payments", MONEY,
               help="Forecast of the payments made the month before."),
        Column("capital_spending", "Capital spending", MONEY, minimum=0,
               help="What is paid for machines, buildings, software.", aliases=("capex",)),
        Column("tax", "Tax", MONEY, help="Tax paid; in plan months without one it follows the "
               "profit by the setting tax_rate.", aliases=("tax paid", "income tax")),
        Column("depreciation", "Depreciation", MONEY, minimum=0,
               help="Lowers the profit that is taxed, as far as the lines of the operating cost do "
                    "not hold it; no cash flows."),
        Column("other", "Other cash flow", MONEY,
               help="Loans taken +, repaid -, dividends -, interest -.", aliases=("financing",)),
        Column("facility", "Facility", MONEY, minimum=0, aliases=("credit limit", "credit line"),
               help="What the bank lends at most; empty or zero: the setting facility."),
    ),
    help="Cash of closed months, and what is planned of it that does not follow from the sales: "
         "capital spending, tax, loans, the limit of the bank.",
)  # fmt: skip

PAST_CASH = Table(
    "past_cash",
    "Past cash forecasts",
    (
        Column("cycle", "Cycle", Unit.PERIOD, Role.KEY, help="Cycle in which it was made."),
        PERIOD,
        Column("collections", "Collections", MONEY, help="Expected from customers."),
        Column("payments", "Payments", MONEY, help="Expected to be paid to suppliers."),
    ),
    help="The gross flows that earlier cycles expected: kept in the store with each version.",
)

_SUM = "SUMIFS({payment_pattern.%s@column},{payment_pattern.flow@column},{flow})"
_GIVEN = (
    "SUMPRODUCT(({payment_pattern.flow@column}={flow})*ISNUMBER({payment_pattern.share@column}))"
)

PAYMENT_PATTERN = Table(
    "payment_pattern",
    "Payment pattern",
    (
        Column("flow", "Who pays", role=KEY, choices=FLOWS, aliases=("flow", "who"),
               help="Customers pay us, suppliers are paid by us."),
        Column("months", "Months later", Unit.MONTHS, KEY, minimum=0, maximum=LATEST,
               aliases=("lag", "month"), help="Months after the invoice: 0 is the same month."),
        Column("share", "Share", PERCENT, OPTIONAL, minimum=0, maximum=1,
               aliases=("percent", "paid"),
               help="Share of the invoices that is paid then. What customers leave of the whole is"
                    " bad debt. All empty: learned from the balance."),
        Column("learned", "Learned", PERCENT, OUTPUT,
               help="What fits the receivables and payables of the last twelve closed months; "
                    "paid after a month where nothing is known."),
        Column("used", "Share in force", PERCENT, OUTPUT,
               formula=f"IF({_GIVEN}=0,{{learned}},N({{share}})/IF(OR({{flow}}=\"{SUPPLIERS}\","
                       f"{_SUM % 'share'}>1),{_SUM % 'share'},1))",
               help="The share, or the learned one where none is given; brought to 100 % where "
                    "they sum to more, or of suppliers to anything else."),
        Column("lost", "Lost", PERCENT, OUTPUT,
               formula=f'IF(AND({{flow}}="{CUSTOMERS}",{{months}}=SUMPRODUCT(MAX('
                       "({payment_pattern.flow@column}={flow})*({payment_pattern.used@column}>0)"
                       f"*{{payment_pattern.months@column}}))),MAX(0,1-{_SUM % 'used'}),0)",
               help="Bad debt: written off with the last payment."),
    ),
    help="When invoices are paid: collections by pattern, and payment runs to suppliers.",
    rows_given=True,
)  # fmt: skip


def _past(
    name: str, label: str, plan: str, help: str, *, total: Total = "", strong: bool = False,
    detail: bool = False, alert: Alert = "",
) -> Measure:
    """A measure in money whose past is known and whose plan is computed."""
    return Measure(name, label, MONEY, past=VALUES, plan=plan, total=total, help=help,
                   strong=strong, detail=detail, alert=alert)


def _lever(name: str, label: str, unit: Unit, help: str) -> tuple[Measure, Measure]:
    """What somebody types from a month on, and what is in force in each month."""
    used = f"{name}_used"
    return (
        Measure(name, label, unit, OPTIONAL, plan=VALUES,
                help=f"{help} It holds until another number is typed; 0 ends it."),
        Measure(used, f"{label} in force", unit, detail=True,
                plan=f"IF(ISNUMBER({{{name}}}),{{{name}}},N({{{used}@prev}}))",
                help="The last number typed in this month or before."),
    )  # fmt: skip


def _earlier(name: str, word: str) -> tuple[Measure, ...]:
    """The amounts of the months before, one row for each: the pattern reckons with them."""
    return tuple(
        _past(f"{name}_{lag}", f"{word} {lag} month{'s' if lag > 1 else ''} before",
              f"{{{name if lag == 1 else f'{name}_{lag - 1}'}@prev}}",
              "Moved on month by month for the payment pattern.", detail=True)
        for lag in LAGS
    )  # fmt: skip


def _by_pattern(name: str, flow: str, share: str) -> str:
    """The sum over the months before of amount x share of the pattern."""
    terms = (
        f"{{{name if lag == 0 else f'{name}_{lag}'}}}*SUMIFS({{payment_pattern.{share}@column}},"
        f'{{payment_pattern.flow@column}},"{flow}",{{payment_pattern.months@column}},{lag})'
        for lag in range(LATEST + 1)
    )
    return "+".join(terms)


_OPENING = "Balance at the end of the month before."
_UNROLLED = (
    "Closing balance less what opening balance and movements make: zero where the balance rolls."
)

RECEIVABLES = Grid(
    "receivables",
    "Receivables",
    (),
    (
        _past("opening", "Opening receivables", "{closing@prev}", _OPENING),
        Measure("sales", "+ Sales", MONEY, past="{finance_total.revenue@all}",
                plan="{finance_total.revenue@all}", total="sum", help="Revenue of the month."),
        *_earlier("sales", "Sales"),
        *_lever("terms", "± Customer terms", DAYS,
                "Days by which customers pay later (+) or sooner (-) than the pattern says."),
        *_lever("bad_debt", "± Bad debt", PERCENT,
                "Credit policy: share of sales that is lost beyond (+) or less than the pattern."),
        Measure("overdue_target", "Collect overdue", MONEY, OPTIONAL, plan=VALUES, minimum=0,
                help="Credit policy: money of the overdue that is collected in this month."),
        Measure("overdue_collected", "Overdue collected", MONEY, detail=True, total="sum",
                plan="MIN(N({overdue_target}),MAX(0,{overdue@prev}))",
                help="No more than is overdue."),
        _past("overdue", "Beside the pattern", "{overdue@prev}-{overdue_collected}",
              "Receivables beyond what the pattern makes of the sales: overdue where positive. It "
              "stays until it is collected.", detail=True),
        Measure("later", "Paid later by terms", MONEY, detail=True,
                plan="{terms_used}*{sales}/{#days}",
                help="What changed terms leave open at the month's end: days x sales per day."),
        _past("collections", "- Collections",
              f"{_by_pattern('sales', CUSTOMERS, 'used')}-{{bad_debt_used}}*{{sales}}"
              "-({later}-N({later@prev}))+{overdue_collected}",
              "Sales of this month and those before by payment pattern, moved by the levers. In "
              "closed months as booked, else what the balances leave.", total="sum"),
        _past("write_offs", "- Bad debt",
              f"{_by_pattern('sales', CUSTOMERS, 'lost')}+{{bad_debt_used}}*{{sales}}",
              "What customers never pay.", total="sum"),
        Measure("unrolled", "Does not roll", MONEY, past=VALUES, help=_UNROLLED, sparse="past",
                detail=True),
        _past("closing", "Closing receivables", "{opening}+{sales}-{collections}-{write_offs}",
              "Opening + sales - collections - bad debt.", total="last", strong=True),
    ),
    help="Opening + sales - collections - bad debt = closing. Amounts without value added tax.",
)  # fmt: skip

PAYABLES = Grid(
    "payables",
    "Payables",
    (),
    (
        _past("opening", "Opening payables", "{closing@prev}", _OPENING),
        _past("purchases", "+ Purchases", "{stock_value.additions@all}*{$purchased_share}",
              "What is bought for stock: what goes into it x the setting purchased_share.",
              total="sum"),
        *_earlier("purchases", "Purchases"),
        *_lever("terms", "± Supplier terms", DAYS,
                "Days by which suppliers are paid later (+) or sooner (-) than the pattern says."),
        Measure("later", "Paid later by terms", MONEY, detail=True,
                plan="{terms_used}*{purchases}/{#days}",
                help="What changed terms leave open: days x purchases per day."),
        _past("payments", "- Payment runs",
              f"{_by_pattern('purchases', SUPPLIERS, 'used')}-({{later}}-N({{later@prev}}))",
              "Purchases of this month and those before by payment pattern, moved by the lever.",
              total="sum"),
        Measure("unrolled", "Does not roll", MONEY, past=VALUES, help=_UNROLLED, sparse="past",
                detail=True),
        _past("closing", "Closing payables", "{opening}+{purchases}-{payments}",
              "Opening + purchases - payment runs.", total="last", strong=True),
    ),
    help="Opening + purchases - payment runs = closing.",
)  # fmt: skip

STOCK_VALUE = Grid(
    "stock_value",
    "Inventory at cost",
    (),
    (
        _past("opening", "Opening inventory", "{closing@prev}", _OPENING),
        _past("additions", "+ Made and bought", "{closing}-{opening}+{cost_of_sales}",
              "What has to go into stock: closing - opening + cost of sales.", total="sum"),
        Measure("cost_of_sales", "- Cost of sales", MONEY,
                past="{finance_total.cost_of_sales@all}", plan="{finance_total.cost_of_sales@all}",
                total="sum", help="Cost of what is shipped."),
        *_lever("target", "± Stock target", DAYS,
                "Days of cost of sales by which the stock is to be higher (+) or lower (-)."),
        Measure("moved", "Stock by changed target", MONEY, detail=True,
                plan="{target_used}*{cost_of_sales}/{#days}",
                help="Days x cost of sales per day."),
        _past("beside", "Beside the plan", "{beside@prev}",
              "What is booked beyond the stock of the plan, raw material for example; it stays.",
              detail=True),
        _past("closing", "Closing inventory",
              "MAX(0,{finance_total.inventory_value@all}+{beside}+{moved})",
              "Inventory of the supply plan at standard cost + what is beside it + the lever.",
              total="last", strong=True),
    ),
    help="Opening + made and bought - cost of sales = closing.",
)  # fmt: skip

NEAR, BEYOND, FINE = "▲ near the limit", "■ beyond the facility", "● yes"
_LIMIT = (
    f'IF(ISNUMBER({{headroom}}),IF({{headroom}}<0,"{BEYOND}",IF({{headroom}}<{{$cash_reserve}},'
    f'"{NEAR}","{FINE}")),"")'
)
_ACCURACY = (
    "IF(COUNT({collections},{payments},{expected_collections},{expected_payments})<4,\"\","
    "IF(ABS({collections})+ABS({payments})=0,\"\",MAX(0,1-(ABS({collections}"
    "-{expected_collections})+ABS({payments}-{expected_payments}))"
    "/(ABS({collections})+ABS({payments})))))"
)

_DEPRECIATED = "({finance_total.ebitda@all}-{finance_total.operating_profit@all})"
"""Depreciation among the lines of the operating cost."""
_NO_PROFIT = "Losses of earlier plan months are set off first."

_EXPECTED = (
    "The last forecast of an earlier cycle before the month began, as the store has kept it; else "
    "that of Data_Cash."
)

CASH_FLOW = Grid(
    "cash_flow",
    "Cash flow",
    (),
    (
        Measure("sales", "Sales", MONEY, past="{finance_total.revenue@all}",
                plan="{finance_total.revenue@all}", total="sum", help="Revenue of the month."),
        Measure("collections", "Collections", MONEY, past="{receivables.collections@all}",
                plan="{receivables.collections@all}", total="sum", help="From the receivables."),
        Measure("payments", "- Paid to suppliers", MONEY, past="{payables.payments@all}",
                plan="{payables.payments@all}", total="sum", help="From the payables."),
        Measure("conversion", "- Payroll and cost of making", MONEY, total="sum",
                plan="{stock_value.additions@all}*(1-{$purchased_share})",
                help="What goes into stock and is not bought: paid in its month."),
        Measure("operating_cost", "- Operating cost", MONEY, total="sum",
                past="{finance_total.operating_cost@all}",
                plan=f"{{finance_total.operating_cost@all}}-{_DEPRECIATED}",
                help="Of the profit and loss account, without depreciation: paid in its month."),
        Measure("supply_cost", "- Supply cost beyond standard", MONEY, total="sum",
                plan="{finance_total.supply_cost@all}",
                help="Wages that no unit absorbs, overtime, hiring, subcontractors above standard, "
                     "expediting: paid in its month. What units absorb is in the line of making."),
        Measure("taxable", "Taxable profit", MONEY, detail=True, total="sum",
                plan="{finance_total.operating_profit@all}-{receivables.write_offs@all}"
                     f"-MAX(0,{{cash.depreciation@sum}}-{_DEPRECIATED})",
                help="Operating profit - bad debt - depreciation of Data_Cash as far as the lines "
                     "of the operating cost do not hold it."),
        Measure("taxable_sum", "Taxable profit so far", MONEY, detail=True,
                plan="N({taxable_sum@prev})+{taxable}", help="Sum since the first plan month."),
        Measure("taxed", "Taxed so far", MONEY, detail=True,
                plan="MAX(N({taxed@prev}),{taxable_sum},0)", help=f"Highest sum. {_NO_PROFIT}"),
        _past("tax", "- Tax", "IF({cash.tax@sum}<>0,{cash.tax@sum},"
              "{$tax_rate}*({taxed}-N({taxed@prev})))",
              f"As in Data_Cash, else tax_rate x profit. {_NO_PROFIT}", total="sum"),
        _past("operating", "Operating cash flow",
              "{collections}-{payments}-{conversion}-{operating_cost}-{supply_cost}-{tax}",
              "What comes in less what goes out; in closed months as booked.", total="sum",
              strong=True),
        Measure("operating_share", "Operating cash flow to sales", PERCENT,
                ratio=("operating", "sales"),
                past='IF(OR(NOT(ISNUMBER({operating})),{sales}<=0),"",{operating}/{sales})',
                plan='IF({sales}<=0,"",{operating}/{sales})',
                help="Operating cash flow / net sales."),
        Measure("capital_spending", "- Capital spending", MONEY, past="{cash.capital_spending@sum}",
                plan="{cash.capital_spending@sum}", total="sum", help="From Data_Cash."),
        Measure("other", "+ Other cash flow", MONEY, past="{cash.other@sum}",
                plan="{cash.other@sum}", total="sum",
                help="Loans, dividends, interest: from Data_Cash."),
        _past("opening", "Opening cash", "{closing@prev}", _OPENING),
        Measure("net", "Net cash flow", MONEY, total="sum", past=VALUES,
                plan="{operating}-{capital_spending}+{other}",
                help="Operating cash flow - capital spending + other; in closed months the change "
                     "of the cash that is booked."),
        _past("closing", "Closing cash", "{opening}+{net}",
              "Opening cash + net cash flow; negative where credit is drawn.", total="last",
              strong=True, alert="negative"),
        Measure("facility", "Facility", MONEY, total="last",
                past="IF({cash.facility@sum}>0,{cash.facility@sum},{$facility})",
                plan="IF({cash.facility@sum}>0,{cash.facility@sum},{$facility})",
                help="What the bank lends at most."),
        Measure("headroom", "Headroom", MONEY, total="last", strong=True, alert="negative",
                past='IF(ISNUMBER({closing}),{closing}+{facility},"")',
                plan="{closing}+{facility}",
                help="Cash + facility: what can still be spent. Negative is beyond the facility."),
        Measure("limit", "Within the facility", Unit.TEXT, alert="status",
                past=_LIMIT, plan=_LIMIT,
                help="Whether headroom is left, and more than the setting cash_reserve."),
        Measure("expected_collections", "Expected collections", MONEY, past=VALUES, detail=True,
                help=_EXPECTED),
        Measure("expected_payments", "Expected payments", MONEY, past=VALUES, detail=True,
                help=_EXPECTED),
        Measure("accuracy", "Cash forecast accuracy", PERCENT, past=_ACCURACY, sparse="blank",
                help="1 - (|collections - expected| + |payments - expected|) / (collections + "
                     "payments): of gross flows, because net ones cross zero."),
        _past("trade", "Trade working capital",
              "{receivables.closing@all}+{stock_value.closing@all}-{payables.closing@all}",
              "Receivables + inventory - payables.", total="last"),
        Measure("indirect", "The same from the profit", MONEY, total="sum", detail=True,
                plan="{finance_total.ebitda@all}-{receivables.write_offs@all}-{tax}"
                     "-({trade}-{trade@prev})",
                help="EBITDA - bad debt - tax - growth of trade working capital."),
        Measure("difference", "Difference of both", MONEY, total="sum", detail=True,
                plan="ROUND({operating}-{indirect},6)", help="Zero: both ways give one cash flow."),
    ),
    help="From sales to cash: what comes in, what goes out, and what the bank has to lend.",
)  # fmt: skip

def _days(name: str, label: str, balance: str, flow: str, help: str) -> Measure:
    formula = (
        f'IF(OR({{{balance}@all}}<=0,{{{flow}@all}}<=0),"",{{{balance}@all}}/{{{flow}@all}}'
        "*{#days})"
    )
    return Measure(name, label, DAYS, past=formula, plan=formula, sparse="past", help=help)


_CYCLE = 'IF(COUNT({dso},{dio},{dpo})<3,"",{dso}+{dio}-{dpo})'
LATE_GROWTH = "▲ late"
_GROWTH = (
    "IF(AND(N({dso@prev})>0,ROUND(N({dso})-N({dso@prev}),6)>0,"
    "ROUND({sales}/{#days}-{sales@prev}/{#days@prev},6)>0),"
    f'"{LATE_GROWTH}","")'
)

CASH_DAYS = Grid(
    "cash_days",
    "Days of working capital",
    (),
    (
        Measure("sales", "Sales", MONEY, past="{finance_total.revenue@all}", detail=True,
                plan="{finance_total.revenue@all}", help="Revenue of the month."),
        _days("dso", "DSO: days sales outstanding", "receivables.closing", "finance_total.revenue",
              "Receivables / revenue per day (SCOR AM.2.1)."),
        _days("dio", "DIO: days inventory outstanding", "stock_value.closing",
              "finance_total.cost_of_sales", "Inventory / cost of sales per day (SCOR AM.2.2)."),
        _days("dpo", "DPO: days payables outstanding", "payables.closing",
              "finance_total.cost_of_sales",
              "Payables / cost of sales per day; SCOR AM.2.3 takes the cost of materials."),
        Measure("cycle", "Cash conversion cycle", DAYS, strong=True, sparse="past",
                past=_CYCLE, plan=_CYCLE, help="DSO + DIO - DPO (SCOR AM.1.1)."),
        Measure("growth", "Growth that brings its cash late", Unit.TEXT, alert="status",
                plan=_GROWTH, help="▲ late: customers pay later than the month before, and more is "
                                  "sold a day."),
    ),
    help="How long money is tied up, by the sales and the cost of sales of the month.",
)  # fmt: skip

CASH_GRIDS = (CASH_FLOW, CASH_DAYS, RECEIVABLES, PAYABLES, STOCK_VALUE)
