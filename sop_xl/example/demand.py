"""What customers of the example company ask for: expected demand and the orders that came.

Expected demand of an item in a region and channel is its share of the family's yearly quantity
x growth x season x life curve x events. Orders are that x noise of the market (family and region),
of the item and of the cell, rounded to pieces. Arrays run over item, region, channel, month.
"""

from __future__ import annotations

from typing import NamedTuple

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from sop_xl.example import company
from sop_xl.schema import ALL

Numbers = NDArray[np.float64]

AHEAD = 36
"""Months after the last closed one for which demand is expected."""
MARKET_NOISE, ITEM_NOISE, CELL_NOISE = 0.055, 0.10, 0.12
ONLINE_GAIN = 0.015
"""What the share of the online channel gains a year."""


class Demand(NamedTuple):
    """Arrays by item, region, channel and month; ``periods`` are history, then the future."""

    periods: pd.PeriodIndex
    months: int
    """Months of history."""
    expected: Numbers
    orders: Numbers
    """History only."""
    promoted: NDArray[np.bool_]
    on_sale: NDArray[np.bool_]
    """By item and month."""

    @property
    def history(self) -> pd.PeriodIndex:
        return self.periods[: self.months]


def family_index() -> NDArray[np.intp]:
    """The position of each item's family."""
    names = [f.name for f in company.FAMILIES]
    return np.array([names.index(i.family) for i in company.ITEMS])


def simulate(seed: int, months: int, cycle: pd.Period) -> Demand:
    """Draw the history of orders and say what was, and is, to be expected."""
    periods = pd.period_range(cycle - months, cycle + AHEAD - 1, freq="M")
    ahead = np.arange(-months, AHEAD)
    life = np.array([_life(item, ahead) for item in company.ITEMS])
    regular = _regular(periods, ahead) * life[:, None, None, :]
    uplift, promoted, extra = _events(cycle, periods)
    expected = regular * uplift[family_index()][:, :, None, :]
    noise = _noise(np.random.default_rng([seed, 1]), months)
    orders = np.rint(expected[..., :months] * noise)
    _add_one_offs(orders, extra[..., :months], life[:, :months])
    return Demand(
        periods,
        months,
        expected,
        orders,
        np.broadcast_to(promoted[family_index()][:, :, None, :], expected.shape),
        life > 0,
    )


def _regular(periods: pd.PeriodIndex, ahead: NDArray[np.int_]) -> Numbers:
    """Demand without events and life curves."""
    families = company.FAMILIES
    index = family_index()
    years = (ahead + 6) / 12  # the yearly quantity is that of the last twelve months
    yearly = np.array([f.annual_quantity for f in families])
    growth = np.array([1 + f.growth for f in families])[:, None] ** years
    season = np.array([f.season for f in families])[:, periods.month - 1]
    strength = np.array([company.SEASON_STRENGTH[r] for r in company.REGIONS])
    family = (yearly / 12)[:, None] * growth  # family, month
    regional = np.array([f.regions for f in families])[:, :, None] * (
        season[:, None, :] ** strength[:, None]
    )
    online = np.array([f.online for f in families])[:, None] + ONLINE_GAIN * years
    channel = np.stack([1 - online, online], axis=1)  # family, channel, month
    cells = family[:, None, None, :] * regional[:, :, None, :] * channel[:, None, :, :]
    result: Numbers = cells[index] * _shares()[:, None, None, None]
    return result


def _shares() -> Numbers:
    """Each item's share of its family."""
    weights = np.array([i.share for i in company.ITEMS], dtype=float)
    return weights / np.bincount(family_index(), weights)[family_index()]


def _life(item: company.Item, ahead: NDArray[np.int_]) -> Numbers:
    """Share of the item's full demand by month: a ramp after the launch, a fade to the end."""
    life = np.ones(len(ahead))
    if item.launch is not None:
        age = ahead - item.launch
        life = np.where(age < 0, 0.0, 1.0)
        for month, share in enumerate(company.RAMP):
            life[age == month] = share
    if item.end is not None:
        left = item.end - ahead
        life *= np.where(left < 0, 0.0, np.clip((left + 2) / company.FADE_MONTHS, 0, 1))
    return life


def event_period(event: company.Promotion, cycle: pd.Period) -> pd.Period:
    """First month of an event."""
    return pd.Period(year=cycle.year + event.year, month=event.month, freq="M")


def forward_buying(event: company.Promotion) -> float:
    """What the month after a promotion loses, as a share; zero for other events."""
    return -event.uplift * company.FORWARD_BUYING if event.kind == "promotion" else 0.0


def _events(
    cycle: pd.Period, periods: pd.PeriodIndex
) -> tuple[Numbers, NDArray[np.bool_], Numbers]:
    """Factor, promotion flag and extra quantity by family, region and month."""
    shape = (len(company.FAMILIES), len(company.REGIONS), len(periods))
    factor, promoted, extra = np.ones(shape), np.zeros(shape, dtype=bool), np.zeros(shape)
    names = [f.name for f in company.FAMILIES]
    for event in company.EVENTS:
        first = (event_period(event, cycle) - periods[0]).n
        if first < 0 or not event.included:
            continue
        row = names.index(event.family)
        where = slice(None) if event.region == ALL else company.REGIONS.index(event.region)
        months = slice(first, first + event.months)
        factor[row, where, months] *= 1 + event.uplift
        factor[row, where, first + event.months : first + event.months + 1] *= 1 + forward_buying(
            event
        )
        promoted[row, where, months] |= event.kind == "promotion"
        extra[row, where, months] += event.quantity
    return factor, promoted, extra


def _noise(random: np.random.Generator, months: int) -> Numbers:
    regions, channels = len(company.REGIONS), len(company.CHANNELS)
    market = random.normal(0, MARKET_NOISE, (len(company.FAMILIES), regions, 1, months))
    item = random.normal(0, ITEM_NOISE, (len(company.ITEMS), 1, 1, months))
    cells = random.normal(0, CELL_NOISE, (len(company.ITEMS), regions, channels, months))
    result: Numbers = np.exp(market[family_index()] + item + cells)
    return result


def _add_one_offs(orders: Numbers, extra: Numbers, life: Numbers) -> None:
    """Put one-off quantities on the largest item on sale of the family, in the first channel."""
    for family, region, month in np.argwhere(extra > 0):
        weights = np.where(family_index() == family, _shares() * life[:, month], 0)
        orders[weights.argmax(), region, 0, month] += extra[family, region, month]
