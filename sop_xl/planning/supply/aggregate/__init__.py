"""The aggregate plan: level, chase, mixed and optimised, with what each costs (step 3)."""

from __future__ import annotations

from sop_xl.planning.supply.aggregate.plan import (
    COSTS,
    STRATEGIES,
    AggregatePlan,
    ImpossiblePlanError,
    Shortfall,
    Strategy,
    aggregate_plan,
    price_plan,
)
from sop_xl.planning.supply.aggregate.rules import RULES, Rules

__all__ = [
    "COSTS", "RULES", "STRATEGIES", "AggregatePlan", "ImpossiblePlanError", "Rules", "Shortfall",
    "Strategy", "aggregate_plan", "price_plan",
]  # fmt: skip
