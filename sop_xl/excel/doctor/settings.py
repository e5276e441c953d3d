"""Checks of xlwings' settings: which Python the buttons start, and what stands in the way."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import PurePath

from sop_xl.excel import xlwings_conf
from sop_xl.excel.doctor.case import CONFIG_SHEET, Case, Layer
from sop_xl.excel.doctor.check import Check, ok, warning, wrong
from sop_xl.excel.machine import Machine
from sop_xl.excel.setup import RIVALS, interpreter

_YES_OR_NO = ("USE UDF SERVER", "SHOW CONSOLE", "DEBUG UDFS")
"""Settings that stop every button where they are neither True nor False: VBA converts them."""


def user_file(case: Case) -> Iterator[Check]:
    """The settings file of the user, and whether Excel can read it."""
    name = "Settings of xlwings"
    file = xlwings_conf.user_file(case.machine.home, case.machine.system)
    layer = next((layer for layer in case.layers if layer.kind == "user"), None)
    if layer is None:
        yield warning(name, f"{file} is missing", _set_up(case))
    elif layer.faults:
        yield wrong(name, f"{file}: {'; '.join(layer.faults)}", _set_up(case))
    else:
        yield ok(name, str(file))


def local_settings(case: Case) -> Iterator[Check]:
    """Settings in or beside the workbook, which go before the user's own."""
    name, user = "Settings that go first", _user_keys(case)
    layers = [layer for layer in case.layers if layer.kind != "user"]
    for layer in layers:
        keys = dict.fromkeys(key.upper() for key, _ in layer.entries)
        again = [key for key in keys if key in user]
        if layer.faults:
            yield wrong(name, f"{layer.where}: {'; '.join(layer.faults)}", _without(case, layer))
        elif again:
            yield warning(name, f"{layer.where} overrides {', '.join(again)}",
                          _without(case, layer))
        else:
            yield ok(name, f"{layer.where} sets {', '.join(keys) or 'nothing'}")
    if case.book and not case.book.problem and not layers:
        yield ok(name, f"no sheet and no file {CONFIG_SHEET} with the workbook")


def _user_keys(case: Case) -> set[str]:
    return {key.upper() for layer in case.layers if layer.kind == "user"
            for key, _ in layer.entries}


def started_python(case: Case) -> Iterator[Check]:
    """The interpreter that the settings name."""
    name, setting = "Python that Excel starts", case.interpreter()
    place = f"from {setting.layer.where}" if setting.layer else "no setting names another"
    file, own = case.interpreter_file(), interpreter(case.machine)
    remedy = _mended(case, setting.layer)
    if file is None:
        yield wrong(name, f"the first {setting.value} of the search path ({place}); functions do "
                    "not find their library", remedy)
    elif not case.machine.is_file(file):
        yield wrong(name, f"{file} does not exist ({place})", remedy)
    elif not _is_this_python(case.machine, file):
        yield warning(name, f"{file} ({place}); this is {own}", remedy)
    else:
        yield ok(name, str(file))


def _is_this_python(machine: Machine, file: PurePath) -> bool:
    """An environment holds its one Python under several names, python and python3."""
    own = machine.python
    if own.prefix != own.base_prefix and file.parent == own.executable.parent:
        return True
    return file in (own.executable, interpreter(machine))


def values(case: Case) -> Iterator[Check]:
    """Settings with a value that hurts."""
    hurt = [*_no_truth_values(case), *_switches(case), *_rivals(case)]
    yield from hurt or [ok("Values of the settings", "as the workbooks need them")]


def _no_truth_values(case: Case) -> Iterator[Check]:
    for key in _YES_OR_NO:
        setting = case.setting(key, "False")
        if setting.value.casefold() not in ("true", "false"):
            yield wrong(f"Setting {key}",
                        f"'{setting.value}' is neither True nor False and stops every button"
                        f" ({_where(setting.layer)})", _mended(case, setting.layer))


def _switches(case: Case) -> Iterator[Check]:
    adds = case.setting("ADD_WORKBOOK_TO_PYTHONPATH", "true")
    if adds.value.casefold() == "true":
        yield warning("Setting ADD_WORKBOOK_TO_PYTHONPATH",
                      "the folder of the workbook is searched for programs: one in OneDrive stops "
                      f"the buttons, a file there may replace one of ours ({_where(adds.layer)})",
                      _mended(case, adds.layer))
    server = case.setting("USE UDF SERVER", "False")
    if server.value.casefold() == "true":
        yield warning("Setting USE UDF SERVER",
                      "long buttons bring up dialogs that ask to wait"
                      f" ({_where(server.layer)})", _mended(case, server.layer))
    debug = case.setting("DEBUG UDFS", "False")
    if debug.value.casefold() == "true":
        yield wrong("Setting DEBUG UDFS",
                    f"functions wait for a programmer's server ({_where(debug.layer)})",
                    f"Set DEBUG UDFS to False in {_where(debug.layer)}.")


def _rivals(case: Case) -> Iterator[Check]:
    path, environment = (case.setting(key, "") for key in RIVALS)
    if path.value and environment.value:
        yield warning("Settings CONDA PATH and CONDA ENV",
                      f"each button first activates {environment.value} in {path.value}"
                      f" ({_where(path.layer)})", _mended(case, path.layer))


def _where(layer: Layer | None) -> str:
    return layer.where if layer else "xlwings' own default"


def _mended(case: Case, layer: Layer | None) -> str:
    """How a wrong setting is put right: our setup writes the user's file, and no other."""
    if layer is None or layer.kind == "user":
        return _set_up(case)
    return f"{_without(case, layer)}\n{_set_up(case)}"


def _set_up(case: Case) -> str:
    return f"{case.program} excel-setup"


def _without(case: Case, layer: Layer) -> str:
    if layer.kind == "sheet":
        return f"Delete the sheet {CONFIG_SHEET} of the workbook, and save it."
    if case.machine.system == "windows":
        return f'ren "{layer.where}" {CONFIG_SHEET}.off'
    return f'mv "{layer.where}" "{layer.where}.off"'
