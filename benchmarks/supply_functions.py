"""What the supply functions take for many families: everything but the solver.

    python benchmarks/supply_functions.py --families 1000 --periods 36 --resources 30

Time is that of the processor on one core, the median of several runs.
"""

import argparse
import os
import statistics
import sys
import time
from collections.abc import Callable
from pathlib import Path

for threads in ("OMP_NUM_THREADS", "OPENBLAS_NUM_THREADS"):
    os.environ.setdefault(threads, "1")

import numpy as np  # noqa: E402  the threads are set before

ROOT = Path(__file__).parents[1]
sys.path.insert(0, str(ROOT))

from sop_xl.planning.supply import allocation, availability, rough_cut, stock_health  # noqa: E402
from sop_xl.planning.supply.capacity import resource_profile  # noqa: E402
from sop_xl.planning.supply.materials import netting  # noqa: E402
from sop_xl.planning.supply.staffing import Team, workforce_plan  # noqa: E402


def ways(families: int, periods: int, resources: int) -> dict[str, Callable[[], object]]:
    """The functions with the same company."""
    draw = np.random.default_rng(7)
    demand = draw.gamma(2, 50, (families, periods)).round()
    supply = demand * draw.uniform(0.8, 1.2, demand.shape)
    orders = demand * draw.uniform(0, 1.3, demand.shape)
    stock = draw.gamma(2, 200, (families, 1)).round()
    hours = draw.uniform(0, 1, (families, resources)) * (draw.random((families, resources)) < 0.2)
    lots, lead = draw.choice([0, 50, 120], (families, 1)), draw.integers(0, 5, (families, 1))
    # a tenth of the hours is missing, in every month and everywhere
    usual = (hours.T @ demand).mean(axis=1, keepdims=True)
    room = np.broadcast_to(0.9 * usual, (resources, periods))
    classes = np.zeros(families, dtype=np.int64)
    ranked = allocation.serving_classes(
        allocation.MARGIN, hours, draw.uniform(1, 50, families), classes + 1.0
    )
    days = np.full(periods, 30.0)
    work = draw.uniform(3000, 9000, (resources, periods))
    team = Team(40, 150, 0.02, (0.5, 0.75, 1), 0.1, 1)
    return {
        "projected available": lambda: availability.projected_available(
            stock, supply, demand, orders
        ),
        "available to promise": lambda: availability.available_to_promise(stock, supply, orders),
        "forward cover": lambda: availability.forward_cover(stock, demand, days),
        "bill of resources": lambda: resource_profile(demand, hours),
        "resource profile": lambda: resource_profile(demand, hours, lead),
        "utilisation bands": lambda: rough_cut.utilisation_band(demand, supply),
        "excess and obsolete": lambda: stock_health.stock_health(stock, demand, 100.0),
        "run-out": lambda: stock_health.run_out(stock, demand),
        "net requirements": lambda: netting.net_requirements(
            demand, stock, lead_time=lead, lot_size=lots
        ),
        "constrained production": lambda: allocation.constrained_production(
            demand, demand, stock[:, 0], hours, room, classes
        ),
        "the same by margin": lambda: allocation.constrained_production(
            demand, demand, stock[:, 0], hours, room, ranked
        ),
        "workforce (resources)": lambda: workforce_plan(work, team),
    }


def main() -> None:
    parser = argparse.ArgumentParser(description=(__doc__ or "").partition("\n")[0])
    parser.add_argument("--families", type=int, default=1000)
    parser.add_argument("--periods", type=int, default=36)
    parser.add_argument("--resources", type=int, default=30)
    parser.add_argument("--repeat", type=int, default=9)
    asked = parser.parse_args()
    for name, run in ways(asked.families, asked.periods, asked.resources).items():
        times = []
        for _ in range(asked.repeat):
            start = time.process_time()
            run()
            times.append(time.process_time() - start)
        print(f"{name:24} {1000 * statistics.median(times):8.2f} ms")


if __name__ == "__main__":
    main()
