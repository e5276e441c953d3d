"""The worksheet functions as Python sees them: the same answers, the memo, the log."""

import asyncio
import inspect
import subprocess
import sys
import threading
from collections.abc import Iterator
from pathlib import Path
from types import SimpleNamespace
from typing import Any

import numpy as np
import numpy.typing as npt
import pandas as pd
import pytest

import udfs
from sop_xl.functions import FUNCTIONS, CellError, Function
from sop_xl.functions.function import Given
from udfs import SOP_WMAPE
from udfs.log import LogFile, keep_file, log, serves_excel
from udfs.memo import Memo, key


@pytest.mark.parametrize("function", FUNCTIONS, ids=lambda function: function.name)
def test_every_function_is_there_under_its_name(function: Function) -> None:
    udf = getattr(udfs, function.name)
    assert udf.__name__ == function.name
    assert udf.__doc__ == function.summary
    assert list(inspect.signature(udf).parameters) == list(function.help)


def test_a_udf_is_a_plain_function() -> None:
    assert SOP_WMAPE([100, 0], [90, 10]) == pytest.approx(0.2)
    assert SOP_WMAPE(actual=[100, 0], forecast=pd.Series([90, 10])) == pytest.approx(0.2)
    with pytest.raises(CellError):
        SOP_WMAPE([], [])


def test_an_unknown_name_is_no_attribute() -> None:
    assert not hasattr(udfs, "SOP_LUCK")


def run(code: str) -> str:
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    return done.stdout.strip()


def test_the_functions_need_no_xlwings() -> None:
    code = (
        "import sys; sys.modules['xlwings'] = None\n"
        "import importlib.util; importlib.util.find_spec = lambda name: None\n"
        "from udfs import SOP_UTIL; print(SOP_UTIL(80, 100))"
    )
    assert run(code) == "0.8"


def test_the_import_leaves_out_what_takes_long() -> None:
    found = run("import sys, udfs; print(*sys.modules)").split()
    slow = {"statsmodels", "scipy", "openpyxl", "sqlalchemy", "click", "sop_xl.workbook"}
    assert slow & set(found) == set()


# ---- the memo ----------------------------------------------------------------------------------


@pytest.fixture(autouse=True)
def fresh_memo(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(udfs, "_memo", Memo())


class Counting:
    """A core function that counts how often it is asked."""

    def __init__(self) -> None:
        self.calls = 0

    def function(self) -> Function:
        def times(values: npt.ArrayLike, factor: float = 2.0) -> npt.NDArray[np.float64]:
            """The cells times a factor."""
            self.calls += 1
            return np.multiply(np.asarray(values, dtype=np.float64), factor)

        return Function("SOP_TIMES", times, {"values": "Cells.", "factor": "The factor."})


def test_the_same_cells_are_computed_once() -> None:
    core = Counting()
    udf = udfs.wrap(core.function())
    for cells in ([1.0, 2.0], (1, 2), pd.Series([1, 2]), np.array([1.0, 2.0])):
        assert udf(cells).tolist() == [2.0, 4.0]
    assert core.calls == 1


@pytest.mark.parametrize(
    "other",
    [([1.0, 3.0],), ([1.0, 2.0, None],), ([[1.0], [2.0]],), ([1.0, 2.0], 3.0)],
    ids=["value", "length", "shape", "argument"],
)
def test_other_cells_are_computed_anew(other: tuple[Any, ...]) -> None:
    core = Counting()
    udf = udfs.wrap(core.function())
    udf([1.0, 2.0])
    udf(*other)
    assert core.calls == 2


def test_a_result_belongs_to_its_caller() -> None:
    udf = udfs.wrap(Counting().function())
    for _ in range(3):
        found = udf([1.0, 2.0])
        assert found.tolist() == [2.0, 4.0]
        found[0] = 99.0


def test_functions_do_not_share_results() -> None:
    assert udfs.SOP_SERVICE(19, 20) == 0.95
    assert udfs.SOP_CCC(19, 20, 1) == 38


def test_the_memo_forgets_what_was_not_asked_for_longest() -> None:
    memo = Memo(entries=2)
    memo.put("a", 1.0)
    memo.put("b", 2.0)
    assert memo.get("a") == 1.0
    memo.put("c", 3.0)
    assert [memo.get(name) for name in "abc"] == [1.0, None, 3.0]


def test_the_memo_is_bounded_in_bytes() -> None:
    memo = Memo(size=10_000)
    for number in range(100):
        memo.put(number, np.full(500, float(number)))
    assert len(memo) == 2
    memo.put("too large", np.zeros(2_000))
    assert memo.get("too large") is None
    assert len(memo) == 2
    memo.put(99, 1.0)  # in place of a large one
    memo.put("texts", np.full(50, "text", dtype=object))
    assert memo.get(98) is not None
    assert memo.get(99) == 1.0
    assert memo.get("texts") is not None
    assert len(memo) == 3


def test_the_memo_serves_several_threads() -> None:
    memo = Memo(entries=3)

    def work() -> None:
        for number in range(2_000):
            memo.put(number % 5, float(number % 5))
            assert memo.get(number % 5) in (None, float(number % 5))

    threads = [threading.Thread(target=work) for _ in range(4)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert len(memo) == 3


@pytest.mark.parametrize(
    ("one", "other"),
    [
        ({"texts": np.array(["a", "bc"], dtype=object)},
         {"texts": np.array(["ab", "c"], dtype=object)}),
        ({"numbers": np.zeros((2, 3))}, {"numbers": np.zeros((3, 2))}),
        ({"a": 1.0}, {"b": 1.0}),
        ({"dates": np.array(["2026-10-01"], dtype="datetime64[D]")},
         {"dates": np.array(["2026-10-02"], dtype="datetime64[D]")}),
    ],
)
def test_keys_go_by_value(one: Given, other: Given) -> None:
    again = {name: v.copy() if isinstance(v, np.ndarray) else v for name, v in one.items()}
    assert key("SOP_X", one) == key("SOP_X", again)
    assert key("SOP_X", one) != key("SOP_X", other)
    assert key("SOP_X", one) != key("SOP_Y", one)


# ---- errors and the log ------------------------------------------------------------------------


def broken(values: npt.ArrayLike) -> float:
    """What cannot be done."""
    return [1.0][int(np.size(values))]


def test_an_error_goes_to_the_log_with_its_reason(caplog: pytest.LogCaptureFixture) -> None:
    with pytest.raises(CellError):
        udfs.SOP_MASE([1], [1], [1], 0)
    assert [(record.name, record.levelname, record.getMessage()) for record in caplog.records] == [
        ("sop_xl.udfs", "WARNING", "SOP_MASE: season has to be a whole number from 1 up"),
    ]
    assert caplog.records[0].exc_info is None


def test_a_fault_of_ours_is_not_available_and_the_log_has_the_trace(
    caplog: pytest.LogCaptureFixture,
) -> None:
    udf = udfs.wrap(Function("SOP_BROKEN", broken, {"values": "Cells."}))
    with pytest.raises(CellError) as raised:
        udf([1, 2])
    assert str(raised.value) == "#N/A: SOP_BROKEN: it could not be computed"
    assert raised.value.__context__ is None
    assert "IndexError: list index out of range" in caplog.text


def test_plain_use_writes_nothing_to_the_screen_or_to_a_file(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("HOME", str(tmp_path))
    monkeypatch.setenv("USERPROFILE", str(tmp_path))
    code = "import udfs\ntry: udfs.SOP_CV([])\nexcept ValueError as error: print(error)"
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    assert done.stdout.strip() == "#N/A: SOP_CV: the cells given are not enough to compute it"
    assert done.stderr == ""
    assert list(tmp_path.iterdir()) == []


@pytest.fixture
def no_file() -> Iterator[None]:
    """Takes away the log file that a test adds."""
    yield
    for handler in [handler for handler in log.handlers if isinstance(handler, LogFile)]:
        handler.close()
        log.removeHandler(handler)


@pytest.fixture
def serving(monkeypatch: pytest.MonkeyPatch) -> None:
    """This process is the server that Excel calls."""
    running = SimpleNamespace(loop=SimpleNamespace(is_running=lambda: True))
    monkeypatch.setitem(sys.modules, "xlwings.com_server", running)


@pytest.mark.usefixtures("no_file", "serving")
def test_where_excel_calls_the_log_is_a_file_in_the_home_folder(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(Path, "home", lambda: tmp_path)
    for _ in range(2):
        with pytest.raises(CellError):
            udfs.SOP_CV(["Fahrräder"])
    lines = (tmp_path / ".sop-xl" / "functions.log").read_text("utf-8").splitlines()
    assert len(lines) == 2
    assert lines[0].endswith(
        " WARNING SOP_CV: the cells given are not enough to compute it"
    )


@pytest.mark.usefixtures("no_file")
def test_the_file_does_not_grow_for_ever(tmp_path: Path) -> None:
    keep_file(tmp_path)
    for _ in range(40):
        log.warning("x" * 100_000)
    files = sorted((tmp_path / ".sop-xl").iterdir())
    assert [file.name for file in files] == [
        "functions.log", "functions.log.1", "functions.log.2",
    ]  # fmt: skip
    assert all(file.stat().st_size <= 1_000_000 for file in files)


@pytest.mark.usefixtures("no_file")
def test_a_file_that_cannot_be_written_stops_nobody(
    tmp_path: Path, capfd: pytest.CaptureFixture[str]
) -> None:
    (tmp_path / "home").write_text("no folder")
    keep_file(tmp_path / "home")
    assert not any(isinstance(handler, LogFile) for handler in log.handlers)
    keep_file(tmp_path)
    (tmp_path / ".sop-xl" / "functions.log").mkdir()
    log.warning("lost")
    assert capfd.readouterr().err == ""


@pytest.mark.usefixtures("no_file")
def test_a_user_without_a_home_has_no_file(monkeypatch: pytest.MonkeyPatch) -> None:
    def nowhere() -> Path:
        raise RuntimeError("Could not determine home directory.")

    monkeypatch.setattr(Path, "home", nowhere)
    keep_file()
    assert not any(isinstance(handler, LogFile) for handler in log.handlers)


def test_only_the_running_server_serves_excel(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.delitem(sys.modules, "xlwings.com_server", raising=False)
    assert not serves_excel()
    loop = asyncio.new_event_loop()
    monkeypatch.setitem(sys.modules, "xlwings.com_server", SimpleNamespace(loop=loop))
    assert not serves_excel()

    async def during() -> bool:
        return serves_excel()

    assert loop.run_until_complete(during())
    loop.close()
