"""Stricter figures beside the simple ones, item by item and line by line; retail and the process.

Ids are those of the SCOR model (APICS/ASCM, Supply Chain Operations Reference). What cannot be
computed is NaN.
"""

from __future__ import annotations

from typing import Literal, TypeAlias

import numpy as np
import numpy.typing as npt

from sop_xl.planning.performance.metrics import Array, share, wmape
from sop_xl.planning.spreading import UNLOCKED

Texts: TypeAlias = npt.NDArray[np.object_]
Dates: TypeAlias = npt.NDArray[np.datetime64]
Asked: TypeAlias = Literal["otif", "on time", "in full"]
Counted: TypeAlias = Literal["lines", "units"]


def item_adherence(actual_output: npt.ArrayLike, planned_output: npt.ArrayLike) -> float:
    """Adherence to the production plan by item = max(0, 1 - sum(abs(actual - planned)) /
    sum(planned)), a share: what one item makes too much does not make up for what another lacks.

    The ratio of both sums (attainment) hides the mix and can exceed 100 %. A pair of which one
    number is missing is left out.

    Args:
        actual_output: Units made, one cell for each item.
        planned_output: Units planned, as many cells.

    >>> item_adherence([120.0, 80.0], [100.0, 100.0])
    0.8
    """
    return float(np.maximum(0.0, 1 - wmape(planned_output, actual_output)))


def line_service(
    ordered: npt.ArrayLike,
    due: Dates,
    delivered: Dates,
    shipped: npt.ArrayLike = np.nan,
    show: Asked = "otif",
    count: Counted = "lines",
) -> float:
    """Order lines delivered on time and in full, or on time, or in full, of all lines; counted in
    lines or in units, a share. Not the product of both: a line has to be both.

    A line is on time when it was delivered by its due day, in full when at least what was ordered
    was shipped; a delivery without a quantity is in full. Lines without a due day or an order are
    left out; one that is not delivered is neither. In units, a line counts with what was shipped of
    it, at most what was ordered. SCOR RL.2.1 (in full), RL.2.2 (to the commit date).

    Args:
        ordered: Units ordered, one cell for each line.
        due: Day that was requested (service) or promised (SCOR).
        delivered: Day of delivery, a blank where it is open.
        shipped: Units delivered.
        show: What is shown.
        count: Lines, or units.

    >>> days = np.array(["2026-01-10", "2026-01-12", "NaT"], dtype="datetime64[D]")
    >>> line_service([10.0, 30.0, 10.0], days[[0, 0, 0]], days, [10.0, 30.0, 0.0], count="units")
    0.2
    """
    units = np.asarray(ordered, dtype=float).ravel()
    sent = np.asarray(shipped, dtype=float).ravel()
    wanted, came, sent = np.broadcast_arrays(due.ravel(), delivered.ravel(), sent)
    units, wanted, came, sent = np.broadcast_arrays(units, wanted, came, sent)
    asked = (units > 0) & ~np.isnat(wanted)
    arrived = ~np.isnat(came)
    filled = np.where(arrived, np.clip(np.where(np.isnan(sent), units, sent), 0, units), 0.0)
    on_time, in_full = arrived & (came <= wanted), filled >= units
    if count == "lines":
        met = {"otif": on_time & in_full, "on time": on_time, "in full": in_full & arrived}[show]
        return float(share((met & asked).sum(), asked.sum()))
    timely = np.where(on_time, units if show == "on time" else filled, 0.0)
    met_units = filled if show == "in full" else timely
    return float(share(met_units[asked].sum(), units[asked].sum()))


def perfect_order(
    complete: Texts, on_time: Texts, documents: Texts, condition: Texts
) -> float:
    """Perfect orders / orders, a share: complete, on the committed day, with the right documents
    and undamaged, all four. SCOR RL.1.1.

    Args:
        complete: A mark (TRUE, 1, x) for an order that was delivered in full; one cell for each.
        on_time: For one that came on the committed day.
        documents: For one whose papers and invoice were right.
        condition: For one that was undamaged and as ordered.

    >>> marks = np.array([[1, 1, 1, 1], [1, 0, 1, 1]], dtype=object).T
    >>> perfect_order(marks[:, 0], marks[:, 1], marks[:, 0], marks[:, 0])
    0.75
    """
    given = np.broadcast_arrays(*(np.ravel(x) for x in (complete, on_time, documents, condition)))
    named = np.array([[_mark(cell) for cell in marks] for marks in given], dtype=object)
    orders = (named != "").any(axis=0)
    perfect = ~np.isin(named, [*UNLOCKED]).any(axis=0)
    return float(share((perfect & orders).sum(), orders.sum()))


def _mark(cell: object) -> str:
    if cell is None or cell != cell:
        return ""
    # 0, 0.0 and FALSE are one mark
    return f"{cell:g}" if isinstance(cell, int | float) else str(cell).strip().casefold()


def stock_out_rate(stock: npt.ArrayLike, demand: npt.ArrayLike) -> float:
    """Stock-out rate = item-periods without stock that had demand / all item-periods, a share.

    A pair of which one number is missing is left out.

    Args:
        stock: Units on hand, one cell for each item and period; zero or less is none.
        demand: Units wanted in it, as many cells.

    >>> stock_out_rate([0.0, 5.0, 0.0, 9.0], [4.0, 4.0, 0.0, 4.0])
    0.25
    """
    held, wanted = np.broadcast_arrays(
        *(np.asarray(x, dtype=float).ravel() for x in (stock, demand))
    )
    known = ~np.isnan(held + wanted)
    out = known & (held <= 0) & (wanted > 0)
    return float(share(out.sum(), known.sum()))


def sell_through(
    sold: npt.ArrayLike, received: npt.ArrayLike, opening: npt.ArrayLike = 0.0
) -> Array:
    """Sell-through = units sold / (stock at the start + units received) of the period, a share.

    Args:
        sold: Units sold in the period, net of returns.
        received: Units received in it.
        opening: Units on hand at its start; none if left out.

    >>> float(sell_through(60.0, 70.0, 10.0))
    0.75
    """
    units = np.asarray(received, dtype=float) + np.nan_to_num(np.asarray(opening, dtype=float))
    return share(sold, units)


def timely_flow(left: Dates, arrived: Dates, allowed: npt.ArrayLike) -> float:
    """Shipments that arrived within the days allowed / shipments, a share: the flow from factory to
    distribution centre or shop.

    A shipment without a start is left out, one that is not there yet did not arrive in time.

    Args:
        left: Day on which each shipment left.
        arrived: Day on which it arrived.
        allowed: Days that it may take, for each or for all.

    >>> days = np.array(["2026-01-01", "2026-01-04"], dtype="datetime64[D]")
    >>> timely_flow(days[[0, 0]], days, 2.0)
    0.5
    """
    start, end = np.broadcast_arrays(left.ravel(), arrived.ravel())
    days = np.broadcast_to(np.asarray(allowed, dtype=float).ravel(), start.shape)
    sent = ~np.isnat(start)
    here = sent & ~np.isnat(end)
    took = np.full(start.shape, np.inf)
    took[here] = (end - start)[here].astype("timedelta64[D]").astype(float)
    return float(share(((took <= days) & sent).sum(), sent.sum()))


def cadence(planned: Dates, held: Dates) -> float:
    """Meetings held on the day planned / meetings planned, a share.

    Args:
        planned: Day of each meeting in the calendar of the cycle.
        held: Day on which it was held, a blank where it was not.

    >>> days = np.array(["2026-01-05", "2026-01-12"], dtype="datetime64[D]")
    >>> cadence(days, days[[0, 0]])
    0.5
    """
    wanted, came = np.broadcast_arrays(planned.ravel(), held.ravel())
    meetings = ~np.isnat(wanted)
    return float(share((meetings & (wanted == came)).sum(), meetings.sum()))
