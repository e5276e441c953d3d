"""The bridge by region: by hand, and that it sums to the cent both ways."""

from collections.abc import Mapping, Sequence
from typing import Any

import numpy as np
import pandas as pd
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from sop_xl.planning.calendar import Axis, Calendar
from sop_xl.planning.finance.bridge_regions import Compared, bridge_places, bridge_regions
from sop_xl.planning.finance.bridge_view import bridge
from sop_xl.planning.finance.windows import Months, Window
from sop_xl.schema import Grid
from sop_xl.tables.finance import FINANCE_FAMILY, FINANCE_REGION
from sop_xl.tables.recon import (
    AOP,
    EFFECT_NAMES,
    LAST_YEAR,
    MARGIN,
    PLANNED,
    PRIOR,
    REVENUE,
    SCENARIO,
)

WHEN = Axis(Calendar(), pd.Period("2026-01", "M"), 2, 2)
PAST = np.array([True, True, False, False])
SPAN = Window("all", WHEN.plan[0], WHEN.plan[-1])


def months(comparison: str) -> Months:
    before = PAST if comparison == LAST_YEAR else ~PAST
    return Months(~PAST, ~PAST, before, ~PAST, before)


def grid(
    declared: Grid, cells: Mapping[Any, Mapping[str, Sequence[float]]]
) -> pd.DataFrame:
    """A grid frame over past and plan; what is not given is blank."""
    blank = [float("nan")] * len(WHEN.periods)
    frames = [
        pd.DataFrame({name: own.get(name, blank) for name in declared.names}).assign(
            period=WHEN.periods, **dict(zip(declared.key_names, key, strict=True))
        )
        for key, own in cells.items()
    ]
    return pd.concat(frames, ignore_index=True)


def by_region(
    family: dict[str, dict[str, list[float]]],
    region: dict[tuple[str, str], dict[str, list[float]]],
    aop: list[tuple[str, str, float, float, float]],
    comparison: str = AOP,
    result: str = REVENUE,
) -> tuple[pd.DataFrame, pd.DataFrame]:
    """The bridge by region, and the bridge by family that it shares out."""
    compared = Compared(months(comparison), SPAN, comparison, result)
    frames = (
        grid(FINANCE_FAMILY, {(name,): own for name, own in family.items()}),
        grid(FINANCE_REGION, region),
    )
    keys = pd.DataFrame(list(region), columns=["family", "region"])
    alike = 1 / keys.groupby("family")["region"].transform("size")
    budget = pd.DataFrame(
        aop, columns=["family", "region", "quantity", "revenue", "cost_of_sales"]
    ).assign(period=pd.Series([WHEN.plan[0]] * len(aop), dtype="period[M]"))
    found = bridge(frames[0], compared.months, comparison, result)
    places = bridge_places(
        found,
        compared,
        finance_family=frames[0],
        finance_region=frames[1],
        region_prices=keys.assign(share=alike),
        aop=budget,
    )
    return bridge_regions(places, found), found


def sold(units: float, price: float, cost: float = 0.0) -> dict[str, list[float]]:
    """All of it in the first plan month."""
    return {
        "volume": [0, 0, units, 0], "revenue": [0, 0, units * price, 0],
        "constant_revenue": [0, 0, units * price, 0], "cost_of_sales": [0, 0, units * cost, 0],
    }  # fmt: skip


def budgeted(units: float, revenue: float) -> dict[str, list[float]]:
    return {"aop_quantity": [0, 0, units, 0], "aop_revenue": [0, 0, revenue, 0]}


def effects(frame: pd.DataFrame) -> dict[str, dict[str, float]]:
    return {
        row["region"]: {name: row[name] for name in EFFECT_NAMES if row[name]}
        for row in frame.to_dict("records")
    }


def test_regions_that_grow_unequally_by_hand() -> None:
    # budget 10 each way: North 60, South 40; now North 90, South 30, each at 10
    found, _ = by_region(
        {"A": sold(120, 10.0) | budgeted(100, 1000.0)},
        {("A", "North"): sold(90, 10.0), ("A", "South"): sold(30, 10.0)},
        [("A", "North", 60, 600, 0), ("A", "South", 40, 400, 0)],
    )
    # all grow by 20 %: North +12 units, South +8; what else moved is mix: North 90 - 72, South
    # 30 - 48
    assert effects(found) == {
        "North": {"volume": 120.0, "mix": 180.0}, "South": {"volume": 80.0, "mix": -180.0}
    }  # fmt: skip


def test_a_price_counts_where_it_changed() -> None:
    found, _ = by_region(
        {
            "A": {
                name: list(np.add(sold(60, 10.0)[name], sold(40, 12.0)[name]))
                for name in sold(1, 1)
            }
            | budgeted(100, 1000.0)
        },
        {("A", "North"): sold(60, 10.0), ("A", "South"): sold(40, 12.0)},
        [("A", "North", 60, 600, 0), ("A", "South", 40, 400, 0)],
    )
    assert effects(found) == {"North": {}, "South": {"price": 80.0}}  # 2 more on each of 40 units


def test_a_budget_without_regions_is_shared_out_by_last_year() -> None:
    found, _ = by_region(
        {"A": sold(100, 10.0) | budgeted(100, 1000.0)},
        {("A", "North"): sold(50, 10.0), ("A", "South"): sold(50, 10.0)},
        [("A", "All", 100, 1000, 0)],
    )
    assert found["before"].tolist() == [500.0, 500.0]


def test_a_region_that_is_new_to_its_family_is_mix() -> None:
    found, _ = by_region(
        {"A": sold(100, 10.0) | budgeted(100, 1000.0)},
        {("A", "North"): sold(70, 10.0), ("A", "South"): sold(30, 10.0)},
        [("A", "North", 100, 1000, 0)],
    )
    assert effects(found) == {"North": {"mix": -300.0}, "South": {"mix": 300.0}}


CELL = st.lists(st.integers(-50_000, 500_000), min_size=4, max_size=4)


@settings(max_examples=15, deadline=None)
@given(data=st.data())
@pytest.mark.parametrize("compared", [AOP, PRIOR, LAST_YEAR, PLANNED, SCENARIO])
@pytest.mark.parametrize("result", [REVENUE, MARGIN])
def test_every_bridge_sums_to_the_cent_both_ways(
    data: st.DataObject, compared: str, result: str
) -> None:
    keys = [("A", "North"), ("A", "South"), ("B", "North"), ("B", "East")]
    names = ("volume", "revenue", "constant_revenue", "cost_of_sales")
    draw = data.draw
    region = {key: {n: [x / 7 for x in draw(CELL)] for n in names} for key in keys}
    family: dict[str, dict[str, list[float]]] = {}
    for one in ("A", "B"):
        own = [cells for key, cells in region.items() if key[0] == one]
        sums = {n: list(np.sum([cells[n] for cells in own], axis=0)) for n in names}
        others = [m for m in FINANCE_FAMILY.names if m.startswith(("aop_", "prior_", "scenario_"))]
        family[one] = sums | {m: [x / 7 for x in draw(CELL)] for m in others}
        family[one] |= {"full_cost": sums["cost_of_sales"]}
    amounts = st.floats(0, 1e6, allow_subnormal=False)
    budget = [(*key, draw(amounts), draw(amounts), draw(amounts)) for key in keys[:3]]
    found, whole = by_region(family, region, budget, compared, result)
    shown = ["before", *EFFECT_NAMES, "after"]
    cents = (found[shown] * 100).round().astype("int64")
    of_all = (whole[shown] * 100).round().astype("int64").sum()
    assert cents.sum().tolist() == of_all.tolist()
    assert (cents["before"] + cents[list(EFFECT_NAMES)].sum(axis=1)).tolist() == (
        cents["after"].tolist()
    )
    exact = sum(found[f"exact_{n}"].sum() for n in EFFECT_NAMES if n != "volume")
    assert (
        abs(
            float(exact) + float(found["volume"].sum()) - (of_all["after"] - of_all["before"]) / 100
        )
        < 1.0
    )
