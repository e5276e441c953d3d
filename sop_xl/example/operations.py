"""How the example company makes, stocks and ships what was ordered.

Each month the planner asks for forecast + target stock - stock (chase), for an even rate (level) or
for the backlog and part of the month's orders (make to order), as far as the bottleneck resource
allows. The plant makes a little less, much less when an incident strikes. Shipments are orders and
backlog as far as stock and output reach; what is missing stays as backlog. So, by item and month:

    stock = stock before + produced - shipped        backlog = backlog before + orders - shipped
"""

from __future__ import annotations

from typing import NamedTuple

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from sop_xl.example import company
from sop_xl.example.demand import Demand, Numbers, family_index
from sop_xl.planning.calendar import Calendar

PLANNER_BIAS = 0.02
"""How much too high the planner forecasts."""
OUTPUT_LEVEL, FAMILY_NOISE, ITEM_NOISE = 0.972, 0.018, 0.03
"""Share of the plan that is made on average, and how it varies."""
PLAN_STRETCH, OVERTIME = 1.06, 1.03
"""Share of the bottleneck's hours that is planned and that can be worked, overtime included."""
IN_TIME = 0.6
"""Share of a month's output that comes early enough for the month's orders from stock."""
SAME_MONTH = 0.8
"""Share of the orders to be made that are shipped in the month of order."""


class Operations(NamedTuple):
    """Arrays by item and month of history; shipments and backlog by region and channel too."""

    planned: Numbers
    produced: Numbers
    on_hand: Numbers
    shipments: Numbers
    backlog: Numbers


class _Rules(NamedTuple):
    """What the monthly round needs, by item."""

    forecast: Numbers
    target: Numbers
    level: Numbers
    """Even output of the families that run level; zero elsewhere."""
    to_order: NDArray[np.bool_]
    is_level: NDArray[np.bool_]
    taping: Numbers
    box: Numbers
    hours: Numbers
    """Hours of the bottleneck by month."""
    output: Numbers
    """Share of the plan that the plant makes."""


def simulate(seed: int, demand: Demand) -> Operations:
    """Run the plant over the months of history."""
    rules = _rules(np.random.default_rng([seed, 2]), demand)
    items, months = len(company.ITEMS), demand.months
    planned, produced, on_hand = (np.zeros((items, months)) for _ in range(3))
    shipments, backlog = (np.zeros_like(demand.orders) for _ in range(2))
    stock = np.rint(np.where(rules.to_order, 0, rules.target[:, 0]))
    open_orders = np.zeros(demand.orders.shape[:-1])
    for month in range(months):
        wanted = _wanted(rules, month, stock, open_orders.sum(axis=(1, 2)))
        planned[:, month] = _within(wanted, rules, month, PLAN_STRETCH)
        made = _within(planned[:, month] * rules.output[:, month], rules, month, OVERTIME)
        due = open_orders + demand.orders[..., month]
        total = due.sum(axis=(1, 2))
        made = np.where(rules.to_order, np.minimum(made, total), made)
        ready = stock + made * np.where(rules.to_order, 1, IN_TIME)
        shipped = _share_out(due, np.minimum(total, np.floor(ready)))
        stock = stock + made - shipped.sum(axis=(1, 2))
        open_orders = due - shipped
        produced[:, month], on_hand[:, month] = made, stock
        shipments[..., month], backlog[..., month] = shipped, open_orders
    return Operations(planned, produced, on_hand, shipments, backlog)


def _rules(random: np.random.Generator, demand: Demand) -> _Rules:
    families = [company.FAMILIES[f] for f in family_index()]
    to_order = np.array([f.policy == "make to order" for f in families])
    is_level = np.array([f.strategy == "level" for f in families])
    forecast = demand.expected.sum(axis=(1, 2)) * (1 + PLANNER_BIAS)
    days = Calendar().days(demand.periods).astype(float)
    workdays = working_days(demand.periods)
    following = forecast[:, 1:-2] + forecast[:, 2:-1] + forecast[:, 3:]
    daily = following / (days[1:-2] + days[2:-1] + days[3:])
    target = np.array([f.target_days for f in families])[:, None] * daily
    months = demand.months
    return _Rules(
        forecast,
        target,
        _rolling_rate(forecast, workdays) * workdays[: forecast.shape[1] - 11],
        to_order,
        is_level,
        np.array([i.taping for i in company.ITEMS]),
        np.array([i.box for i in company.ITEMS], dtype=float),
        resource_hours(company.BOTTLENECK, demand.periods),
        _output(random, months),
    )


def _rolling_rate(forecast: Numbers, workdays: Numbers) -> Numbers:
    """Output per working day that the forecast of the coming twelve months asks for."""
    year = np.lib.stride_tricks.sliding_window_view
    rate: Numbers = year(forecast, 12, axis=1).sum(axis=2) / year(workdays, 12).sum(axis=1)
    return rate


def _output(random: np.random.Generator, months: int) -> Numbers:
    family = random.normal(0, FAMILY_NOISE, (len(company.FAMILIES), months))
    item = random.normal(0, ITEM_NOISE, (len(company.ITEMS), months))
    output: Numbers = np.clip(OUTPUT_LEVEL + family[family_index()] + item, 0.6, 1.06)
    for number, first, length, share in company.INCIDENTS:
        rows = [i.item.startswith(number) for i in company.ITEMS]
        begin, end = max(0, months + first), max(0, months + first + length)
        output[rows, begin:end] *= share
    return output


def _wanted(rules: _Rules, month: int, stock: Numbers, backlog: Numbers) -> Numbers:
    net = stock - backlog
    chase = rules.forecast[:, month] + rules.target[:, month] - net
    # a level plan drifts back to its target over a year
    level = rules.level[:, month] + (rules.target[:, month] - net) / 12
    to_order = backlog + SAME_MONTH * rules.forecast[:, month]
    wanted = np.where(rules.to_order, to_order, np.where(rules.is_level, level, chase))
    ending = (rules.forecast[:, month + 1] == 0) & ~rules.to_order  # nothing is made any more
    return np.where(ending, backlog, np.maximum(0, wanted))


def _within(quantity: Numbers, rules: _Rules, month: int, limit: float) -> Numbers:
    """Cut what goes over the bottleneck to its hours, and round to whole boxes."""
    load = float(quantity @ rules.taping)
    factor = min(1.0, limit * rules.hours[month] / load) if load else 1.0
    cut = np.where(rules.taping > 0, quantity * factor, quantity)
    whole: Numbers = np.floor(cut / rules.box) * rules.box
    return whole


def _share_out(due: Numbers, available: Numbers) -> Numbers:
    """Give each region and channel its share of what can be shipped, in whole pieces."""
    flat = due.reshape(len(due), -1).cumsum(axis=1)
    total = np.maximum(flat[:, -1:], 1)
    reached = np.floor(flat * available[:, None] / total)
    given: Numbers = np.diff(reached, axis=1, prepend=0).reshape(due.shape)
    return given


def working_days(periods: pd.PeriodIndex) -> Numbers:
    """Working days of the plant: the calendar's without shutdowns."""
    closed = np.array([company.CLOSED_DAYS.get(m, (0, ""))[0] for m in periods.month])
    days: Numbers = Calendar().workdays(periods) - closed.astype(float)
    return days


def resource_hours(name: str, periods: pd.PeriodIndex) -> Numbers:
    """Available hours by month: the lower of machine and labour hours."""
    r = next(r for r in company.RESOURCES if r.resource == name)
    daily = r.machines * r.hours_per_day * r.efficiency * (1 - r.planned_loss)
    return np.minimum(daily * working_days(periods), r.headcount * company.HOURS_PER_MONTH)


def hours_per_unit() -> Numbers:
    """Standard hours by item and resource, in the order of the company's lists."""
    return np.array(
        [[_hours(item, r.resource) for r in company.RESOURCES] for item in company.ITEMS]
    )


def _hours(item: company.Item, resource: str) -> float:
    if resource == company.BOTTLENECK:
        return item.taping
    if resource == "Filling":
        return item.filling
    return round(company.HOURS[item.family].get(resource, 0.0) * item.work, 4)
