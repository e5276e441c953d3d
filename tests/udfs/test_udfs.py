"""The worksheet functions as Python and as Excel see them."""

import inspect
import subprocess
import sys
from collections.abc import Callable
from typing import Any

import pytest

import udfs
from sop_xl.functions import FUNCTIONS, CellError, Function, named
from udfs import SOP_WMAPE


class Recorder:
    """Notes what xlwings is told about a function."""

    def __init__(self) -> None:
        self.arguments: dict[str, dict[str, Any]] = {}
        self.function: dict[str, Any] = {}

    def arg(self, name: str, **options: Any) -> Callable[[Any], Any]:
        self.arguments[name] = options
        return lambda function: function

    def func(self, **options: Any) -> Callable[[Any], Any]:
        self.function = options
        return lambda function: function


@pytest.mark.parametrize("function", FUNCTIONS, ids=lambda function: function.name)
def test_every_function_is_there_under_its_name(function: Function) -> None:
    udf = getattr(udfs, function.name)
    assert udf.__name__ == function.name
    assert udf.__doc__ == function.summary
    assert list(inspect.signature(udf).parameters) == list(function.help)


def test_a_udf_is_a_plain_function() -> None:
    assert SOP_WMAPE([100, 0], [90, 10]) == pytest.approx(0.2)
    with pytest.raises(CellError):
        SOP_WMAPE([], [])


def test_excel_is_told_the_help_and_the_dimensions() -> None:
    excel = Recorder()
    udf = udfs.wrap(named("SOP_MASE"), excel)
    assert excel.function == {"category": "S&OP"}
    assert excel.arguments == {
        "actual": {"doc": "Actual demand, one cell for each month.", "ndim": 2},
        "forecast": {"doc": "Forecast of it, as many cells.", "ndim": 2},
        "training": {"doc": "History that the forecast was made from, oldest first.", "ndim": 2},
        "season": {"doc": "Months of a season: 12, or 1 (default) for none."},
    }
    assert udf([[12.0]], [[10.0]], [[1.0, 2.0, 3.0]]) == 2.0


def test_an_unknown_name_is_no_attribute() -> None:
    assert not hasattr(udfs, "SOP_LUCK")


def test_the_functions_need_no_xlwings() -> None:
    code = (
        "import sys; sys.modules['xlwings'] = None\n"
        "import importlib.util; importlib.util.find_spec = lambda name: None\n"
        "from udfs import SOP_UTIL; print(SOP_UTIL(80, 100))"
    )
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    assert done.stdout.strip() == "0.8"
