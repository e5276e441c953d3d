"""The plan's memory (SQLAlchemy Core): SQLite in the plan folder, PostgreSQL by its address."""

from sop_xl.store.base import Revision
from sop_xl.store.books import Cycle, Issue, Mark
from sop_xl.store.collecting import AppendResult
from sop_xl.store.merge import Change, Conflict, Kind, conflicts, difference
from sop_xl.store.store import Inputs, Status, Store
from sop_xl.store.values import keys_of

__all__ = [
    "AppendResult",
    "Change",
    "Conflict",
    "Cycle",
    "Inputs",
    "Issue",
    "Kind",
    "Mark",
    "Revision",
    "Status",
    "Store",
    "conflicts",
    "difference",
    "keys_of",
]
