"""The optimised aggregate plan beside the same model in PuLP with CBC: time and cost.

    python benchmarks/aggregate_plan.py --families 200 --periods 24 --resources 30
    python benchmarks/aggregate_plan.py --growth
    python benchmarks/aggregate_plan.py --table --repeat 1
    python benchmarks/aggregate_plan.py --pulp /path/to/venv/bin/python

PuLP is no dependency of ours; give it an environment of its own:
``python -m venv pulp-venv && pulp-venv/bin/pip install pulp``, and name its Python by ``--pulp``.
Half of the resources are machines with overtime, half are people who can be hired and laid off;
each family uses three of them; half of the families may owe, half have a subcontractor. Time is
that of the processor, solver included, from plain numbers to the plan; both run on one core and
must agree on the cost.
"""

import argparse
import json
import os
import resource
import statistics
import subprocess
import sys
import tempfile
import time
from pathlib import Path
from typing import Any

for threads in ("OMP_NUM_THREADS", "OPENBLAS_NUM_THREADS"):
    os.environ.setdefault(threads, "1")

ROOT = Path(__file__).parents[1]
sys.path.insert(0, str(ROOT))

GROWTH = [(25, 24, 30), (50, 24, 30), (100, 24, 30), (200, 24, 30), (400, 24, 30), (200, 12, 30),
          (200, 36, 30), (200, 24, 10), (200, 24, 60)]  # fmt: skip
TABLE = ((25, 50, 100, 200), (12, 24))
"""Families and months of the small table, with 30 resources."""
PARTS = ("production", "subcontracted", "backlog", "stock", "regular", "overtime", "workers",
         "hired", "laid_off")  # fmt: skip
"""What may be decided."""


def company(families: int, periods: int, resources: int) -> dict[str, Any]:
    """Demand and rules as plain numbers; the same for the same size."""
    import numpy as np

    draw = np.random.default_rng(20_261_128)
    season = 1 + 0.4 * np.sin(2 * np.pi * (np.arange(periods) + draw.uniform(0, 12)) / 12)
    level = draw.lognormal(5, 0.7, (families, 1))
    demand = (level * season * draw.uniform(0.8, 1.2, (families, periods))).round()
    hours = np.zeros((families, resources))
    for row in hours:
        row[draw.choice(resources, min(3, resources), replace=False)] = draw.uniform(0.1, 1, 3)[
            : min(3, resources)
        ]
    load = (hours.T @ demand).mean(axis=1)
    people = np.arange(resources) % 2 == 1
    return {
        "demand": demand.tolist(),
        "hours_per_unit": hours.tolist(),
        "holding_cost": draw.uniform(1, 4, (families, 1)).tolist(),
        "material_cost": draw.uniform(5, 20, (families, 1)).tolist(),
        "backorder_cost": [[20.0] if row % 2 else [None] for row in range(families)],
        "subcontract_cost": [[90.0] if row % 4 < 2 else [None] for row in range(families)],
        "regular_hours": np.where(people, 0.0, 1.05 * load)[:, np.newaxis].tolist(),
        "overtime_hours": np.where(people, 0.0, 0.5 * load)[:, np.newaxis].tolist(),
        "overtime_cost": 25.0,
        "opening_workers": (load / 150)[:, np.newaxis].tolist(),
        "hours_per_worker": np.where(people, 150.0, 0.0)[:, np.newaxis].tolist(),
        "overtime_per_worker": np.where(people, 25.0, 0.0)[:, np.newaxis].tolist(),
        "wage": 2500.0, "hiring_cost": 1200.0, "layoff_cost": 2000.0,
    }  # fmt: skip


def ours(problem: dict[str, Any]) -> tuple[float, float]:
    """Seconds and cost."""
    import numpy as np

    from sop_xl.planning.supply.aggregate import Rules, aggregate_plan

    rules: dict[str, Any] = {name: np.array(x, dtype=float) for name, x in problem.items()}
    start = time.process_time()
    plan = aggregate_plan(rules.pop("demand"), Rules(**rules))
    return time.process_time() - start, plan.cost


def peers(problem: dict[str, Any]) -> tuple[float, float]:
    """Seconds and cost of PuLP with CBC; runs in its own environment, without numpy."""
    import pulp

    start = _processor_time()
    demand, bill = problem["demand"], problem["hours_per_unit"]
    families, periods, resources = range(len(demand)), range(len(demand[0])), range(len(bill[0]))
    model = pulp.LpProblem("plan", pulp.LpMinimize)
    x = {
        part: pulp.LpVariable.dicts(part, (families if at < 4 else resources, periods), lowBound=0)
        for at, part in enumerate(PARTS)
    }
    cost = []
    for f in families:
        owes, buys = problem["backorder_cost"][f][0], problem["subcontract_cost"][f][0]
        for t in periods:
            cost.append(problem["material_cost"][f][0] * x["production"][f][t])
            cost.append(problem["holding_cost"][f][0] * x["stock"][f][t])
            cost.append((owes or 0.0) * x["backlog"][f][t])
            cost.append((buys or 0.0) * x["subcontracted"][f][t])
            if owes is None or t == periods[-1]:
                x["backlog"][f][t].upBound = 0
            if buys is None:
                x["subcontracted"][f][t].upBound = 0
            before = x["stock"][f][t - 1] - x["backlog"][f][t - 1] if t else 0
            model += (
                x["stock"][f][t] - x["backlog"][f][t]
                == before + x["production"][f][t] + x["subcontracted"][f][t] - demand[f][t]
            )
    for k in resources:
        used = [f for f in families if bill[f][k]]
        staffed = problem["hours_per_worker"][k][0] > 0
        for t in periods:
            cost.append(problem["overtime_cost"] * x["overtime"][k][t])
            cost.append(problem["wage"] * x["workers"][k][t])
            cost.append(problem["hiring_cost"] * x["hired"][k][t])
            cost.append(problem["layoff_cost"] * x["laid_off"][k][t])
            load = pulp.lpSum(bill[f][k] * x["production"][f][t] for f in used)
            model += load == x["regular"][k][t] + x["overtime"][k][t]
            model += (
                x["regular"][k][t]
                <= problem["regular_hours"][k][0]
                + problem["hours_per_worker"][k][0] * x["workers"][k][t]
            )
            model += (
                x["overtime"][k][t]
                <= problem["overtime_hours"][k][0]
                + problem["overtime_per_worker"][k][0] * x["workers"][k][t]
            )
            if not staffed:
                x["workers"][k][t].upBound = x["hired"][k][t].upBound = 0
                x["laid_off"][k][t].upBound = 0
                continue
            before = x["workers"][k][t - 1] if t else problem["opening_workers"][k][0]
            model += x["workers"][k][t] == before + x["hired"][k][t] - x["laid_off"][k][t]
    model += pulp.lpSum(cost)
    model.solve(pulp.PULP_CBC_CMD(msg=False, threads=1))
    found = pulp.value(model.objective)
    return _processor_time() - start, found


def _processor_time() -> float:
    """Of this process and of the solvers it has run."""
    children = resource.getrusage(resource.RUSAGE_CHILDREN)
    return time.process_time() + children.ru_utime + children.ru_stime


def peer_in_its_environment(python: Path, problem: dict[str, Any]) -> tuple[float, float]:
    with tempfile.TemporaryDirectory() as folder:
        given = Path(folder) / "problem.json"
        given.write_text(json.dumps(problem))
        done = subprocess.run(
            [python, __file__, "--peer", given], capture_output=True, text=True, check=True
        )
    seconds, cost = json.loads(done.stdout.splitlines()[-1])
    return seconds, cost


def table(repeat: int, pulp: Path | None) -> None:
    """A table in Markdown: families down, months across; seconds of the processor."""
    families, months = TABLE
    heads = [name for count in months for name in (f"{count} months", f"{count} months, PuLP")]
    print(f"| families | {' | '.join(heads)} |")
    print(f"|---|{'---|' * len(heads)}")
    for count in families:
        cells = []
        for periods in months:
            seconds, peer, _ = timed(company(count, periods, 30), repeat, pulp)
            cells += [f"{seconds:.2f} s", "-" if peer is None else f"{peer:.2f} s"]
        print(f"| {count} | {' | '.join(cells)} |", flush=True)


def timed(
    problem: dict[str, Any], repeat: int, pulp: Path | None
) -> tuple[float, float | None, float]:
    """Seconds of ours, seconds of the peer, and the cost on which both agree."""
    times = [ours(problem) for _ in range(repeat)]
    seconds, cost = statistics.median(taken for taken, _ in times), times[0][1]
    if pulp is None:
        return seconds, None, cost
    peer, peer_cost = peer_in_its_environment(pulp, problem)
    if abs(peer_cost - cost) > 1e-6 * abs(cost):
        raise SystemExit(f"the costs differ: {cost:,.2f} and {peer_cost:,.2f}")
    return seconds, peer, cost


def main() -> None:
    parser = argparse.ArgumentParser(description=(__doc__ or "").partition("\n")[0])
    parser.add_argument("--families", type=int, default=200)
    parser.add_argument("--periods", type=int, default=24)
    parser.add_argument("--resources", type=int, default=30)
    parser.add_argument("--growth", action="store_true", help="several sizes, one after the other")
    parser.add_argument("--table", action="store_true", help="families by months, in Markdown")
    parser.add_argument("--repeat", type=int, default=3)
    parser.add_argument("--pulp", type=Path, help="Python of an environment that has PuLP")
    parser.add_argument("--peer", type=Path, help=argparse.SUPPRESS)
    asked = parser.parse_args()
    if asked.peer:
        print(json.dumps(peers(json.loads(asked.peer.read_text()))))
        return
    sizes = GROWTH if asked.growth else [(asked.families, asked.periods, asked.resources)]
    ours(company(2, 2, 2))  # imports are not the plan's
    if asked.table:
        table(asked.repeat, asked.pulp)
        return
    print(f"{'families x periods x resources':32} {'ours':>8} {'PuLP, CBC':>10} {'cost':>16}")
    for size in sizes:
        problem = company(*size)
        seconds, peer, cost = timed(problem, asked.repeat, asked.pulp)
        line = f"{' x '.join(map(str, size)):32} {seconds:7.2f}s"
        line += f" {'':10}" if peer is None else f" {peer:9.2f}s"
        print(f"{line} {cost:16,.0f}")


if __name__ == "__main__":
    main()
