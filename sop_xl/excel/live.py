"""A workbook that is open in Excel, read and written in blocks through xlwings.

A block costs a call, a cell next to nothing: a sheet is read in two blocks and written in a few.
xlwings is imported only where a workbook is looked for, because it is not installed everywhere.
"""

from __future__ import annotations

import datetime as dt
import sys
import zipfile
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import contextmanager, suppress
from pathlib import Path
from typing import TYPE_CHECKING, Any

from sop_xl.errors import SopError
from sop_xl.excel.blocks import (
    address,
    first_difference,
    held,
    in_order,
    put,
    put_back,
    reference,
    slabs,
    undisturbed,
)
from sop_xl.excel.cells import Matrix, meanings, written
from sop_xl.excel.refusals import is_busy, is_excels, once, patiently, refused, told, words
from sop_xl.tables.review import LOG
from sop_xl.workbook.build import PROPERTIES, Drawn
from sop_xl.workbook.formulas import excel_text
from sop_xl.workbook.layout import column_letter, excel_name
from sop_xl.workbook.macros import missing_macros
from sop_xl.workbook.reader import OpenedSheet
from sop_xl.workbook.reader.files import check_identity
from sop_xl.workbook.refresh import Patches, compare
from sop_xl.workbook.sheet import HOME
from sop_xl.workbook.sheets import SHEETS

if TYPE_CHECKING:
    import xlwings

SHOWN_LINES, SHOWN_LENGTH = 15, 250
"""Lines of a message, and characters of a line, that a person can take in."""
STATUS_LENGTH = 255
"""Characters that the status bar takes."""
AGAIN = "Press the button again."
AS_IT_WAS = "The workbook is as it was. Mend the cell if it can be seen why, and try again."
IN_PART = (
    "The workbook is written in part: press the button again, or close it without saving. What was "
    "typed before is in the plan."
)
# xlwings 0.37.8 for Mac loses every block that it is to read with its errors as texts.
_ERRORS: dict[str, Any] = {} if sys.platform == "darwin" else {"err_to_str": True}


class LiveBook:
    """A workbook that is open in Excel: the port to it for every button.

    Args:
        book: The workbook, as xlwings has it.
        now: The clock, for the log.
    """

    def __init__(
        self, book: xlwings.Book, *, now: Callable[[], dt.datetime] = dt.datetime.now
    ) -> None:
        self.book, self._now = book, now
        with told("say which workbook this is"):
            self._app: xlwings.App = patiently(lambda: book.app)
            self.name: str = patiently(lambda: book.name)
        self._sheets: dict[str, OpenedSheet] | None = None
        self._formulas: dict[str, Matrix] = {}
        """The cells as they were read, to tell whether somebody typed in the meantime."""

    @property
    def file(self) -> str:
        """The full path; the name where it has none, as in the cloud."""
        with told("say where the workbook is"):
            try:
                path = Path(patiently(lambda: self.book.fullname))
            except Exception as error:  # xlwings cannot make a path of every address in the cloud
                if not is_excels(error) or is_busy(error):
                    raise
                return self.name
        return str(path.resolve()) if path.is_absolute() else self.name

    @property
    def drawn_anew(self) -> bool:
        """What is open is written cell by cell: its macros stay those it was opened with."""
        return False

    @property
    def needs_new(self) -> str:
        """Why the workbook cannot go on as it is; empty if it can."""
        try:
            lost = missing_macros(Path(self.file))
        except (OSError, zipfile.BadZipFile):  # in the cloud, not saved yet, or locked
            return ""
        if not lost:
            return ""
        return f"Another program saved this one: it has lost {' and '.join(lost)}."

    # ---- reading -------------------------------------------------------------------------

    def identity(self) -> dict[str, str]:
        """Plan, cycle, build, version and schema, from the defined names of the workbook.

        Raises:
            SopError: It is none of ours, or of another structure.
        """
        with self._asked("say what the workbook is"):
            found = {key: self._named_text(name) for key, name in PROPERTIES.items()}
        remedy = "Go to a workbook that `sop-xl generate` made, and press the button there."
        check_identity(self.name, found, remedy)
        return found

    def _named_text(self, name: str) -> str:
        """The text that a defined name stands for; empty where there is none."""
        names = self.book.names
        text = str(names[name].refers_to).removeprefix("=") if name in names else ""
        return text[1:-1].replace('""', '"') if text.startswith('"') else text

    def sheets(self) -> Mapping[str, OpenedSheet]:
        """The cells of every sheet of ours; one that was renamed or deleted is not there."""
        if self._sheets is None:
            ours = {spec.name for spec in SHEETS}
            with self._asked("let the workbook be read"):
                self._sheets = {
                    sheet.name: self._read(sheet) for sheet in self.book.sheets
                    if sheet.name in ours
                }  # fmt: skip
        return self._sheets

    def _read(self, sheet: xlwings.Sheet) -> OpenedSheet:
        values: list[list[Any]] = []
        formulas: list[list[Any]] = []
        raw: list[Sequence[Any]] = []
        for block, texts in slabs(sheet):
            rows = block.options(ndim=2, **_ERRORS).value
            raw += texts
            for line, own in zip(rows, texts, strict=True):
                pairs = [meanings(*pair) for pair in zip(line, own, strict=True)]
                values.append([value for value, _ in pairs])
                formulas.append([formula for _, formula in pairs])
        self._formulas[sheet.name] = raw
        tables = {table.name: reference(table.range) for table in sheet.tables}
        return OpenedSheet(values, formulas, tables)

    def difference(self, drawn: Drawn) -> Patches:
        """What would have to be written, compared with what was read first."""
        return compare(drawn, self.sheets())

    # ---- writing -------------------------------------------------------------------------

    def write(
        self,
        patches: Patches,
        drawn: Drawn,
        record: Callable[[str], None],
        *,
        issued: str = "",
    ) -> None:
        """Write everything, or nothing: what stands in the way is met before the first cell.

        Args:
            record: Called right before the first cell is written.

        Raises:
            SopError: A sheet is protected, a cell is being edited, or somebody typed since the
                workbook was read; it is as it was.
        """
        del issued  # the open workbook is the one that people edit: no copy is kept of it
        if patches.moved:
            raise ValueError(f"cannot be written in place: {patches.moved}")
        before = self.sheets()
        with self._asked("let itself be written", AGAIN):
            sheets = {patch.sheet: self.book.sheets[patch.sheet] for patch in patches.sheets}
            for sheet in sheets.values():
                self._try(sheet, before[sheet.name])
            for sheet in sheets.values():
                self._refuse_typed_since(sheet)
            record("")
            with undisturbed(self._app):
                self._write_all(patches, drawn, sheets, before)
        self._sheets = None

    def _try(self, sheet: xlwings.Sheet, before: OpenedSheet) -> None:
        """Write the title of a sheet as it is: it is locked, so a protected sheet refuses it."""
        title, text = sheet.range("A1"), written(held(before, 1, 1))
        try:
            patiently(lambda: setattr(title, "formula", text))
        except Exception as error:
            if not is_excels(error) or is_busy(error):
                raise
            raise SopError(
                f"The sheet {sheet.name} cannot be written: {words(error)}. Nothing was written.",
                f"Go to {sheet.name}, choose Review > Unprotect Sheet, and press the button again.",
            ) from error

    def _refuse_typed_since(self, sheet: xlwings.Sheet) -> None:
        """A block holds what was read: it must not put that over what was typed later."""
        now = [row for _, texts in slabs(sheet) for row in texts]
        cell = first_difference(self._formulas[sheet.name], now)
        if cell:
            raise SopError(
                f"Somebody typed in {sheet.name}!{cell} in the meantime; nothing was written.",
                AGAIN,
            )

    def _write_all(
        self,
        patches: Patches,
        drawn: Drawn,
        sheets: Mapping[str, xlwings.Sheet],
        before: Mapping[str, OpenedSheet],
    ) -> None:
        """Write the blocks, then the identity; if Excel refuses one, put back what was there."""
        done = []
        place = "its new build number"
        try:
            for name, block in in_order(patches):
                place = f"{name}!{address(block)}"
                put(sheets[name], block)
                done.append((name, block))
            for key, name in PROPERTIES.items():
                if key == "contents":  # no sheet has come to the book
                    continue
                place = f"its name {name}"
                self.book.names[name] = f"={excel_text(drawn.properties[key])}"
        except Exception as error:
            try:
                put_back(done, sheets, before)
            except Exception as second:
                if not is_excels(second):
                    raise
                raise refused(error, f"take {place}", IN_PART) from second
            if not is_excels(error):
                raise
            raise refused(error, f"take {place}", AS_IT_WAS) from error

    def log(self, lines: Sequence[tuple[str, str]]) -> None:
        """Write what was done on top of the list on the sheet Log; its oldest rows fall off.

        A log that cannot be written hides nothing of what was done.
        """
        with suppress(Exception):
            patiently(lambda: self._log(lines))

    def _log(self, lines: Sequence[tuple[str, str]]) -> None:
        sheet = self.book.sheets[LOG.label]
        whole = sheet.tables[excel_name(LOG)].range
        columns = len(LOG.columns)
        top, left, bottom = whole.row, whole.column, whole.last_cell.row
        cells = sheet.range((top, left), (bottom, left + columns - 1)).options(ndim=2).value
        if cells[0] != [column.label for column in LOG.columns]:
            return
        at = f"{self._now():%Y-%m-%d %H:%M}"
        rows = [[at, *line] for line in lines] + cells[1:]
        body = sheet.range((top + 1, left), (bottom, left + columns - 1))
        body.formula = [[written(cell) for cell in row] for row in rows[: bottom - top]]

    # ---- the person before the screen ----------------------------------------------------

    def open(self, path: Path) -> None:
        """Open another workbook in the same Excel and show it."""
        with self._asked(f"open {path}", f"Open {path} yourself."):
            try:
                opened = self._app.books.open(str(path))
            except ValueError as error:  # xlwings found one of that name that lies elsewhere
                raise SopError(
                    f"A workbook called {path.name} is open already; Excel opens no second one.",
                    f"Close it, then open {path}.",
                ) from error
            with suppress(Exception):  # it is open, if not in front
                opened.activate()

    def ask(self, title: str, lines: Sequence[str]) -> bool:
        """Show what is going to happen, and whether it shall."""
        text = _message(title, lines, f"... and {len(lines) - SHOWN_LINES} more")
        with told("show a message"), once():
            return bool(self._app.alert(text, "S&OP", "ok_cancel", "info") == "ok")

    def tell(self, title: str, lines: Sequence[str]) -> None:
        """The one message at the end; the status bar is Excel's own again."""
        text = _message(title, lines, f"... see the sheet {LOG.label}")
        self.quiet()
        with told("show a message"), once():
            self._app.alert(text, "S&OP", "ok", "info")

    def quiet(self) -> None:
        """Give Excel its status bar back."""
        with suppress(Exception), once():
            self._app.status_bar = False

    def say(self, done: int, total: int, text: str) -> None:
        """Progress in the status bar; an Excel that does not listen is not kept waiting for it."""
        with suppress(Exception), once():
            self._app.status_bar = f"S&OP: {text} ({done}/{total})"[:STATUS_LENGTH]

    def go(self, target: str) -> None:
        """Show a cell, ``Demand_Plan!Z14``; the sheet Home where its own is hidden, as for another
        kind of business."""
        name, _, cell = target.rpartition("!")
        with self._asked(f"show {target}", "Look whether the sheet is there and is not hidden."):
            sheet = self.book.sheets[name.strip("'")]
            if not sheet.visible:
                sheet, cell = self.book.sheets[HOME], "A1"
            sheet.activate()
            sheet.range(cell).select()

    def selection(self) -> str:
        """The cell that is selected; the first one where there are several."""
        wanted = f"Select one cell in {self.name}."
        with self._asked("say which cell is selected", wanted):
            selected = self._app.selection
            if selected is None or selected.sheet.book.name != self.name:
                raise SopError("No cell of this workbook is selected.", wanted)
            return f"{selected.sheet.name}!{column_letter(selected.column)}{selected.row}"

    def is_called(self, name: str) -> bool:
        """Whether a name, with or without its ending or with its folder, means this one."""
        wanted = name.casefold()
        return wanted in (self.name.casefold(), Path(self.name).stem.casefold()) or (
            Path(name).name != name and Path(name).resolve() == Path(self.file)
        )

    def is_ours(self) -> bool:
        """Whether it is an S&OP workbook at all."""
        with told("say what the workbook is"):
            return bool(patiently(lambda: self._named_text(PROPERTIES["build"])))

    @contextmanager
    def _asked(
        self, doing: str, remedy: str = "Try again; if it goes on, restart Excel."
    ) -> Iterator[None]:
        """Ask Excel for something once it listens, and say why if it does not do it."""
        with told(doing, remedy):
            patiently(self._knock)
            yield

    def _knock(self) -> None:
        """A property that is set anew is refused while a cell is being edited."""
        self._app.screen_updating = self._app.screen_updating


# ---- finding a workbook ----------------------------------------------------------------


def caller() -> LiveBook:
    """The workbook in which a button was pressed."""
    import xlwings

    with told("say in which workbook the button was pressed", AGAIN):
        book = xlwings.Book.caller()
    return LiveBook(book)


def open_book(name: str | None = None) -> LiveBook:
    """A workbook that is open in any Excel of this computer.

    Args:
        name: Its name or full path; the only S&OP workbook that is open if not given.

    Raises:
        SopError: There is no Excel, no such workbook, or more than one.
    """
    apps = _apps()
    with told("list its workbooks"):
        opened = patiently(lambda: [book for app in apps for book in app.books])
    books = [LiveBook(book) for book in opened]
    if not books:
        raise SopError("No workbook is open in Excel.", "Open one, or name a file: --book FILE")
    found = [book for book in books if (book.is_called(name) if name else book.is_ours())]
    shown = ", ".join(sorted({book.name for book in books}))
    if len(found) == 1:
        return found[0]
    if not found:
        wanted = f"No workbook called {name}" if name else "No S&OP workbook"
        raise SopError(f"{wanted} is open in Excel; open are: {shown}.", "Name one of them.")
    if name:
        raise SopError(
            f"{len(found)} workbooks called {name} are open in Excel.",
            "Close all but one, or name the one that is meant with its folder.",
        )
    several = ", ".join(sorted(book.name for book in found))
    raise SopError(f"Several S&OP workbooks are open: {several}.", "Name one: --open NAME")


def _apps() -> list[xlwings.App]:
    """Every Excel that runs on this computer."""
    remedy = "Excel runs on Windows and Mac. Name a file instead: --book FILE"
    try:
        import xlwings
    except ImportError as error:
        raise SopError("xlwings is not installed: Excel cannot be reached.", remedy) from error
    try:
        return list(xlwings.apps)
    except xlwings.XlwingsError as error:
        raise SopError("There is no Excel here that could be reached.", remedy) from error


def _message(title: str, lines: Sequence[str], more: str) -> str:
    """A message that a person can take in: a title and a few lines."""
    shown = [
        line if len(line) <= SHOWN_LENGTH else f"{line[: SHOWN_LENGTH - 1]}…"
        for line in lines[:SHOWN_LINES]
    ]
    if len(lines) > SHOWN_LINES:
        shown.append(more)
    return "\n".join([title, "", *shown] if shown else [title])
