"""Excel's door to the functions: xlwings as on Windows."""

from collections.abc import Callable, Iterator
from typing import Any

import pytest

from tests.excel.xlwings_on_linux import windows_xlwings

CallUdf = Callable[..., Any]


@pytest.fixture(scope="module")
def call() -> Iterator[CallUdf]:
    """Calls a function as a cell does: ``call("SOP_UTIL", FakeComRange(80.0), 100.0)``."""
    with windows_xlwings() as server:
        yield lambda name, *arguments, module="udfs": server.CallUDF(
            module, name, arguments, None, None
        )
