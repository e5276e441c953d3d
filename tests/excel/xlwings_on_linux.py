"""The Windows half of xlwings, as it is shipped, on Linux: only pywin32 is put in by a stub.

``xlwings.com_server``, ``xlwings.udfs``, ``xlwings._xlwindows`` and the conversions are xlwings'
own; no code of xlwings PRO is loaded. What :func:`windows_xlwings` puts in, it takes out again, so
that other tests find xlwings and ``udfs`` as they are on Linux.
"""

from __future__ import annotations

import atexit
import ctypes
import datetime as dt
import importlib
import sys
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from types import ModuleType, SimpleNamespace
from typing import Any, cast
from unittest import mock

import pytest
import xlwings

ON_LINUX = pytest.mark.skipif(
    sys.platform != "linux", reason="pywin32 is stubbed; on Windows there is the real one"
)
OMITTED = -2147352572
"""What pywin32 hands over for an argument that was left out."""
EXCEL_RANGE = "{00020846-0000-0000-C000-000000000046}"
"""The interface by which xlwings knows a range of Excel."""

_OF_WINDOWS = (
    "xlwings._xlwindows", "xlwings._win32patch", "xlwings.udfs", "xlwings.com_server",
)  # fmt: skip
_DECORATORS = {"func": "xlfunc", "sub": "xlsub", "script": "xlsub", "arg": "xlarg", "ret": "xlret"}


_APPLICATION = SimpleNamespace(Name="Microsoft Excel", Version="16.0", Hwnd=1)
_BOOK = SimpleNamespace(Name="SOP.xlsm", FullName="C:\\SOP.xlsm", Application=_APPLICATION)
_SHEET = SimpleNamespace(Name="Sheet1", Parent=_BOOK)


class FakeComRange:
    """A reference to cells as pywin32 hands it to a function: a block of raw values.

    Args:
        rows: Rows of cells (a tuple of tuples is taken as it is), or what a single cell holds.
    """

    def __init__(self, rows: object, address: str = "$A$1") -> None:
        block = isinstance(rows, Sequence) and not isinstance(rows, str)
        self._rows = cast(Sequence[Sequence[object]], rows if block else [[rows]])
        self.Address, self.Row, self.Column = address, 1, 1
        self.Worksheet = _SHEET
        self.Rows = SimpleNamespace(Count=len(self._rows))
        self.Columns = SimpleNamespace(Count=len(self._rows[0]))
        self.Count = self.Rows.Count * self.Columns.Count
        about = SimpleNamespace(GetTypeAttr=lambda: SimpleNamespace(iid=EXCEL_RANGE))
        self._oleobj_ = SimpleNamespace(GetTypeInfo=lambda: about)

    @property
    def Value(self) -> object:  # noqa: N802  # Excel's name
        """Rows as tuples; what it holds, of a single cell."""
        if self.Count == 1:
            return self._rows[0][0]
        return self._rows if isinstance(self._rows, tuple) else tuple(map(tuple, self._rows))


@contextmanager
def windows_xlwings() -> Iterator[Any]:
    """xlwings as on Windows, and ``udfs`` imported anew as Excel's server finds it.

    Gives:
        The server object that Excel's macros call: ``CallUDF(module, name, arguments, None, None)``
    """
    with (
        _fresh_modules(_pywin32()),
        mock.patch.multiple(ctypes, create=True, windll=_Anything(), oledll=_Anything()),
        mock.patch.dict(vars(xlwings)),
        mock.patch.dict(xlwings.engines.engines_by_name),
        mock.patch.object(xlwings.engines, "engines", list(xlwings.engines.engines)),
        mock.patch.object(xlwings.engines, "active", None),
    ):
        with mock.patch.object(ctypes, "PyDLL", _Anything()):
            windows: Any = importlib.import_module("xlwings._xlwindows")
        atexit.unregister(windows.cleanup)
        excel = xlwings.Engine(impl=windows.engine)
        xlwings.engines.add(excel)
        xlwings.engines.active = excel  # type: ignore[assignment]  # xlwings' own hint is None
        decorators = importlib.import_module("xlwings.udfs")
        for name, there in _DECORATORS.items():
            setattr(xlwings, name, getattr(decorators, there))
        server: Any = importlib.import_module("xlwings.com_server")
        try:
            yield server.XLPython()
        finally:
            server.loop.close()


@contextmanager
def _fresh_modules(stubs: dict[str, ModuleType]) -> Iterator[None]:
    """The stubs among the modules, and those that depend on them as if never imported.

    Modules that are imported meanwhile for the first time stay: a compiled one can be loaded once.
    """
    def depends(name: str) -> bool:
        return name in stubs or name in _OF_WINDOWS or name.partition(".")[0] == "udfs"

    before = {name: module for name, module in sys.modules.items() if depends(name)}
    for name in before:
        del sys.modules[name]
    sys.modules.update(stubs)
    try:
        yield
    finally:
        for name in [name for name in sys.modules if depends(name)]:
            del sys.modules[name]
        sys.modules.update(before)


# ---- pywin32 ---------------------------------------------------------------------------------


class ComError(Exception):
    """pywintypes.com_error."""


class _Anything:
    """Stands for libraries of Windows, which nothing here calls for a result."""

    def __getattr__(self, name: str) -> _Anything:
        return _Anything()

    def __call__(self, *_: object, **__: object) -> _Anything:
        return _Anything()


class _Wrapped:
    def __init__(self, held: object) -> None:
        self.held = held


class _Dispatch:
    """Base of pywin32's classes of COM objects."""


class _TimeZone(dt.tzinfo):
    @staticmethod
    def utc() -> dt.tzinfo:
        return dt.UTC


def _unwrap(value: object) -> object:
    if isinstance(value, _Wrapped):
        return value.held
    raise ValueError("not an object of the server")


def _pywin32() -> dict[str, ModuleType]:
    """Stubs of the modules of pywin32, by name."""
    nothing = _Anything()
    contents: dict[str, dict[str, object]] = {
        "pywintypes": {
            "TimeType": dt.datetime, "com_error": ComError, "error": ComError, "IID": str,
        },
        "pythoncom": {
            "__file__": None,
            "CoInitialize": nothing, "CoUninitialize": nothing, "com_error": ComError,
            "IID_IDispatch": "IDispatch", "IID_IEnumVARIANT": "IEnumVARIANT",
            "TypeIIDs": {"IDispatch": type("PyIDispatch", (), {})},
        },
        "win32api": {}, "win32con": {}, "win32event": {}, "win32gui": {},
        "win32process": {"GetWindowThreadProcessId": lambda _: (1, 1)},
        "win32timezone": {"TimeZoneInfo": _TimeZone},
        "win32com": {},
        "win32com.client": {
            "CDispatch": _Dispatch, "DispatchBaseClass": _Dispatch, "CoClassBaseClass": _Dispatch,
            "Dispatch": lambda given, **_: given, "DispatchEx": nothing,
        },
        "win32com.server": {},
        "win32com.server.util": {"wrap": lambda held, *_, **__: _Wrapped(held), "unwrap": _unwrap},
        "win32com.server.dispatcher": {},
        "win32com.server.policy": {"DefaultPolicy": object},
    }  # fmt: skip
    modules = {}
    for name, names in contents.items():
        modules[name] = module = ModuleType(name)
        vars(module).update(names)
        parent, _, child = name.rpartition(".")
        if parent:
            setattr(modules[parent], child, module)
    return modules
