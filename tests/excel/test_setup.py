"""The setup: what it writes, keeps, and takes back; the settings file and the list of plans."""

from __future__ import annotations

import copy
import json
from pathlib import Path, PurePosixPath, PureWindowsPath
from typing import Any

import pytest

from sop_xl.errors import SopError
from sop_xl.excel import places, xlwings_conf
from sop_xl.excel.doctor import State, diagnose
from sop_xl.excel.machine import ThisComputer, Value
from sop_xl.excel.office import SOFTWARE
from sop_xl.excel.setup import COPY, interpreter, set_up, undo
from tests.excel.machines import (
    BOOK,
    CONF,
    HOME,
    LOCATION,
    MAC_CONF,
    MAC_HOME,
    MAC_PLAN,
    MAC_PYTHON,
    MAC_SCRIPT,
    PLAN,
    PYTHON,
    SETTINGS,
    Computer,
    conf,
    linux,
    listed,
    mac,
    windows,
)

OURS = {
    "INTERPRETER_WIN": PYTHON, "ADD_WORKBOOK_TO_PYTHONPATH": "False", "USE UDF SERVER": "False",
    "UDF MODULES": "udfs", "SHOW CONSOLE": "False",
}
THEIRS = {"LICENSE_KEY": "noncommercial", "INTERPRETER_WIN": r"D:\Anaconda3\python.exe",
          "SHOW CONSOLE": "True"}
SAVED = CONF.replace("xlwings.conf", COPY)
PLANS = rf"{HOME}\.sop-xl\plans.json"
RECORD = rf"{HOME}\.sop-xl\excel-setup.json"
TRUSTED = rf"{SOFTWARE}\Excel\Security\Trusted Locations"


def fresh(before: bytes | None = None) -> Computer:
    """A Windows computer that was not set up, perhaps with a settings file of the user's."""
    computer = windows()
    del computer.files[CONF], computer.files[PLANS]
    computer.remove_registry(LOCATION)
    if before is not None:
        computer.files[CONF] = before
    return computer


def settings(computer: Computer) -> dict[str, str]:
    data = computer.files[CONF if computer.system == "windows" else MAC_CONF]
    found = xlwings_conf.parse(data, computer.python.encoding)
    assert found.faults == ()
    return dict(found.entries)


# ---- windows ----------------------------------------------------------------------------------


def test_a_new_computer_gets_the_settings_that_the_doctor_wants() -> None:
    computer = fresh()
    done = set_up(computer, PLAN, trust=True)
    assert done.changed
    assert settings(computer) == OURS
    assert computer.files[CONF].endswith(b'"SHOW CONSOLE","False"\r\n')
    assert done.lines[:3] == [
        f"xlwings settings: {CONF}",
        f"  INTERPRETER_WIN = {PYTHON} (new)",
        "  ADD_WORKBOOK_TO_PYTHONPATH = False (new)",
    ]
    assert done.lines[-2:] == [
        f"Plan folder, now known: {PLAN}",
        f"Trusted location of Excel from its next start: {PLAN}",
    ]
    states = {check.state for check in diagnose(computer, BOOK)}
    assert states == {State.OK, State.UNSEEN}


def test_doing_it_again_changes_nothing() -> None:
    computer = fresh(conf(THEIRS))
    set_up(computer, PLAN, trust=True)
    after = copy.deepcopy(computer)
    again = set_up(computer, PLAN, trust=True)
    assert computer == after
    assert not again.changed
    assert f"  INTERPRETER_WIN = {PYTHON}" in again.lines
    assert again.lines[-2:] == [
        f"Plan folder, known already: {PLAN}", f"Trusted location of Excel already: {PLAN}",
    ]


def test_keys_of_others_stay_and_a_copy_is_kept_once() -> None:
    computer = fresh(conf(THEIRS))
    done = set_up(computer)
    assert settings(computer) == {"LICENSE_KEY": "noncommercial"} | OURS
    assert computer.files[SAVED] == conf(THEIRS)
    assert rf"  INTERPRETER_WIN = {PYTHON} (was D:\Anaconda3\python.exe)" in done.lines
    assert f"  the file as it was: {SAVED}" in done.lines
    computer.set("INTERPRETER_WIN", "python")
    set_up(computer)
    assert computer.files[SAVED] == conf(THEIRS)


def test_a_dry_run_tells_the_same_and_writes_nothing() -> None:
    computer, other = fresh(conf(THEIRS)), fresh(conf(THEIRS))
    before = copy.deepcopy(computer)
    told = set_up(computer, PLAN, trust=True, dry_run=True)
    assert computer == before
    assert told == set_up(other, PLAN, trust=True)
    after = copy.deepcopy(other)
    told = undo(other, dry_run=True)
    assert other == after
    assert told == undo(other)


def test_another_pythons_conda_is_taken_out_with_a_word() -> None:
    before = conf({"CONDA PATH": r"D:\Anaconda3", "CONDA ENV": "plan", "TEMP DIR": r"D:\T"})
    computer = fresh(before)
    done = set_up(computer)
    assert settings(computer) == {"TEMP DIR": r"D:\T"} | OURS
    assert r"  CONDA PATH is taken out: it names another Python, D:\Anaconda3" in done.lines
    undo(computer)
    assert computer.files[CONF] == before


def test_pythonw_is_not_what_excel_shall_start() -> None:
    computer = fresh()
    own = PureWindowsPath(PYTHON)
    computer.python = computer.python._replace(executable=own.with_name("pythonw.exe"))
    assert interpreter(computer) == own
    set_up(computer)
    assert settings(computer)["INTERPRETER_WIN"] == PYTHON


# ---- files in every shape ---------------------------------------------------------------------


@pytest.mark.parametrize(
    "before",
    [
        b"\xef\xbb\xbf" + conf({"ORT": "Köln", "INTERPRETER_WIN": "python"}, "utf-8"),
        b"\xff\xfe" + conf({"ORT": "Köln", "INTERPRETER_WIN": "python"}, "utf-16-le"),
        b"\xfe\xff" + conf({"ORT": "Köln", "INTERPRETER_WIN": "python"}, "utf-16-be"),
        conf({"ORT": "Köln", "INTERPRETER_WIN": "python"}).replace(b"\r\n", b"\n"),
        conf({"ORT": "Köln", "INTERPRETER_WIN": "python"})[:-2],
        b'# mine\r\n"ORT","K\xf6ln"\r\n\r\nINTERPRETER_WIN , python\r\n"lost"\r\n',
        b'"ORT","K\xf6ln"\r\n"interpreter_win","a"\r\n"INTERPRETER_WIN","b"\r\n',
    ],
    ids=["utf-8", "utf-16 le", "utf-16 be", "unix", "no last end", "comments", "twice"],
)
def test_a_file_that_excel_stumbles_over_is_mended(before: bytes) -> None:
    computer = fresh(before)
    set_up(computer)
    assert settings(computer) == {"ORT": "Köln"} | OURS
    assert computer.files[SAVED] == before
    undo(computer)
    assert computer.files[CONF] == before
    assert SAVED not in computer.files


def test_bytes_of_others_that_are_no_text_stay_as_they_are() -> None:
    strange = b'"THEIRS","\x81\x8d,\xff"\r\n'
    computer = fresh(strange)
    set_up(computer)
    assert computer.files[CONF].startswith(strange)


def test_what_is_mended_is_told() -> None:
    computer = fresh(b"# mine\r\n")
    assert "  mended: line 1 does not hold one key and one value" in set_up(computer).lines


def test_letters_of_another_script_in_a_file_with_a_mark_do_not_stop_it() -> None:
    computer = fresh(b"\xef\xbb\xbf" + '"ORT","Łódź"\r\n'.encode())
    set_up(computer)
    assert settings(computer)["ORT"] == "?ód?"


def test_a_python_that_excel_cannot_spell_is_refused_before_anything_is_written() -> None:
    computer = fresh()
    place = PureWindowsPath(r"D:\Profile\Łukasz\sop-xl\Scripts\python.exe")
    computer.python = computer.python._replace(executable=place)
    before = copy.deepcopy(computer)
    with pytest.raises(SopError, match=r"Łukasz.*cp1252, which has no Ł") as refused:
        set_up(computer)
    assert refused.value.remedy.endswith(r"py -m venv C:\sop-xl")
    assert computer == before


def test_a_file_that_cannot_be_read_is_refused() -> None:
    computer = fresh(conf(THEIRS))
    computer.locked.add(CONF)
    with pytest.raises(SopError, match=r"xlwings\.conf cannot be read: Permission denied"):
        set_up(computer)


def test_a_home_that_cannot_be_written_is_told_and_nothing_is_half_done() -> None:
    computer = fresh(conf(THEIRS))
    computer.locked.add(HOME)
    before = copy.deepcopy(computer)
    with pytest.raises(SopError, match="was not written: Permission denied"):
        set_up(computer)
    assert computer == before


# ---- taking it back ---------------------------------------------------------------------------


@pytest.mark.parametrize("before", [None, b"", conf(THEIRS)], ids=["none", "empty", "theirs"])
def test_undo_leaves_the_computer_as_it_was(before: bytes | None) -> None:
    computer = fresh(before)
    untouched = copy.deepcopy(computer)
    set_up(computer, PLAN, trust=True)
    assert computer != untouched
    set_up(computer, PLAN, trust=True)
    assert undo(computer).changed
    assert computer == untouched
    again = undo(computer)
    assert again.lines == ["Nothing to take back: this computer was not set up."]
    assert not again.changed


def test_what_others_changed_since_stays() -> None:
    computer = fresh(conf(THEIRS))
    set_up(computer)
    computer.set("USE UDF SERVER", "True")
    computer.set("TEMP DIR", r"D:\T")
    done = undo(computer)
    assert settings(computer) == THEIRS | {"USE UDF SERVER": "True", "TEMP DIR": r"D:\T"}
    assert "  USE UDF SERVER = True stays: it was changed since" in done.lines
    assert r"  INTERPRETER_WIN = D:\Anaconda3\python.exe again" in done.lines
    assert "  UDF MODULES is taken out" in done.lines


def test_keys_that_came_between_two_setups_survive_the_undo() -> None:
    computer = fresh()
    set_up(computer)
    computer.set("TEMP DIR", r"D:\T")
    computer.set("INTERPRETER_WIN", "python")
    set_up(computer)
    undo(computer)
    assert settings(computer) == {"TEMP DIR": r"D:\T"}


def test_a_file_of_ours_alone_goes_even_when_its_lines_were_moved() -> None:
    computer = fresh()
    set_up(computer)
    computer.files[CONF] = b"".join(reversed(computer.files[CONF].splitlines(keepends=True)))
    undo(computer)
    assert CONF not in computer.files


def test_the_values_before_the_first_setup_come_back_after_a_second() -> None:
    computer = fresh(conf(THEIRS))
    set_up(computer)
    computer.python = computer.python._replace(
        executable=PureWindowsPath(r"D:\New\Scripts\python.exe")
    )
    set_up(computer)
    assert settings(computer)["INTERPRETER_WIN"] == r"D:\New\Scripts\python.exe"
    undo(computer)
    assert computer.files[CONF] == conf(THEIRS)


def test_a_copy_of_an_earlier_time_is_not_taken_for_this_ones() -> None:
    computer = fresh(conf(THEIRS))
    computer.files[SAVED] = b"of long ago"
    set_up(computer)
    undo(computer)
    assert settings(computer) == THEIRS
    assert computer.files[SAVED] == b"of long ago"


def test_undo_without_the_copy_brings_back_what_it_noted() -> None:
    computer = fresh(conf(THEIRS))
    set_up(computer)
    del computer.files[SAVED]
    undo(computer)
    assert settings(computer) == THEIRS


def test_files_that_are_gone_already_are_no_trouble() -> None:
    computer = fresh()
    set_up(computer, PLAN)
    del computer.files[CONF], computer.files[PLANS]
    assert f"{CONF} is gone already." in undo(computer).lines
    assert RECORD not in computer.files


@pytest.mark.parametrize("data", [b"half a rec", b"[]", b'{"values": {}}'])
def test_a_damaged_record_is_as_none(data: bytes) -> None:
    computer = fresh()
    computer.files[RECORD] = data
    assert not undo(computer).changed


# ---- plan folders and trusted locations -------------------------------------------------------


def test_plans_of_others_stay_known() -> None:
    computer = fresh()
    computer.files[PLANS] = listed(r"E:\Other")
    set_up(computer, rf"{PLAN}\sop.toml")
    assert places.parse(computer.files[PLANS]) == [PLAN, r"E:\Other"]
    undo(computer)
    assert places.parse(computer.files[PLANS]) == [r"E:\Other"]


def test_a_plan_that_was_known_before_stays_known_after_the_undo() -> None:
    computer = fresh()
    computer.files[PLANS] = listed(r"E:\Other", PLAN)
    set_up(computer, PLAN)
    assert places.parse(computer.files[PLANS]) == [PLAN, r"E:\Other"]
    undo(computer)
    assert places.parse(computer.files[PLANS]) == [PLAN, r"E:\Other"]


def test_a_folder_that_is_no_plan_is_refused() -> None:
    with pytest.raises(SopError, match=r"E:\\Nothing is no plan folder: it has no sop\.toml"):
        set_up(fresh(), r"E:\Nothing")


def test_a_trusted_location_gets_a_number_of_its_own() -> None:
    computer = fresh()
    computer.values[rf"{TRUSTED}\Location0", "Path"] = r"C:\Program Files\Office"
    computer.values[rf"{TRUSTED}\location1", "Path"] = r"E:\Other"
    set_up(computer, PLAN, trust=True)
    key = rf"{TRUSTED}\Location2"
    entered: dict[str, Value] = {n: v for (k, n), v in computer.values.items() if k == key}
    assert entered == {
        "Path": f"{PLAN}\\", "AllowSubfolders": 1, "Description": "sop-xl plan folder",
    }
    undo(computer)
    assert computer.registry_keys(TRUSTED) == ["Location0", "location1"]


def test_a_trusted_location_that_was_changed_since_stays() -> None:
    computer = fresh()
    set_up(computer, PLAN, trust=True)
    computer.values[rf"{TRUSTED}\Location0", "Path"] = "E:\\"
    done = undo(computer)
    assert computer.registry(rf"{TRUSTED}\Location0", "Path") == "E:\\"
    assert any("changed since, stays" in line for line in done.lines)


def by_policy(computer: Computer) -> None:
    root = r"HKCU\Software\Policies\Microsoft\Office\16.0\Common\Security\Trusted Locations"
    computer.values[root, "Allow User Locations"] = 0


def on_the_network(computer: Computer) -> None:
    computer.files[r"\\server\plans\sop.toml"] = SETTINGS


@pytest.mark.parametrize(
    ("change", "plan", "message", "remedy"),
    [
        (lambda _: None, None, "wants a plan folder", "--plan"),
        (by_policy, PLAN, "Your organisation allows no", "Ask IT"),
        (on_the_network, r"\\server\plans", "lies on the network", "Allow Trusted Locations on"),
    ],
)
def test_trust_that_cannot_be_given_is_refused_before_anything_is_written(
    change: Any, plan: str | None, message: str, remedy: str
) -> None:
    computer = fresh()
    change(computer)
    before = copy.deepcopy(computer)
    with pytest.raises(SopError, match=message) as refused:
        set_up(computer, plan, trust=True)
    assert remedy in refused.value.remedy
    assert computer == before


# ---- mac and linux ----------------------------------------------------------------------------


def new_mac() -> Computer:
    computer = mac()
    del computer.files[MAC_CONF], computer.files[MAC_SCRIPT]
    return computer


def test_a_mac_gets_its_settings_and_the_script_of_xlwings() -> None:
    computer = new_mac()
    untouched = copy.deepcopy(computer)
    done = set_up(computer, MAC_PLAN)
    assert settings(computer) == {
        "INTERPRETER_MAC": MAC_PYTHON, "ADD_WORKBOOK_TO_PYTHONPATH": "False",
        "USE UDF SERVER": "False",
    }
    assert computer.files[MAC_SCRIPT] == b"on VbaHandler"
    without_script = copy.deepcopy(computer)
    del without_script.files[MAC_SCRIPT]
    assert f"{MAC_SCRIPT} is gone already." in undo(without_script).lines
    assert f"Script for Excel: {MAC_SCRIPT} (new)" in done.lines
    assert b"\r" not in computer.files[MAC_CONF]
    assert not set_up(computer, MAC_PLAN).changed
    undo(computer)
    assert computer == untouched


def test_a_script_that_was_there_stays_after_the_undo() -> None:
    computer = mac()
    del computer.files[MAC_CONF]
    set_up(computer)
    undo(computer)
    assert MAC_SCRIPT in computer.files


def test_a_mac_python_with_a_space_in_its_path_is_refused() -> None:
    computer = new_mac()
    computer.python = computer.python._replace(
        executable=PurePosixPath(MAC_HOME, "My tools/bin/python")
    )
    with pytest.raises(SopError, match="holds a space"):
        set_up(computer)


def test_a_mac_without_the_right_xlwings_is_refused() -> None:
    computer = new_mac()
    del computer.modules["xlwings"]
    with pytest.raises(SopError, match="is not installed") as refused:
        set_up(computer)
    assert refused.value.remedy.startswith(f'"{MAC_PYTHON}" -m pip install "xlwings==')
    assert MAC_CONF not in computer.files


def test_a_mac_has_no_trusted_locations() -> None:
    with pytest.raises(SopError, match="on Windows only"):
        set_up(new_mac(), MAC_PLAN, trust=True)


def test_linux_has_nothing_to_set_up() -> None:
    computer = linux()
    before = copy.deepcopy(computer)
    done = set_up(computer, "/srv/plan", trust=True)
    assert computer == before
    assert not done.changed
    assert "Excel does not run on Linux" in done.lines[0]
    assert not undo(computer).changed


# ---- on a disk --------------------------------------------------------------------------------


class Windows(ThisComputer):
    """This computer, were it a Windows one."""

    def __init__(self, home: Path) -> None:
        super().__init__(home)
        self.system = "windows"


def test_it_writes_real_files_and_removes_them_again(tmp_path: Path) -> None:
    home = tmp_path / "Jürgen Müller"
    plan = tmp_path / "Pläne"
    home.mkdir()
    plan.mkdir()
    (plan / "sop.toml").write_bytes(SETTINGS)
    machine = Windows(home)
    set_up(machine, plan)
    written = home / ".xlwings" / "xlwings.conf"
    assert str(machine.python.executable) in written.read_text(machine.python.encoding)
    assert places.known_plans(home) == [plan]
    assert json.loads((home / ".sop-xl" / "plans.json").read_bytes()) == {"plans": [str(plan)]}
    undo(machine)
    assert list(home.iterdir()) == []


def test_a_folder_that_cannot_be_made_is_told_with_its_name(tmp_path: Path) -> None:
    (tmp_path / ".sop-xl").write_text("a file of that name")
    with pytest.raises(SopError, match=r"\.sop-xl cannot be made") as refused:
        set_up(Windows(tmp_path))
    assert refused.value.remedy == "Ask for access to it."
    assert not (tmp_path / ".xlwings").exists()


def test_a_file_that_cannot_be_removed_is_told_with_its_name(tmp_path: Path) -> None:
    (tmp_path / "folder").mkdir()
    with pytest.raises(SopError, match="folder cannot be removed"):
        ThisComputer(tmp_path).remove(tmp_path / "folder")


def test_a_computer_without_a_registry_takes_no_entries(tmp_path: Path) -> None:
    machine = Windows(tmp_path)
    machine.set_registry(r"HKCU\Software\New", {"Path": "x"})
    machine.remove_registry(r"HKCU\Software\New")
    assert machine.registry(r"HKCU\Software\New", "Path") is None


# ---- the settings file ------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("line", "entry"),
    [
        ('"KEY","value"', ("KEY", "value")),
        ('"KEY","a, b"', ("KEY", "a, b")),
        ("KEY,value", ("KEY", "value")),
        (' "KEY" , "value" ', ("KEY", "value")),
        ('"KEY",""', ("KEY", "")),
        ('"KEY",', ("KEY", "")),
    ],
)
def test_a_line_is_read_as_visual_basic_does(line: str, entry: tuple[str, str]) -> None:
    assert xlwings_conf.parse(line.encode(), "cp1252") == ((entry,), ())


def test_a_line_with_one_field_shifts_those_behind_it() -> None:
    """``Input #`` takes two fields at a time, over the ends of lines."""
    found = xlwings_conf.parse(b'"A"\r\n"B","1"\r\n"C","2","3"\r\n', "cp1252")
    assert found.entries == (("A", "B"), ("1", "C"), ("2", "3"))
    assert found.faults == (
        "line 1 does not hold one key and one value", "line 3 does not hold one key and one value",
    )


def test_the_settings_file_of_a_mac_lies_in_excels_own_folder() -> None:
    home = PurePosixPath(MAC_HOME)
    assert str(xlwings_conf.user_file(home, "mac")) == MAC_CONF
    assert str(xlwings_conf.user_file(home, "linux")) == f"{MAC_HOME}/.xlwings/xlwings.conf"


# ---- the list of plans ------------------------------------------------------------------------


def a_plan(folder: Path) -> Path:
    folder.mkdir()
    (folder / "sop.toml").touch()
    return folder


def test_the_latest_plan_comes_first_and_each_stands_once(tmp_path: Path) -> None:
    one, two = a_plan(tmp_path / "eins"), a_plan(tmp_path / "zwei ö")
    assert places.known_plans(tmp_path) == []
    assert places.remember_plan(one, tmp_path)
    assert places.remember_plan(two, tmp_path)
    assert places.remember_plan(tmp_path / "zwei ö" / ".." / "eins", tmp_path)
    assert not places.remember_plan(one, tmp_path)
    assert places.known_plans(tmp_path) == [one, two]


def test_a_plan_that_is_away_comes_back(tmp_path: Path) -> None:
    one, two = a_plan(tmp_path / "one"), a_plan(tmp_path / "two")
    for plan in (one, two):
        places.remember_plan(plan, tmp_path)
    two.rename(tmp_path / "elsewhere")
    assert places.known_plans(tmp_path) == [one]
    (tmp_path / "elsewhere").rename(two)
    assert places.known_plans(tmp_path) == [two, one]


def test_a_plan_is_forgotten(tmp_path: Path) -> None:
    one = a_plan(tmp_path / "one")
    places.remember_plan(one, tmp_path)
    assert places.forget_plan(one, tmp_path)
    assert not places.forget_plan(one, tmp_path)
    assert places.known_plans(tmp_path) == []
    assert (one / "sop.toml").exists()


@pytest.mark.parametrize("data", [b"", b"{", b"[1]", b'{"plans": 1}', b"\xff\xfe", b"null"])
def test_a_damaged_list_is_made_anew(data: bytes, tmp_path: Path) -> None:
    (tmp_path / ".sop-xl").mkdir()
    (tmp_path / ".sop-xl" / "plans.json").write_bytes(data)
    assert places.known_plans(tmp_path) == []
    one = a_plan(tmp_path / "one")
    places.remember_plan(one, tmp_path)
    assert places.known_plans(tmp_path) == [one]


def test_on_windows_capitals_make_no_other_plan() -> None:
    plan = PureWindowsPath(r"d:\PLÄNE\stern & söhne")
    assert places.with_plan([PLAN, r"E:\Other"], plan) == [str(plan), r"E:\Other"]


def test_a_home_that_cannot_be_written_is_told(tmp_path: Path) -> None:
    (tmp_path / ".sop-xl").write_text("a file of that name")
    with pytest.raises(SopError, match=r"\.sop-xl cannot be made"):
        places.remember_plan(a_plan(tmp_path / "one"), tmp_path)
    assert places.known_plans(tmp_path) == []
