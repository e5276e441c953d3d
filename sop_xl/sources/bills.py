"""Bills of materials held against items and materials: parents that nobody knows, circles."""

from __future__ import annotations

from collections.abc import Iterator, Mapping

import numpy as np

from sop_xl.planning.frames import positions
from sop_xl.planning.supply.materials.explosion import circle
from sop_xl.planning.supply.materials.requirements import in_circles
from sop_xl.schema import Finding
from sop_xl.sources.delivered import NAMED, Delivered


def bill_findings(sources: Mapping[str, Delivered]) -> Iterator[Finding]:
    """Rows of the bill of materials that cannot be planned with.

    Args:
        sources: What was delivered, by table.
    """
    bill = sources["bill_of_materials"]
    if bill.frame.empty:
        return
    items, materials = sources["items"].frame, sources["materials"].frame
    known = [*materials["component"], *items["item"], *items["family"]]
    names = [str(name) for name in dict.fromkeys(known) if name]
    parent, component = (positions(bill.frame[name], names) for name in ("parent", "component"))
    texts = bill.frame["parent"]
    yield from bill.each(
        (parent < 0) & (texts != "").to_numpy(), "parent",
        lambda row: f"Parent {texts[row]!r} is no item, family or material.",
        "Add it to Items or Materials; else nothing is bought for it.",
    )  # fmt: skip
    rows = np.flatnonzero((parent >= 0) & (component >= 0))
    around = rows[in_circles(parent[rows], component[rows])]
    for row in around[:NAMED].tolist():
        path = " > ".join(circle(names, parent[around], component[around]))
        yield bill.finding(
            f"The bill runs in a circle: {path}; such rows are left out of the plan.",
            "Take one of its rows out.", row=int(row), column="component",
        )  # fmt: skip
