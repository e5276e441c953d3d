"""What stands in for pywin32 is gone when the tests that need it are done."""

import ctypes
import sys

import pytest
import xlwings

import udfs
from tests.excel.xlwings_on_linux import ON_LINUX, FakeComRange, windows_xlwings

pytestmark = ON_LINUX


def state() -> dict[str, object]:
    """Where the stubs leave traces."""
    modules = {
        name: id(module) for name, module in sys.modules.items()
        if name.startswith(("pythoncom", "pywintypes", "win32", "udfs", "xlwings."))
    }  # fmt: skip
    return {
        "modules": modules,
        "xlwings": {name: id(value) for name, value in vars(xlwings).items()},
        "engines": [*xlwings.engines.engines, xlwings.engines.active],
        "engine names": dict(xlwings.engines.engines_by_name),
        "ctypes": set(vars(ctypes)),
    }


def test_everything_is_as_it_was_before() -> None:
    before = state()
    with windows_xlwings() as server:
        assert server.CallUDF("udfs", "SOP_UTIL", (80.0, 100.0), None, None) == 0.8
        assert sys.modules["udfs"] is not udfs
        assert xlwings.engines["excel"].name == "excel"
    assert state() == before


def test_it_goes_when_a_test_fails() -> None:
    before = state()
    with pytest.raises(ZeroDivisionError), windows_xlwings():
        raise ZeroDivisionError
    assert state() == before


def test_it_can_be_had_again() -> None:
    for _ in range(2):
        with windows_xlwings() as server:
            load = FakeComRange([[80.0], [None]])
            assert server.CallUDF("udfs", "SOP_UTIL", (load, 100.0), None, None) == [
                [0.8], ["#N/A"],
            ]  # fmt: skip


def test_no_code_of_xlwings_pro_is_loaded() -> None:
    with windows_xlwings():
        assert not xlwings.__pro__
