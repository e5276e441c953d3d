"""Tables held against each other."""

from collections.abc import Sequence
from pathlib import Path

import pytest

from tests.sources.folders import ACTUALS, ERROR, ITEMS, WARNING, lines, loaded


def found(tmp_path: Path, toml: str = "", /, cycle: str = "", **files: str | bytes) -> list[str]:
    return lines(loaded(tmp_path, toml, cycle=cycle, **files).findings)


def months(item: str, orders: Sequence[float], first: int = 2022, more: str = "") -> str:
    return "".join(
        f"{first + i // 12}-{i % 12 + 1:02d},{item},{q}{more}\n" for i, q in enumerate(orders)
    )


def test_sales_of_an_unknown_item_are_an_error(tmp_path: Path) -> None:
    result = loaded(tmp_path, actuals=ACTUALS + "2024-02,AA,5,1\n2024-01,AA,5,1\n")
    (error,) = [f for f in result.findings if f.severity is ERROR]
    assert str(error) == (
        "error: data/actuals.csv: row 5, Item: Item 'AA' is not in Items (2 rows)."
        " Did you mean 'A'? Add it to Items, or take its rows out."
    )


def test_other_references_are_warnings(tmp_path: Path) -> None:
    resources = "Resource,Machines,Hours per day\nR1,1,8\n"
    bill = "Item,Resource,Hours per unit\nA,R1,1\nA,R2,1\n"
    rows = "".join(f"E{i},{family},2024-03,2024-04\n" for i, family in enumerate(("F", "Fa", "")))
    events = f"Event,Family,Start,End\n{rows}"
    assert found(tmp_path, resources=resources, bill_of_resources=bill, events=events) == [
        "data/bill_of_resources.csv: row 3, Resource: Resource 'R2' is not in Resources.",
        "data/events.csv: row 3, Family: Family 'Fa' is the family of no item.",
    ]


def test_regions_matter_where_the_plan_is_made_by_region(tmp_path: Path) -> None:
    actuals = "Month,Item,Region,Orders\n2024-01,A,North,1\n2024-02,A,North,1\n"
    aop = "Month,Family,Region,Revenue\n2024-03,F,Nord,5\n2024-03,F,North,5\n"
    assert found(tmp_path, actuals=actuals, aop=aop) == [
        "data/aop.csv: row 2, Region: Region 'Nord' has no actuals."
    ]
    toml = "[horizon]\nplanning_level = ['family']"
    assert found(tmp_path, toml, actuals=actuals, aop=aop) == []


def test_one_name_in_two_tables_is_written_one_way(tmp_path: Path) -> None:
    """Excel would add NORTH to North, the plan would not."""
    actuals = "Month,Item,Region,Orders\n2024-01,A,North,1\n2024-02,A,North,1\n"
    aop = "Month,Family,Region,Revenue\n2024-03,f,NORTH,5\n2024-04,f,NORTH,5\n"
    result = loaded(tmp_path, actuals=actuals, aop=aop)
    assert lines(result.findings, ERROR) == [
        "data/aop.csv: row 2, Family: Family 'f' is written 'F' elsewhere; to Excel's formulas the"
        " two are one.",
        "data/aop.csv: row 2, Region: Region 'NORTH' is written 'North' elsewhere; to Excel's"
        " formulas the two are one.",
    ]


def test_what_becomes_of_unknown_families_and_regions_is_told(tmp_path: Path) -> None:
    actuals = "Month,Item,Region,Orders\n2024-01,A,North,1\n2024-02,A,North,1\n"
    deal = "lead,5,10%,2024-05-01\n"
    result = loaded(
        tmp_path,
        actuals=actuals,
        pipeline="Opportunity,Family,Region,Stage,Quantity,Probability,Close date\n"
        f"1,G,Nord,{deal}2,Gg,North,{deal}",
        events="Event,Family,Region,Start,End\n1,F,Nord,2024-03,2024-04\n",
        stock="Month,Item,Region,On hand\n2024-02,A,Central store,5\n",
        risks="Number,Description,Family,Probability,Impact\n1,Strike,Gg,1,100\n",
    )
    assert [(f.table, f.remedy) for f in result.findings] == [
        ("pipeline", "Did you mean 'G'? Name a family of the item master; else the deal is left out"
         " of the plan."),
        ("risks", "Did you mean 'G'? Name a family of the item master; else the risk is counted,"
         " but for no family."),
        ("pipeline", "Did you mean 'North'? Write it as in the actuals; else the deal opens a block"
         " of its own, without history."),
        ("events", "Did you mean 'North'? Write it as in the actuals; else the event changes"
         " nothing."),
    ]


def test_items_that_could_not_be_read_are_one_finding(tmp_path: Path) -> None:
    """Two of four rows of the item master have no family: their sales are no orphans."""
    items = "Item,Family,Price,Cost\nA,F,1,1\nB,,1,1\nC,,1,1\nD,F,1,1\n"
    actuals = "Month,Item,Orders\n" + "".join(f"2024-01,{item},1\n" for item in "ABCD")
    aop = "Month,Family,Revenue\n2024-03,G,5\n"
    stock = "Month,Item,On hand\n2024-01,B,5\n2024-01,E,5\n"
    result = loaded(tmp_path, items=items, actuals=actuals, aop=aop, stock=stock)
    assert lines(result.findings, WARNING)[:1] == [
        "data/items.csv: 3 names in other lists are not in what could be read of Items."
    ]
    assert not [f for f in result.findings if "is not in" in f.message or "no item" in f.message]


@pytest.mark.parametrize("items", ["", "Item,Family,Price,Cost\n", b"\x00\x00"])
def test_without_items_nothing_is_an_orphan(tmp_path: Path, items: str | bytes) -> None:
    (line,) = found(tmp_path, items=items, aop="Month,Family,Revenue\n2024-03,G,5\n")
    assert "tems" in line


def test_resources_that_could_not_be_read_are_one_finding(tmp_path: Path) -> None:
    result = loaded(
        tmp_path,
        resources="Resource,Machines,Hours per day\nR1,1,8\nR2,x,8\nR3,x,8\n",
        bill_of_resources="Item,Resource,Hours per unit\nA,R1,1\nA,R2,1\nB,R3,1\n",
    )
    assert lines(result.findings, WARNING) == [
        "data/resources.csv: 2 names in other lists are not in what could be read of Resources."
    ]


def test_options_that_can_never_be_used_are_told(tmp_path: Path) -> None:
    """Decided in 2024-03, what takes four months comes in 2024-07."""
    options = """\
Resource,Option,Hours at most,Cost per hour,Lead time in months,From,To
R1,overtime,50,,,2024-09,2024-05
R1,extra shift,0,30,0,,
R1,subcontract,50,30,4,,2024-06
R2,overtime,50,,0,,
R9,overtime,50,30,0,,
All,overtime,50,30,0,,
"""
    resources = "Resource,Machines,Hours per day,Cost per hour\nR1,1,8,40\nR2,1,8,\n"
    result = loaded(tmp_path, cycle="2024-03", resources=resources, capacity_options=options)
    file = "data/capacity_options.csv"
    assert lines(result.findings) == [
        f"{file}: row 6, Resource: Resource 'R9' is not in Resources.",
        f"{file}: row 7, Resource: The overtime of All names no resource: it is not used.",
        f"{file}: row 2, To: The overtime of R1 ends in 2024-05, before it starts in 2024-09.",
        f"{file}: row 4, To: The subcontract of R1 ends in 2024-06; decided now, it begins in"
        " 2024-07.",
        f"{file}: row 3, Hours at most: 1 options give no hours: R1 extra shift.",
        f"{file}: row 5, Cost per hour: 1 options cost nothing: R2 overtime.",
    ]
    assert len(lines(result.findings, ERROR)) == 1


def test_names_that_the_book_needs(tmp_path: Path) -> None:
    assert found(tmp_path, items="Item,Family,Price,Cost\nA,All,1,1\nB,F,1,1\n",
                 actuals="Month,Item,Orders\n2024-01,A,1\n") == [
        "data/items.csv: row 2, Family: A family cannot be called 'All'."
    ]


def test_item_numbers_matter_where_the_plan_is_made_by_item(tmp_path: Path) -> None:
    items = "Item,Family,Price,Cost\nA*,F,1,1\n007,F,1,1\n7,F,1,1\n"
    actuals = "Month,Item,Orders\n2024-01,7,1\n"
    assert found(tmp_path, items=items, actuals=actuals) == []
    toml = "[horizon]\nplanning_level = ['item']"
    assert found(tmp_path, toml, items=items, actuals=actuals) == [
        "data/items.csv: row 2, Item: Item 'A*' cannot be planned by item: Excel would misread it.",
        "data/items.csv: row 4, Item: Items '007' and '7' are one name to Excel's formulas.",
    ]


def test_months_that_are_not_closed(tmp_path: Path) -> None:
    assert found(tmp_path, cycle="2024-02") == [
        "data/actuals.csv: row 3, Month: 2 rows from 2024-02 on are left out: the plan begins"
        " there."
    ]
    assert found(tmp_path, cycle="2024-05") == [
        "data/actuals.csv: The last month of Actuals is 2024-02, not 2024-04: the forecast starts"
        " from older months."
    ]


def test_a_last_month_that_is_not_over(tmp_path: Path) -> None:
    text = "Date,Item,Orders\n" + "".join(f"2024-0{m}-{d:02d},A,1\n" for m in (1, 2)
                                          for d in range(2, 30 if m == 1 else 16))
    report = found(tmp_path, actuals=text)
    assert report[1:] == [
        "data/actuals.csv: The actuals end on 2024-02-15; 2024-02 is not over, and its demand"
        " looks too low."
    ]


def test_negative_demand_looks_like_returns(tmp_path: Path) -> None:
    text = "Month,Item,Orders\n2024-01,A,10\n2024-02,A,-4\n"
    assert found(tmp_path, actuals=text) == [
        "data/actuals.csv: row 3, Orders: 1 rows have negative orders: 2024-02 A All All."
    ]


def test_item_master(tmp_path: Path) -> None:
    items = (
        "Item,Family,Price,Cost,Launch,End of life,Like item\n"
        "A,F,,6,,,\nB,G,5,6,2024-01-01,2023-01-01,B\nC,G,,,,,\n"
    )
    assert found(tmp_path, items=items, actuals="Month,Item,Orders\n2024-01,A,1\n2024-01,B,1") == [
        "data/items.csv: row 2, Price: 1 items that sell have no price; their volume has no revenue"
        " where no revenue is delivered: A.",
        "data/items.csv: row 3, Price: 1 items cost more than their price: B.",
        "data/items.csv: row 3, End of life: Item B ends on 2023-01-01, before its launch on"
        " 2024-01-01.",
        "data/items.csv: row 3, Like item: Item B names itself as its like item.",
    ]


def test_stock_of_what_was_never_sold(tmp_path: Path) -> None:
    items = ITEMS + "C,G,9,4\n"
    stock = "Month,Item,On hand\n2024-02,A,5\n2024-02,C,10\n"
    assert found(tmp_path, items=items, stock=stock) == [
        "data/stock.csv: row 3, On hand: 1 items with stock (worth 40 at cost) have never been"
        " sold: 2024-02 C All."
    ]


def test_revenue_far_from_the_price(tmp_path: Path) -> None:
    text = "Month,Item,Orders,Revenue\n2024-01,A,10,100\n2024-02,B,5,10000\n"
    assert found(tmp_path, actuals=text) == [
        "data/items.csv: row 3, Price: Item B: revenue per unit is 2,000.00, its price 20.00"
        " (1e+02 times)."
    ]


def test_totals_that_do_not_tie(tmp_path: Path) -> None:
    """220 in February's actuals against 230 booked: -4.3 %; January ties within 1 %."""
    balance = "Month,Revenue\n2024-01,100.5\n2024-02,230\n"
    assert found(tmp_path, balance=balance) == [
        "data/balance.csv: row 3, Revenue: Revenue of 2024-02: accounting 230, actuals 220 (-4.3%)."
    ]


def test_totals_that_never_tie_are_one_finding(tmp_path: Path) -> None:
    """10 to 14 sold a month, 20 booked: January is the furthest off."""
    actuals = "Month,Item,Orders,Revenue\n" + "".join(
        f"2024-{month:02d},A,1,{9 + month}\n" for month in range(1, 6)
    )
    balance = "Month,Revenue\n" + "".join(f"2024-{month:02d},20\n" for month in range(1, 6))
    ties = [text for text in found(tmp_path, actuals=actuals, balance=balance) if "balance" in text]
    assert ties == [
        "data/balance.csv: row 2, Revenue: Revenue of 2024-01: accounting 20, actuals 10 (-50.0%)."
        " 4 other months differ too, none as much."
    ]


def test_work_that_is_done_a_part_of_a_month_before(tmp_path: Path) -> None:
    bill = "Item,Resource,Hours per unit,Months before\nA,R,1,1.4\nB,R,1,2\n"
    told = found(tmp_path, resources="Resource\nR\n", bill_of_resources=bill)
    assert [text for text in told if "Months before" in text] == [
        "data/bill_of_resources.csv: row 2, Months before: A at R: 1.4 months before completion"
        " count as 1."
    ]


def test_an_event_that_ends_before_it_starts(tmp_path: Path) -> None:
    result = loaded(tmp_path, events="Event,Start,End\nE,2024-05,2024-04\n")
    assert lines(result.findings, ERROR) == [
        "data/events.csv: row 2, End: Event E ends in 2024-04, before it starts in 2024-05."
    ]


def test_deals_and_deliveries_out_of_time(tmp_path: Path) -> None:
    pipeline = (
        "Opportunity,Family,Stage,Quantity,Probability,Close date\n"
        "1,F,lead,5,10%,2024-01-31\n2,F,won,5,100%,2024-01-31\n3,F,lead,5,10%,2024-03-01\n"
    )
    orders = (
        "Order,Quantity,Promised,Delivered,Delivered quantity\n"
        "1,5,2024-02-01,2024-03-05,5\n2,5,2024-02-01,,5\n3,5,2024-02-01,2024-02-01,50\n"
    )
    assert found(tmp_path, pipeline=pipeline, orders=orders) == [
        "data/pipeline.csv: row 2, Close date: 1 of the open deals should have closed before the"
        " plan begins; they are not in the plan: 1.",
        "data/orders.csv: row 2, Delivered: 1 order lines are delivered in the future: 1 1.",
        "data/orders.csv: row 3, Delivered quantity: 1 order lines have a delivered quantity and"
        " no date: 2 1.",
        "data/orders.csv: row 4, Delivered quantity: 1 order lines delivered more than 10 % over"
        " the quantity ordered: 3 1.",
    ]


def test_gaps_of_the_company_and_of_a_block(tmp_path: Path) -> None:
    text = "Month,Item,Orders\n" + months("A", [10] * 24) + months("B", [10] * 24)
    text = "".join(line for line in text.splitlines(keepends=True)
                   if "2022-05" not in line and line != "2023-03,B,10\n")
    assert found(tmp_path, actuals=text) == [
        "data/actuals.csv: There are no actuals at all for 2022-05.",
        "data/actuals.csv: row 25, Month: G / All has no rows for 2023-03.",
    ]


def test_demand_that_comes_and_goes_has_no_gaps(tmp_path: Path) -> None:
    lumpy = "".join(f"2022-{m:02d},B,9\n" for m in (1, 4, 8, 12))
    text = "Month,Item,Orders\n" + months("A", [10] * 12) + lumpy
    assert found(tmp_path, actuals=text) == []


@pytest.mark.parametrize("factor", [10, 12, 100, 1000, 1 / 12])
def test_a_level_that_jumps_by_a_unit(tmp_path: Path, factor: float) -> None:
    level = [1000 + 37 * (i * 7 % 11) for i in range(24)]
    text = "Month,Item,Orders\n" + months("A", [*level[:13], *(q * factor for q in level[13:])])
    (line,) = found(tmp_path, actuals=text)
    assert line.startswith("data/actuals.csv: row 15, Orders: A: from 2023-02 on, the level goes")


def test_a_launch_is_no_jump(tmp_path: Path) -> None:
    grown = [10 * 1.2**i for i in range(24)]
    assert found(tmp_path, actuals="Month,Item,Orders\n" + months("A", grown)) == []


def test_an_outlier_shows_its_value_and_the_median(tmp_path: Path) -> None:
    """Months of 100 to 110; the planted 900 stands out, the same as a promotion does not."""
    level = [100 + i * 3 % 11 for i in range(36)]
    level[20] = 900
    text = "Month,Item,Orders,Promotion\n" + months("A", level, first=2021, more=",no")
    (line,) = found(tmp_path, actuals=text)
    assert line.startswith(
        "data/actuals.csv: row 22, Orders: A in 2022-09: 900; the months around have 105 (median),"
    )
    assert found(tmp_path, actuals=text.replace("900,no", "900,yes")) == []
    assert found(tmp_path, "[checks]\noutlier_score = 100", actuals=text) == []


def test_a_season_is_no_outlier(tmp_path: Path) -> None:
    season = [100, 100, 100, 100, 100, 100, 100, 100, 100, 100, 100, 900]
    level = [q + i * 3 % 11 for i, q in enumerate(season * 4)]
    assert found(tmp_path, actuals="Month,Item,Orders\n" + months("A", level, first=2020)) == []


def test_many_findings_of_a_kind_are_counted(tmp_path: Path) -> None:
    extra = "".join(f"2024-01,X{i},1,1\n" for i in range(30))
    result = loaded(tmp_path, actuals=ACTUALS + extra)
    errors = [f for f in result.findings if f.severity is ERROR]
    assert len(errors) == 21
    assert errors[-1].message == "Item: 10 more values of this kind (10 rows)."
    assert not [f for f in result.findings if f.severity is WARNING]


def test_a_bill_of_materials_names_rows_without_a_parent_and_circles(tmp_path: Path) -> None:
    materials = "Component,Name\nM1,One\nM2,Two\n"
    bill = "Parent,Component,Quantity per\nA,M1,1\nF,M2,1\nZ,M1,1\nM1,M2,2\nM2,M1,3\nA,M9,1\n"
    assert found(tmp_path, materials=materials, bill_of_materials=bill) == [
        "data/bill_of_materials.csv: row 7, Component: Component 'M9' is not in Materials.",
        "data/bill_of_materials.csv: row 4, Parent: Parent 'Z' is no item, family or material.",
        "data/bill_of_materials.csv: row 5, Component: The bill runs in a circle: M1 > M2 > M1;"
        " such rows are left out of the plan.",
        "data/bill_of_materials.csv: row 6, Component: The bill runs in a circle: M1 > M2 > M1;"
        " such rows are left out of the plan.",
    ]


def test_a_currency_without_a_rate_is_told_with_its_row(tmp_path: Path) -> None:
    currencies = "Region,Currency,Budget rate\nNorth,NOK,0.09\nSouth,GBP,1.2\n"
    rates = "Currency,Month,Rate\nNOK,2024-01,0.09\n"
    assert found(tmp_path, currencies=currencies, exchange_rates=rates) == [
        "data/currencies.csv: row 3, Currency: GBP (South) has no exchange rate: its revenue counts"
        " at 1.",
    ]


def test_an_earlier_plan_of_a_family_that_is_gone_is_told_with_its_row(tmp_path: Path) -> None:
    past = "Cycle,Month,Family,Volume,Revenue\n2024-01,2024-03,All,1,5\n2024-01,2024-03,Old,1,5\n"
    assert found(tmp_path, past_finance=past) == [
        "data/past_finance.csv: row 3, Family: Family 'Old' is the family of no item.",
    ]
