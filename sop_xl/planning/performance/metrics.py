"""The metrics of planning: pure functions of numbers, with formula, unit, sign and source.

Shown error = forecast - actual (Chopra and Meindl, Supply Chain Management, chapter 7): positive
is over-forecast. Where the sign shows, ``sign="A-F"`` gives the other convention (Heizer and
Render; Hyndman and Athanasopoulos). A pair of which one number is missing is left out. What
cannot be computed, a share of nothing for example, is NaN: never zero, never an exception.

Shares work element by element on arrays of one value per month.
"""

from __future__ import annotations

from typing import Literal, NamedTuple, TypeAlias

import numpy as np
import numpy.typing as npt

Array: TypeAlias = npt.NDArray[np.float64]
Sign: TypeAlias = Literal["F-A", "A-F"]

DAYS_A_YEAR = 365.0


# ---- forecast quality --------------------------------------------------------------------------


def errors(actual: npt.ArrayLike, forecast: npt.ArrayLike, sign: Sign = "F-A") -> Array:
    """Error of each pair, in units.

    >>> errors([10.0, 12.0], [11.0, 9.0]).tolist()
    [1.0, -3.0]
    """
    a, f = _pairs(actual, forecast)
    return f - a if sign == "F-A" else a - f


def mean_error(actual: npt.ArrayLike, forecast: npt.ArrayLike, sign: Sign = "F-A") -> float:
    """ME = mean(e), in units.

    >>> mean_error([10.0, 12.0], [11.0, 9.0])
    -1.0
    """
    return _mean(errors(actual, forecast, sign))


def mae(actual: npt.ArrayLike, forecast: npt.ArrayLike) -> float:
    """MAE or MAD = mean(abs(e)), in units.

    >>> mae([10.0, 12.0], [11.0, 9.0])
    2.0
    """
    return _mean(np.abs(errors(actual, forecast)))


def rmse(actual: npt.ArrayLike, forecast: npt.ArrayLike) -> float:
    """RMSE = root(mean(e^2)), in units.

    >>> rmse([10.0, 10.0], [11.0, 3.0])
    5.0
    """
    return float(np.sqrt(_mean(errors(actual, forecast) ** 2)))


def mape(actual: npt.ArrayLike, forecast: npt.ArrayLike) -> float:
    """MAPE = mean(abs(e) / abs(A)), a share; pairs without actual demand are left out.

    >>> mape([10.0, 20.0, 0.0], [11.0, 18.0, 5.0])
    0.1
    """
    a, f = _pairs(actual, forecast)
    sold = a != 0
    return _mean(np.abs(f - a)[sold] / np.abs(a[sold]))


def smape(actual: npt.ArrayLike, forecast: npt.ArrayLike) -> float:
    """sMAPE = mean(2 abs(e) / (abs(A) + abs(F))), a share, at most 2; pairs of zeros are left out.

    Source: Makridakis and Hibon, The M3-Competition, Int. J. of Forecasting 16 (2000).

    >>> smape([10.0, 0.0], [30.0, 0.0])
    1.0
    """
    a, f = _pairs(actual, forecast)
    size = np.abs(a) + np.abs(f)
    return _mean(2 * np.abs(f - a)[size > 0] / size[size > 0])


def wmape(actual: npt.ArrayLike, forecast: npt.ArrayLike) -> float:
    """WMAPE = sum(abs(e)) / sum(A), a share; MAD / mean demand.

    Pairs with negative actual demand (more returned than ordered) are left out.

    >>> wmape([100.0, 0.0], [90.0, 10.0])
    0.2
    """
    a, f = _pairs(actual, forecast)
    ordered = a >= 0
    return float(share(np.abs(f - a)[ordered].sum(), a[ordered].sum()))


def forecast_accuracy(actual: npt.ArrayLike, forecast: npt.ArrayLike) -> float:
    """Forecast accuracy = max(0, 1 - WMAPE), a share.

    >>> forecast_accuracy([100.0, 0.0], [90.0, 10.0])
    0.8
    """
    return float(np.maximum(0.0, 1 - wmape(actual, forecast)))


def bias(actual: npt.ArrayLike, forecast: npt.ArrayLike, sign: Sign = "F-A") -> float:
    """Bias = sum(e) / sum(A), a share: sum(F) / sum(A) - 1.

    >>> bias([100.0, 100.0], [110.0, 130.0])
    0.2
    """
    a, _ = _pairs(actual, forecast)
    return float(share(errors(actual, forecast, sign).sum(), a.sum()))


def mase(
    actual: npt.ArrayLike, forecast: npt.ArrayLike, training: npt.ArrayLike, season: int = 1
) -> float:
    """MASE = MAE / mean(abs(y_t - y_(t-m))) of the training data, a ratio.

    Below 1 is better than the (seasonal) naive forecast was in the training data. Source:
    Hyndman and Koehler, Another look at measures of forecast accuracy, Int. J. of Forecasting 22
    (2006).

    Args:
        actual: Demand, in units.
        forecast: Forecast of it, in units.
        training: History that the forecast was made from, in units.
        season: m, 12 for months of a year, 1 for the plain naive forecast.

    >>> mase([12.0], [10.0], [1.0, 2.0, 3.0])
    2.0
    """
    history = _numbers(training).ravel()
    scale = _mean(_known(np.abs(history[season:] - history[:-season])))
    return float(share(mae(actual, forecast), scale))


def tracking_signals(actual: npt.ArrayLike, forecast: npt.ArrayLike, sign: Sign = "F-A") -> Array:
    """TS_n = sum(e_1 .. e_n) / mean(abs(e_1) .. abs(e_n)), a ratio, after each period.

    Between -4 and 4 is in control (Heizer and Render); Chopra and Meindl allow 6.

    >>> tracking_signals([100.0, 100.0], [110.0, 100.0]).tolist()
    [1.0, 2.0]
    """
    error = errors(actual, forecast, sign)
    deviation = np.cumsum(np.abs(error)) / np.arange(1, len(error) + 1)
    return share(np.cumsum(error), deviation)


def tracking_signal(actual: npt.ArrayLike, forecast: npt.ArrayLike, sign: Sign = "F-A") -> float:
    """The tracking signal after the last period, a ratio.

    >>> tracking_signal([100.0, 100.0], [110.0, 100.0], sign="A-F")
    -2.0
    """
    signals = tracking_signals(actual, forecast, sign)
    return float(signals[-1]) if len(signals) else np.nan


def forecast_value_added(before: npt.ArrayLike, after: npt.ArrayLike) -> Array:
    """FVA = error of the step before - error of this step, in points; positive adds value.

    Source: Gilliland, Forecast Value Added Analysis (SAS white paper). The errors are of the same
    items, months and lag.

    >>> float(forecast_value_added(14.5, 12.0))
    2.5
    """
    return _numbers(before) - _numbers(after)


def plan_volatility(plan: npt.ArrayLike, previous: npt.ArrayLike) -> float:
    """Demand volatility = sum(abs(plan - plan of the cycle before)) / sum(plan before), a share.

    Over the months that both plans cover.

    >>> plan_volatility([110.0, 90.0], [100.0, 100.0])
    0.1
    """
    before, now = _pairs(previous, plan)
    return float(share(np.abs(now - before).sum(), before.sum()))


def coefficient_of_variation(demand: npt.ArrayLike) -> float:
    """CV = sample standard deviation / mean, a ratio.

    >>> coefficient_of_variation([8.0, 10.0, 12.0])
    0.2
    """
    known = _known(demand)
    if len(known) < 2:
        return np.nan
    return float(share(known.std(ddof=1), known.mean()))


def average_demand_interval(demand: npt.ArrayLike) -> float:
    """ADI = periods / periods with demand; above 1.32 demand is intermittent.

    Source: Syntetos, Boylan and Croston, On the categorization of demand patterns, J. of the
    Operational Research Society 56 (2005).

    >>> average_demand_interval([5.0, 0.0, 0.0, 4.0])
    2.0
    """
    known = _known(demand)
    return float(share(len(known), np.count_nonzero(known)))


# ---- supply, service, capacity -----------------------------------------------------------------


def share(part: npt.ArrayLike, whole: npt.ArrayLike) -> Array:
    """part / whole; NaN where the whole is not positive.

    >>> share([1.0, 1.0], [4.0, 0.0]).tolist()
    [0.25, nan]
    """
    top, bottom = _numbers(part), _numbers(whole)
    usable = bottom > 0
    return np.asarray(np.where(usable, top / np.where(usable, bottom, 1.0), np.nan))


def plan_adherence(actual_output: npt.ArrayLike, planned_output: npt.ArrayLike) -> Array:
    """Actual output / planned output, both in units; more than 1 is more than planned.

    >>> float(plan_adherence(95.0, 100.0))
    0.95
    """
    return share(actual_output, planned_output)


def schedule_met(actual_output: npt.ArrayLike, planned_output: npt.ArrayLike) -> Array:
    """min(actual, planned) of each item, in units: making more than planned meets no schedule.

    >>> schedule_met([120.0, 50.0], [100.0, 100.0]).tolist()
    [100.0, 50.0]
    """
    return np.asarray(np.minimum(_numbers(actual_output), _numbers(planned_output)))


def schedule_adherence(actual_output: npt.ArrayLike, planned_output: npt.ArrayLike) -> float:
    """sum(min(actual, planned)) / sum(planned) over the items, a share.

    >>> schedule_adherence([120.0, 50.0], [100.0, 100.0])
    0.75
    """
    planned, actual = _pairs(planned_output, actual_output)
    return float(share(schedule_met(actual, planned).sum(), planned.sum()))


def service_level(on_time: npt.ArrayLike, due: npt.ArrayLike) -> Array:
    """Orders fulfilled on time / orders due, both counts of order lines.

    >>> float(service_level(19, 20))
    0.95
    """
    return share(on_time, due)


def otif(on_time_in_full: npt.ArrayLike, deliveries: npt.ArrayLike) -> Array:
    """Deliveries on time and in full / deliveries, both counts of order lines.

    >>> float(otif(9, 12))
    0.75
    """
    return share(on_time_in_full, deliveries)


def fill_rate(filled: npt.ArrayLike, demanded: npt.ArrayLike) -> float:
    """Fill rate = sum(min(filled, demanded)) / sum(demanded) over the items, a share: what was
    shipped on time of what was ordered. Sending more of one item fills no other.

    Not the cycle service level, the share of cycles without a stock-out. Source: Chopra and Meindl,
    Supply Chain Management, chapter 12 (product fill rate).

    >>> fill_rate([120.0, 50.0], [100.0, 100.0])
    0.75
    """
    ordered, sent = _pairs(demanded, filled)
    return float(share(schedule_met(sent, ordered).sum(), ordered.sum()))


def utilisation(load: npt.ArrayLike, available: npt.ArrayLike) -> Array:
    """Load / available capacity, both in hours; above 1 is an overload and is not capped.

    >>> float(utilisation(176.0, 160.0))
    1.1
    """
    return share(load, available)


class Oee(NamedTuple):
    """Overall equipment effectiveness and what it is the product of; all shares."""

    availability: float
    performance: float
    quality: float
    oee: float


def oee(planned_time: float, run_time: float, ideal_rate: float, total: float, good: float) -> Oee:
    """OEE = availability x performance x quality.

    Source: Nakajima, Introduction to TPM (1988).

    Args:
        planned_time: Shift less breaks, in minutes.
        run_time: Planned time less stops, in minutes.
        ideal_rate: Units per minute at best.
        total: Units made.
        good: Units made that are right the first time.

    >>> oee(planned_time=100, run_time=80, ideal_rate=2, total=120, good=90)
    Oee(availability=0.8, performance=0.75, quality=0.75, oee=0.45)
    """
    availability = float(share(run_time, planned_time))
    performance = float(share(total, run_time * ideal_rate))
    quality = float(share(good, total))
    return Oee(availability, performance, quality, float(share(good, planned_time * ideal_rate)))


# ---- money and process -------------------------------------------------------------------------


def inventory_turns(
    cost_of_sales: npt.ArrayLike, average_inventory: npt.ArrayLike, days: npt.ArrayLike
) -> Array:
    """Cost of sales as a yearly rate / average inventory, both money at cost; turns a year.

    Args:
        cost_of_sales: Of the period.
        average_inventory: Mean of opening and closing inventory.
        days: Calendar days of the period.

    >>> float(inventory_turns(100.0, 365.0, 10.0))
    10.0
    """
    return share(_yearly(cost_of_sales, days), average_inventory)


def days_inventory(
    inventory: npt.ArrayLike, cost_of_sales: npt.ArrayLike, days: npt.ArrayLike
) -> Array:
    """DIO = inventory / (cost of sales / days of the period), in days.

    SCOR AM.2.2 (inventory days of supply).

    >>> float(days_inventory(250.0, 1000.0, 365.0))
    91.25
    """
    return DAYS_A_YEAR * share(inventory, _yearly(cost_of_sales, days))


def days_sales(receivables: npt.ArrayLike, revenue: npt.ArrayLike, days: npt.ArrayLike) -> Array:
    """DSO = receivables / (revenue / days of the period), in days.

    SCOR AM.2.1 (days sales outstanding).

    >>> float(days_sales(100.0, 1000.0, 365.0))
    36.5
    """
    return DAYS_A_YEAR * share(receivables, _yearly(revenue, days))


def days_payables(
    payables: npt.ArrayLike, cost_of_sales: npt.ArrayLike, days: npt.ArrayLike
) -> Array:
    """DPO = payables / (cost of sales / days of the period), in days.

    SCOR AM.2.3 (days payable outstanding) takes the cost of materials instead of the cost of sales.

    >>> float(days_payables(100.0, 1000.0, 365.0))
    36.5
    """
    return DAYS_A_YEAR * share(payables, _yearly(cost_of_sales, days))


def cash_conversion_cycle(dio: npt.ArrayLike, dso: npt.ArrayLike, dpo: npt.ArrayLike) -> Array:
    """CCC = DIO + DSO - DPO, in days.

    SCOR AM.1.1 (cash-to-cash cycle time).

    >>> float(cash_conversion_cycle(90.0, 90.0, 54.0))
    126.0
    """
    return _numbers(dio) + _numbers(dso) - _numbers(dpo)


def working_capital(current_assets: npt.ArrayLike, current_liabilities: npt.ArrayLike) -> Array:
    """Current assets - current liabilities, money.

    >>> float(working_capital(500.0, 300.0))
    200.0
    """
    return _numbers(current_assets) - _numbers(current_liabilities)


def cash_flow_to_sales(cash_flow: npt.ArrayLike, net_sales: npt.ArrayLike) -> Array:
    """Operating cash flow / net sales, both money of the same period, a share; negative where cash
    flows out.

    >>> float(cash_flow_to_sales(120.0, 1000.0))
    0.12
    """
    return share(cash_flow, net_sales)


def revenue_vs_plan(revenue: npt.ArrayLike, planned: npt.ArrayLike) -> Array:
    """Actual revenue / planned revenue, both money.

    >>> float(revenue_vs_plan(98.0, 100.0))
    0.98
    """
    return share(revenue, planned)


def decision_closure(closed: npt.ArrayLike, due: npt.ArrayLike) -> Array:
    """Closed actions / actions due, both counts.

    >>> float(decision_closure(8, 10))
    0.8
    """
    return share(closed, due)


def _pairs(actual: npt.ArrayLike, forecast: npt.ArrayLike) -> tuple[Array, Array]:
    a, f = np.broadcast_arrays(_numbers(actual).ravel(), _numbers(forecast).ravel())
    known = ~(np.isnan(a) | np.isnan(f))
    return a[known], f[known]


def _known(values: npt.ArrayLike) -> Array:
    numbers = _numbers(values).ravel()
    return numbers[~np.isnan(numbers)]


def _numbers(values: npt.ArrayLike) -> Array:
    return np.asarray(values, dtype=float)


def _mean(values: Array) -> float:
    return float(values.mean()) if len(values) else np.nan


def _yearly(amount: npt.ArrayLike, days: npt.ArrayLike) -> Array:
    return _numbers(amount) * DAYS_A_YEAR / _numbers(days)
