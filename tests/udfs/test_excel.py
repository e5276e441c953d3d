"""Every worksheet function through Excel's door: xlwings' own server, fed as Excel feeds it."""

import datetime as dt
import io
import sys
from collections.abc import Callable, Iterator
from types import ModuleType, SimpleNamespace
from typing import Any

import numpy as np
import numpy.typing as npt
import pandas as pd
import pytest

import udfs
from sop_xl.functions import FUNCTIONS, CellError, Function
from sop_xl.functions.arguments import Argument, Kind
from tests.excel.xlwings_on_linux import OMITTED, ON_LINUX, FakeComRange
from tests.udfs.examples import EXAMPLES, Rows, column

pytestmark = ON_LINUX

CallUdf = Callable[..., Any]
ROWS = 1_048_576
ERROR_CELL = -2146826246
JUNK = (None, "", "text", "12", True, dt.datetime(2026, 10, 1, tzinfo=dt.UTC), ERROR_CELL)
"""Cells that hold no number, as pywin32 hands them over."""

every_function = pytest.mark.parametrize("function", FUNCTIONS, ids=lambda f: f.name)
ARGUMENTS = [(function, argument) for function in FUNCTIONS for argument in function.arguments]


def of_kinds(*kinds: Kind) -> pytest.MarkDecorator:
    """The functions with each of their arguments of some kinds."""
    cases = [(function, argument) for function, argument in ARGUMENTS if argument.kind in kinds]
    return pytest.mark.parametrize(
        ("function", "argument"), cases,
        ids=[f"{function.name}-{argument.name}" for function, argument in cases],
    )  # fmt: skip


def example(function: Function, **other: object) -> dict[str, object]:
    """The cells of the example by argument, with others in place of some."""
    given = dict(zip(function.help, EXAMPLES[function.name], strict=False))
    return {name: (given | other)[name] for name in function.help if name in given | other}


def in_excel(call: CallUdf, function: Function, given: dict[str, object]) -> object:
    """What a cell shows that refers to other cells; the text of the error where it fails."""
    cells = [
        FakeComRange(given[name]) if name in given else OMITTED for name in function.help
    ]
    try:
        return call(function.name, *cells)
    except CellError as error:
        return str(error)


def in_python(function: Function, given: dict[str, object]) -> object:
    """What a cell should show: the plain result as Excel takes it."""
    try:
        return as_cells(getattr(udfs, function.name)(**given))
    except CellError as error:
        return str(error)


def as_cells(result: object) -> object:
    """A value, a row, or rows; missing numbers are #N/A, dates are times of Greenwich."""
    if isinstance(result, list) and len(result) == 1 and isinstance(result[0], list):
        result = result[0]
    if isinstance(result, np.ndarray):
        return as_cells(result.tolist())
    if isinstance(result, list):
        return [as_cells(cell) for cell in result]
    if isinstance(result, dt.date):
        return dt.datetime(result.year, result.month, result.day, tzinfo=dt.UTC)
    return "#N/A" if result is None or result != result else result


def block(like: object, cell: object) -> object:
    """A cell as often as there are cells in an example."""
    if not isinstance(like, list):
        return cell
    return [[cell for _ in row] for row in like]


# ---- the examples ------------------------------------------------------------------------------


def test_every_function_has_an_example() -> None:
    assert set(EXAMPLES) == {function.name for function in FUNCTIONS}


@every_function
def test_a_cell_shows_what_python_finds(call: CallUdf, function: Function) -> None:
    given = example(function)
    found = in_python(function, given)
    assert not isinstance(found, str) or not found.startswith("#")
    assert in_excel(call, function, given) == found


@every_function
def test_cells_go_by_value_as_well(call: CallUdf, function: Function) -> None:
    given = example(function)
    values = [tuple(map(tuple, v)) if isinstance(v, list) else v for v in given.values()]
    assert as_cells(call(function.name, *values)) == in_python(function, given)


@every_function
def test_arguments_that_may_be_left_out(call: CallUdf, function: Function) -> None:
    needed = {argument.name for argument in function.arguments if not argument.optional}
    given = {name: cells for name, cells in example(function).items() if name in needed}
    assert set(given) == needed
    assert in_excel(call, function, given) == in_python(function, given)


# ---- blanks, texts, dates, errors --------------------------------------------------------------


@of_kinds(Kind.NUMBERS)
def test_no_number_is_like_any_other(
    call: CallUdf, function: Function, argument: Argument
) -> None:
    cells = example(function).get(argument.name, [[1.0]])
    for junk in (block(cells, None), with_first(cells, None)):
        expected = in_python(function, example(function, **{argument.name: junk}))
        for cell in JUNK:
            same = block(cells, cell) if junk == block(cells, None) else with_first(cells, cell)
            if argument.is_left_out(same) == argument.is_left_out(junk):
                given = example(function, **{argument.name: same})
                assert in_excel(call, function, given) == expected, cell


def with_first(cells: object, cell: object) -> object:
    """An example with another cell in the place of the first one."""
    if not isinstance(cells, list):
        return cell
    return [[cell, *cells[0][1:]], *cells[1:]]


@of_kinds(Kind.NUMBERS, Kind.TEXTS, Kind.DATES)
def test_one_cell_in_place_of_a_range(
    call: CallUdf, function: Function, argument: Argument
) -> None:
    cells = example(function).get(argument.name, 1.0)
    only = cells[0][0] if isinstance(cells, list) else cells
    given = example(function, **{argument.name: only})
    assert in_excel(call, function, given) == in_python(function, given)


# ---- errors ------------------------------------------------------------------------------------


@of_kinds(Kind.NUMBER, Kind.WHOLE, Kind.YES_NO, Kind.CHOICE, Kind.DATE)
@pytest.mark.parametrize("cell", ["luck", [["luck"]], column("F-A", "F-A"), [[1.0, 1.0]]],
                         ids=["text", "cell", "texts", "numbers"])
def test_the_wrong_kind_of_a_single_cell_is_a_value_error(
    call: CallUdf, function: Function, argument: Argument, cell: object
) -> None:
    found = in_excel(call, function, example(function, **{argument.name: cell}))
    assert str(found).startswith(f"#VALUE!: {function.name}: {argument.name} has to be ")


@of_kinds(Kind.TEXT)
def test_two_cells_are_not_one_text(call: CallUdf, function: Function, argument: Argument) -> None:
    found = in_excel(call, function, example(function, **{argument.name: column("a", "b")}))
    assert str(found).startswith(f"#VALUE!: {function.name}: {argument.name} has to be one cell")


@of_kinds(Kind.NUMBER, Kind.WHOLE, Kind.DATE)
def test_a_number_out_of_its_limits_is_a_num_error(
    call: CallUdf, function: Function, argument: Argument
) -> None:
    cells: list[float] = [-1.0, 3e6] if argument.kind is Kind.DATE else []
    if argument.kind is Kind.WHOLE:
        cells.append(1.5)
    if argument.limits:
        cells += [
            number for number in (argument.limits.low - 1, argument.limits.high + 1)
            if np.isfinite(number)
        ]  # fmt: skip
    for cell in cells:
        found = in_excel(call, function, example(function, **{argument.name: cell}))
        assert str(found).startswith(f"#NUM!: {function.name}: {argument.name} has to be "), cell


@of_kinds(Kind.NUMBER, Kind.WHOLE, Kind.YES_NO, Kind.CHOICE, Kind.TEXT, Kind.DATE)
def test_an_error_in_a_single_cell_is_handed_on(
    call: CallUdf, function: Function, argument: Argument
) -> None:
    found = in_excel(call, function, example(function, **{argument.name: ERROR_CELL}))
    assert found == f"#N/A: {function.name}: {argument.name} is missing"


@every_function
def test_ranges_that_do_not_fit_say_so_in_plain_words(call: CallUdf, function: Function) -> None:
    number = 1.0 if function.name == "SOP_MATURITY" else 0.5  # within the limits
    ranges = {
        name: column(*[number] * size) for size, name in enumerate(function.ranges, 2)
        if name in example(function)
    }  # fmt: skip
    found = in_excel(call, function, example(function, **ranges))
    if function.beside[1:]:
        assert str(found).startswith(f"#N/A: {function.name}: the ranges do not fit: ")
    of_programmers = ("operand", "broadcast", "shape", "array", "dimension")
    assert not any(word in str(found) for word in of_programmers)


def test_a_lost_argument_is_no_answer(call: CallUdf) -> None:
    with pytest.raises(CellError, match=r"^#N/A: SOP_WMAPE: "):
        call("SOP_WMAPE", FakeComRange(column(1.0)), OMITTED)


def test_excel_gets_the_code_in_the_last_line_of_the_trace_only(call: CallUdf) -> None:
    with pytest.raises(CellError) as raised:
        call("SOP_MASE", FakeComRange(1.0), FakeComRange(1.0), FakeComRange(1.0), 0.0)
    assert raised.value.__cause__ is None
    assert raised.value.__suppress_context__ or raised.value.__context__ is None
    assert all("#" not in str(entry.statement) for entry in raised.traceback[1:])


# ---- whole columns -----------------------------------------------------------------------------


@pytest.mark.parametrize("function", [f for f in FUNCTIONS if f.ranges], ids=lambda f: f.name)
def test_whole_columns_give_what_their_filled_cells_give(
    call: CallUdf, function: Function
) -> None:
    given = example(function)
    ranges = {name: upright(given[name]) for name in function.ranges if name in given}
    if any(len(rows) > 1 for rows in ranges.values()):  # a single cell goes with every cell
        ranges = {name: rows for name, rows in ranges.items() if len(rows) > 1}
    expected = in_python(function, given | ranges)
    long: dict[str, object] = {name: whole_column(rows) for name, rows in ranges.items()}
    found = in_excel(call, function, given | long)
    assert found == expected


def upright(cells: Any) -> Rows:
    """A row or a cell as a column; other blocks as they are."""
    if not isinstance(cells, list):
        return column(cells)
    return column(*cells[0]) if len(cells) == 1 else cells


def whole_column(rows: Rows) -> tuple[tuple[object, ...], ...]:
    filled = tuple(map(tuple, rows))
    return filled + ((None,) * len(rows[0]),) * (ROWS - len(rows))


def test_whole_columns_full_of_numbers(call: CallUdf) -> None:
    load = tuple((float(number),) for number in range(ROWS))
    found = call("SOP_UTIL", FakeComRange(load), FakeComRange(load))
    assert len(found) == ROWS
    assert found[:2] == [["#N/A"], [1.0]]


# ---- what xlwings is told ----------------------------------------------------------------------


def test_xlwings_writes_its_macros_of_the_functions(call: CallUdf) -> None:
    import_module_of(call)
    text = io.StringIO()
    generate = sys.modules["xlwings.udfs"].generate_vba_wrapper
    generate("udfs", sys.modules["udfs"], text, SimpleNamespace(Name="SOP.xlsm"))
    for function in FUNCTIONS:
        arguments = ", ".join(
            f"{'Optional ' if argument.optional else ''}{argument.name}"
            for argument in function.arguments
        )
        assert f"Function {function.name}({arguments})" in text.getvalue()


@every_function
def test_the_function_wizard_shows_help(call: CallUdf, function: Function) -> None:
    import_module_of(call)
    told = getattr(sys.modules["udfs"], function.name).__xlfunc__
    assert told["category"] == function.category
    assert told["ret"]["doc"] == function.summary
    assert {argument["name"]: argument["doc"] for argument in told["args"]} == function.help
    assert told["volatile"] is False


def import_module_of(call: CallUdf) -> None:
    """Have the server import the functions, as it does at the first call."""
    call("SOP_UTIL", 1.0, 1.0)


# ---- results of any kind -----------------------------------------------------------------------

MIDNIGHT = dt.datetime(2026, 10, 1, tzinfo=dt.UTC)


def anything(values: npt.ArrayLike) -> object:
    """What the test wants to find."""
    return FOUND[int(np.asarray(values))]


FOUND: list[object] = [
    np.array([1.0, np.nan]),
    np.array([[1.0], [np.inf]]),
    [["month", "units"], [pd.Period("2026-10", "M"), np.int64(5)], [None, np.nan]],
    pd.Period("2026-10", "M"),
    np.array(["2026-10-01", "NaT"], dtype="datetime64[D]"),
    "ets",
    np.True_,
]


@pytest.fixture
def anything_in_excel(call: CallUdf) -> Iterator[CallUdf]:
    """Calls the function above as a cell does."""
    import_module_of(call)
    module = ModuleType("a_module_of_functions")
    module.__file__ = __file__
    function = Function("SOP_ANYTHING", anything, {"values": "Which one."})
    shipped = sys.modules["udfs"]
    vars(module)["SOP_ANYTHING"] = shipped.declare(shipped.wrap(function), function)
    sys.modules[module.__name__] = module
    yield lambda number: call("SOP_ANYTHING", float(number), module=module.__name__)
    del sys.modules[module.__name__]


@pytest.mark.parametrize(
    ("number", "shown"),
    [
        (0, [1.0, "#N/A"]),
        (1, [[1.0], ["#N/A"]]),
        (2, [["month", "units"], [MIDNIGHT, 5.0], ["", "#N/A"]]),
        (3, MIDNIGHT),
        (4, [MIDNIGHT, "#N/A"]),
        (5, "ets"),
        (6, True),
    ],
)
def test_a_result_arrives_as_excel_takes_it(
    anything_in_excel: CallUdf, number: int, shown: object
) -> None:
    found = anything_in_excel(number)
    assert found == shown
    cells = np.ravel(np.array(found, dtype=object)).tolist()
    assert {type(cell) for cell in cells} <= {float, str, bool, dt.datetime}
