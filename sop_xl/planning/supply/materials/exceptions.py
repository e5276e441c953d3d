"""What to do about orders that are open: bring forward, put off, cancel; and orders too late."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from typing import Literal, NamedTuple, TypeAlias

import numpy as np
import numpy.typing as npt

from sop_xl.planning.frames import Numbers, rounded, zero

What: TypeAlias = Literal["expedite", "delay", "cancel", "late"]


class Message(NamedTuple):
    """One order and what to do about it; periods are positions from 0."""

    what: What
    item: str
    quantity: float
    due: int
    """The period in which the order is due; of a planned order that in which it is needed."""
    needed: int
    """The period in which it is needed; for cancel the last one, for late the first possible."""

    def text(self, periods: Sequence[str]) -> str:
        """The message in words.

        >>> Message("delay", "Leg", 40.0, 0, 2).text(["May", "June", "July"])
        'Delay 40 of Leg from May to July.'
        """
        due, needed = periods[self.due], periods[min(self.needed, len(periods) - 1)]
        amount = f"{self.quantity:,.6g} of {self.item}"
        if self.what == "cancel":
            return f"Cancel {amount} due in {due}: nothing needs it up to {needed}."
        if self.what == "late":
            beyond = "after the last period" if self.needed >= len(periods) else f"in {needed}"
            return f"Expedite a new order of {amount} for {due}: its lead time ends {beyond}."
        return f"{self.what.capitalize()} {amount} from {due} to {needed}."


def order_messages(
    items: Sequence[str],
    gross: Numbers,
    on_hand: Numbers,
    receipts: Numbers,
    safety_stock: Numbers,
    lead_time: npt.NDArray[np.int64],
    late: Numbers,
) -> list[Message]:
    """Messages about open orders, in the order of items and due periods, and about planned ones
    that are late.

    Open orders serve needs in the order in which they are due: the k-th is needed in the first
    period in which stock and the k - 1 before it leave less than the safety stock. Source:
    Vollmann, Berry and Whybark, Manufacturing Planning and Control Systems, exception codes.

    Args:
        items: Names of the rows.
        gross: Gross requirements, items down, periods across.
        on_hand: Stock now, one for each item (upright), as safety stock.
        receipts: On order, when it is due.
        safety_stock: Stock that is kept.
        lead_time: Whole periods, one for each item.
        late: Planned receipts whose lead time began before the first period.
    """
    return [
        *_open_orders(items, gross, on_hand, receipts, safety_stock),
        *_late_orders(items, lead_time, late),
    ]


def _open_orders(
    items: Sequence[str], gross: Numbers, on_hand: Numbers, receipts: Numbers, safety_stock: Numbers
) -> Iterator[Message]:
    spare = on_hand - safety_stock
    used = rounded(np.cumsum(zero(gross), axis=1))
    coming = zero(receipts)
    before = np.cumsum(coming, axis=1) - coming
    last = gross.shape[1] - 1
    for row, due in np.argwhere(coming > 0).tolist():
        short = used[row] > rounded(np.array(spare[row, 0] + before[row, due]))
        needed = int(short.argmax()) if short.any() else last
        quantity = float(coming[row, due])
        if not short.any():
            yield Message("cancel", items[row], quantity, due, last)
        elif needed != due:
            yield Message(
                "expedite" if needed < due else "delay", items[row], quantity, due, needed
            )


def _late_orders(
    items: Sequence[str], lead_time: npt.NDArray[np.int64], late: Numbers
) -> Iterator[Message]:
    for row, needed in np.argwhere(late > 0).tolist():
        yield Message("late", items[row], float(late[row, needed]), needed, int(lead_time[row]))
