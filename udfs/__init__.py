"""The worksheet functions as Excel loads them, and as plain Python functions of the same names.

Excel calls them through xlwings on Windows, with every range as rows of cells. Everywhere else they
are called with lists, arrays, series or frames::

    from udfs import SOP_WMAPE

    SOP_WMAPE([100, 120], [90, 125])

What cannot be computed raises ``sop_xl.functions.CellError``, whose text begins with the error of
the cell: #VALUE!, #NUM! or #N/A. The reason goes to the log ``sop_xl.udfs`` as well, and where
Excel calls, to the file .sop-xl/functions.log in the home folder.
"""

from __future__ import annotations

import importlib.util
from collections.abc import Callable
from typing import Any

from sop_xl.functions import FUNCTIONS, CellError, Function, Result
from udfs.log import keep_file, log, serves_excel
from udfs.memo import Memo, key

Udf = Callable[..., Any]
_memo = Memo()


def wrap(function: Function) -> Udf:
    """The function under its Excel name."""

    def udf(*cells: object, **named: object) -> Result:
        return _answer(function, cells, named)

    udf.__name__ = udf.__qualname__ = function.name
    udf.__doc__ = function.summary
    udf.__annotations__ = {}
    udf.__dict__["__signature__"] = function.signature
    return udf


def _answer(function: Function, cells: tuple[object, ...], named: dict[str, object]) -> Result:
    """What the function answers to cells, from the memo where the same was asked before.

    Raises:
        CellError: There is no answer; the log tells why.
    """
    try:
        given = function.read(*cells, **named)
        asked = key(function.name, given)
        found = _memo.get(asked)
        if found is None:
            found = function.answer(given)
            _memo.put(asked, found)
    except CellError as error:
        refused, unexpected = error, None
    except Exception as error:  # a cell shows no traceback: it goes to the log
        refused, unexpected = CellError(f"{function.name}: it could not be computed"), error
    else:
        return found
    if serves_excel():
        keep_file()
    log.warning(refused.reason, exc_info=unexpected)
    # without what led to it: Excel's macros look for the code of the error in what they get
    raise refused.with_traceback(None)


def __getattr__(name: str) -> Udf:
    """Tells type checkers, which do not see the loop below, what the other names are."""
    raise AttributeError(f"there is no worksheet function {name}")


__all__ = [function.name for function in FUNCTIONS]
globals().update({function.name: wrap(function) for function in FUNCTIONS})
# xlwings is there where Excel can run; elsewhere the functions are plain ones
if importlib.util.find_spec("xlwings"):
    from udfs.excel import declare

    globals().update({f.name: declare(globals()[f.name], f) for f in FUNCTIONS})
