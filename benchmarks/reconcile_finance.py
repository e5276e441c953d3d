"""What it takes to turn a large plan into money, and to reconcile and bridge it.

    python benchmarks/reconcile_finance.py --families 300 --regions 10 --months 36

Time is that of the processor on one core, the median of several runs.
"""

import argparse
import os
import statistics
import sys
import time
from pathlib import Path

for threads in ("OMP_NUM_THREADS", "OPENBLAS_NUM_THREADS"):
    os.environ.setdefault(threads, "1")

import numpy as np  # noqa: E402  the threads are set before
import pandas as pd  # noqa: E402

ROOT = Path(__file__).parents[1]
sys.path.insert(0, str(ROOT))

from sop_xl.planning import finance  # noqa: E402
from sop_xl.planning.calendar import Axis, Calendar  # noqa: E402
from sop_xl.schema import Column, Grid, Unit, empty_frame  # noqa: E402
from sop_xl.tables import data, inputs  # noqa: E402
from sop_xl.tables.demand import DEMAND_PLAN, DEMAND_TOTAL  # noqa: E402
from sop_xl.tables.people import WORKFORCE_TOTAL  # noqa: E402
from sop_xl.tables.settings import Settings  # noqa: E402
from sop_xl.tables.strategy import FAMILY_RATES, SUPPLY_COST  # noqa: E402
from sop_xl.tables.supply import SUPPLY_PLAN  # noqa: E402

LEVEL = ("family", "region")
HISTORY = 24


def frames(families: int, regions: int, months: int) -> tuple[Axis, dict[str, pd.DataFrame]]:
    """A company of random numbers with everything that the financial step reads."""
    draw = np.random.default_rng(7)
    axis = Axis(Calendar(), pd.Period("2026-10", "M"), HISTORY, months)
    names, places = (
        [f"{word} {at:03d}" for at in range(many)]
        for word, many in (("Family", families), ("Region", regions))
    )
    cells = _product(names, places, axis.periods)
    cells["units"] = draw.gamma(2, 50, len(cells)).round()
    cells["money"] = (cells["units"] * draw.uniform(5, 50, len(cells))).round(2)
    past = cells[cells["period"] < axis.first]
    demand = _grid(DEMAND_PLAN.for_level(LEVEL), cells, {"consensus": "units"})
    whole = cells.groupby(["family", "period"])[["units", "money"]].sum().reset_index()
    total = _grid(DEMAND_TOTAL, whole, {"consensus": "units"})
    supply = _grid(SUPPLY_PLAN, whole, {"shipments": "units", "inventory": "units",
                                        "demand": "units", "production": "units",
                                        "net_stock": "units"})
    history = empty_frame(data.HISTORY.for_level(LEVEL).columns).reindex(past.index)
    history = history.assign(family=past["family"], region=past["region"], period=past["period"],
                             orders=past["units"], shipments=past["units"], revenue=past["money"],
                             cost_of_sales=past["money"] * 0.6).reset_index(drop=True)
    master = empty_frame(data.FAMILIES.columns).reindex(range(families))
    master = master.assign(family=names, price=draw.uniform(5, 50, families),
                           cost=draw.uniform(3, 20, families))
    master[["material_share", "labour_share", "co2e"]] = 0.3
    budget = cells.assign(channel="All", quantity=cells["units"] * 1.05,
                          revenue=cells["money"] * 1.04, cost_of_sales=cells["money"] * 0.6)
    earlier = whole.assign(cycle=pd.PeriodIndex(["2026-09"] * len(whole), freq="M"),
                           volume=whole["units"],
                           revenue=whole["money"], constant_revenue=whole["money"],
                           cost_of_sales=whole["money"] * 0.6, operating_cost=np.nan,
                           supply_cost=np.nan)
    rates = pd.DataFrame({"currency": "GBP", "period": axis.periods, "rate": 1.2})
    changes = pd.DataFrame({
        "change": ["P-1", "D-1"], "kind": ["price change", "discount"], "family": "All",
        "region": "All", "start": pd.PeriodIndex(["2027-01", "2025-01"], freq="M"),
        "until": pd.PeriodIndex(["NaT", "NaT"], freq="M"), "rate": [0.03, 0.05], "reason": "",
        "included": True,
    })  # fmt: skip
    nothing = {name: empty_frame(table.inputs) for name, table in inputs(LEVEL).items()}
    each_month = whole.drop_duplicates("period")
    nothing["supply_cost"] = _grid(SUPPLY_COST, whole, {})
    nothing["workforce_total"] = _grid(WORKFORCE_TOTAL, each_month, {})
    free = dict.fromkeys(FAMILY_RATES.names[1:], 0.0)
    nothing["family_rates"] = master[["family"]].assign(**free)
    return axis, nothing | {
        "supply_plan": supply, "demand_plan": demand, "demand_total": total, "families": master,
        "history": history, "aop": budget, "past_finance": earlier, "exchange_rates": rates,
        "currencies": pd.DataFrame({"region": places[:2], "currency": "GBP", "budget_rate": 1.25}),
        "price_changes": changes,
    }  # fmt: skip


def _product(names: list[str], places: list[str], periods: pd.PeriodIndex) -> pd.DataFrame:
    index = pd.MultiIndex.from_product([names, places, periods],
                                       names=["family", "region", "period"])
    return index.to_frame(index=False)


def _grid(grid: Grid, cells: pd.DataFrame, measures: dict[str, str]) -> pd.DataFrame:
    month = Column("period", "Month", Unit.PERIOD)
    columns = [*grid.keys, month, *(Column(m.name, m.label, m.unit) for m in grid.measures)]
    frame = empty_frame(columns).reindex(range(len(cells)))
    given = {name: cells[source].to_numpy() for name, source in measures.items()}
    keys = {name: cells[name].to_numpy() for name in (*grid.key_names, "period")}
    return frame.assign(**keys, **given)


def main() -> None:
    parser = argparse.ArgumentParser(description=(__doc__ or "").partition("\n")[0])
    parser.add_argument("--families", type=int, default=300)
    parser.add_argument("--regions", type=int, default=10)
    parser.add_argument("--months", type=int, default=36)
    parser.add_argument("--repeat", type=int, default=3)
    asked = parser.parse_args()
    axis, given = frames(asked.families, asked.regions, asked.months)
    names = finance.run.__annotations__.keys() - {"axis", "settings", "return"}
    step = {name: given[name] for name in names}
    times = []
    for _ in range(asked.repeat):
        start = time.process_time()
        finance.run(axis, Settings(), **step)
        times.append(time.process_time() - start)
    print(f"plan to money, reconciled, bridged: {statistics.median(times):.2f} s")


if __name__ == "__main__":
    main()
