"""Writes the reference documents from the declarations of the program.

    python -m docs.generate          writes docs/commands.md, data.md, functions.md, settings.md
                                     and workbook.md
    python -m docs.generate --check  says which of them are not current, and writes nothing

Nobody edits these files by hand; a test checks that they are current.
"""

from __future__ import annotations

import argparse
import inspect
import re
import sys
from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import Field, fields
from pathlib import Path
from typing import Any, get_args, get_type_hints

import click

from sop_xl import cli
from sop_xl.functions import FAMILIES, Function, Numbers
from sop_xl.functions.arguments import Argument, Kind
from sop_xl.schema import BLANK, VALUES, Column, Grid, Measure, Role, Table
from sop_xl.sources import SourceSpec
from sop_xl.tables import GRIDS, TABLES
from sop_xl.tables.data import REQUIRED, SOURCES
from sop_xl.tables.review import CHECKS
from sop_xl.tables.settings import SECTIONS, Settings, in_section
from sop_xl.workbook.sheets import SHEETS, SheetSpec
from sop_xl.workbook.words import in_words

FOLDER = Path(__file__).parent
LEVEL = ("family", "region")
"""The planning level that the documents show; it is the default."""
FROM_DECLARATIONS = "*Generated from the program by `python -m docs.generate`; do not edit.*"

Rows = Iterable[Sequence[str]]


# ---- Markdown ------------------------------------------------------------------------


def _table(header: Sequence[str], rows: Rows) -> list[str]:
    """A table without the columns that are empty in every row."""
    lines = [tuple(row) for row in rows]
    kept = [at for at in range(len(header)) if any(line[at] for line in lines)]
    head = [tuple(header), ("---",) * len(header)]
    return [f"| {' | '.join(line[at] for at in kept)} |" for line in (*head, *lines)] + [""]


def _plain(text: str) -> str:
    """Text that Markdown shows as it is."""
    return re.sub(r"^[+-](?= )|[<|*]", r"\\\g<0>", text)


def _code(text: str) -> str:
    return f"`{text}`".replace("|", "\\|")


def _limits(low: float | None, high: float | None) -> str:
    if low is not None and high is not None:
        return f"{low:g} to {high:g}"
    if low is None and high is None:
        return ""
    return f"{low:g} or more" if low is not None else f"{high:g} or less"


def _joined(*parts: str) -> str:
    return "; ".join(part for part in parts if part)


# ---- commands ------------------------------------------------------------------------

EXIT_CODES = (
    (str(cli.DONE), "done"),
    (str(cli.FINDINGS), "done or refused, with findings, conflicts or differences to look at"),
    ("2", "wrong usage: an option that is not there, a month that does not exist"),
    (str(cli.IMPOSSIBLE), "impossible: a folder, workbook or cycle that does not exist, a locked"
     " file, a full disk; nothing was changed"),
    (str(cli.STOPPED), "stopped by Ctrl-C; the store and earlier workbooks are as they were"),
)
REFUSED = (
    "With `--json`, what is impossible is printed on standard output as"
    ' `{"error": ..., "remedy": ...}` and nothing else; `collect` does so for each workbook in its'
    " list. The code of `batch` and `collect` is the highest of their plans and workbooks; the"
    " others are done all the same."
)


def commands() -> str:
    lines = [
        "# Commands", "", FROM_DECLARATIONS, "",
        "`PLAN` is a plan folder; the current folder where it is left out. `CYCLE` is the first"
        " plan month, such as `2026-10`; the newest cycle where it is left out. Every command"
        " answers `--help`.", "",
    ]
    lines += _table(("command", "what it does"), (
        (f"[{name}](#{_slug(name)})", _plain(_first_line(command)))
        for name, command in _all_commands()
    ))
    lines += ["## Exit codes", "", *_table(("code", "meaning"), EXIT_CODES), REFUSED, ""]
    for name, command in _all_commands():
        lines += _command(name, command)
    return "\n".join(lines)


def _all_commands() -> Iterator[tuple[str, click.Command]]:
    """Every command, those of a group under their own full name."""
    for name, command in cli.main.commands.items():
        if isinstance(command, click.Group):
            for part, own in command.commands.items():
                yield f"{name} {part}", own
        else:
            yield name, command


def _first_line(command: click.Command) -> str:
    return inspect.cleandoc(command.help or "").partition("\n")[0]


def _command(name: str, command: click.Command) -> Iterator[str]:
    # a width of its own: the terminal's would break the line here or there
    context = click.Context(command, info_name=f"sop-xl {name}", terminal_width=500)
    yield from (f"## {name}", "", _plain(inspect.cleandoc(command.help or "")), "")
    yield from ("```sh", example_of(command), "```", "")
    yield from (_code(command.get_usage(context).removeprefix("Usage: ")), "")
    options = [option for option in command.params if isinstance(option, click.Option)]
    if options:
        yield from _table(("option", "default", "meaning"), map(_option, options))


def _option(option: click.Option) -> tuple[str, ...]:
    value = "" if option.is_flag else option.metavar or option.type.name.split()[0].upper()
    if isinstance(option.type, click.Choice):
        value = "|".join(option.type.choices)
    names = "/".join((*option.opts, *option.secondary_opts))
    default = option.show_default if isinstance(option.show_default, str) else ""
    if option.show_default is True:
        default = str(option.default)
        if option.secondary_opts:
            default = (option.opts if option.default else option.secondary_opts)[0]
        default = _code(default)
    return _code(f"{names} {value}".strip()), default, _plain(option.help or "")


def example_of(command: click.Command) -> str:
    """The example of a command, as its help shows it."""
    return (command.epilog or "").removeprefix("Example: ")


# ---- data ----------------------------------------------------------------------------

EXAMPLE_FILE = "exports/Absatz.csv"
EXAMPLE_TEXT = """\
Monat;Artikel;Gebiet;Menge;Umsatz
30.09.2026;0815;Nord;1.250,5;98.700,40
"""
EXAMPLE_QUERY = "SELECT number AS item, product_group AS family, price FROM articles"
EXAMPLE_TOML = f"""\
[sources.actuals]
file = "{EXAMPLE_FILE}"
columns = {{ "Monat" = "period", "Artikel" = "item", "Gebiet" = "region", "Menge" = "orders", \
"Umsatz" = "revenue" }}
decimal = ","
dates = "dmy"

[sources.items]
url = "sqlite:///erp.db"
query = "{EXAMPLE_QUERY}"
"""
"""A test loads it."""


def data() -> str:
    lines = [
        "# Data", "", FROM_DECLARATIONS, "",
        "What a company delivers, one list for each kind of data. A list is read from"
        " `data/<list>.csv` (or `.csv.gz`, `.tsv`, `.txt`, `.xlsx`, `.xlsm`), from a sheet or an"
        " Excel table of that name in any workbook in `data/`, or from where `sop.toml` says."
        " `sop-xl init` makes every file with its headers.", "",
        "Only *items* and *actuals* are needed; every further list opens an ability. Headers may"
        " be the names or labels below or one of the other headers, in any order and in any case;"
        " a unit in brackets does not count. Money is in the currency of the settings, quantities"
        " in the base unit, a percentage is 0.25 or 25 %. Keys keep their leading zeros. A column"
        " is *needed* where a row without it cannot be planned with; elsewhere a blank takes the"
        " default.", "",
    ]
    lines += _table(("list", "file", "what it is for"), (
        (f"[{t.label}](#{_slug(t.label)})", _code(f"{t.name}.csv"),
         _plain(t.help) + (" **Needed.**" if t.name in REQUIRED else ""))
        for t in SOURCES
    ))
    lines += [*_mapping(), ""]
    for table in SOURCES:
        lines += _source(table)
    return "\n".join(lines)


def _mapping() -> Iterator[str]:
    yield from (
        "## Your own headers, files and databases", "",
        "Where your data look different, a section of `sop.toml` says so, for each list that needs"
        " it. This reads the demand from a German export and the items from a database:", "",
        "```toml", *EXAMPLE_TOML.splitlines(), "```", "",
        f"With the file `{EXAMPLE_FILE}`", "",
        "```", *EXAMPLE_TEXT.splitlines(), "```", "",
        "the demand of item 0815 in region Nord is 1250.5 in 2026-09, for revenue of 98700.40. The"
        " headers of a query that are names or labels of columns need no mapping: `AS` gives them."
        " Paths start in the plan folder. Write no password into the file; `${NAME}` in a URL"
        " takes an environment variable.", "",
    )
    yield from _table(("key", "meaning", "choices", "example"), (
        (_code(option.name), _plain(option.metadata["help"]),
         ", ".join(map(_code, option.metadata.get("choices", ()))),
         _code(_toml(option.metadata["example"])))
        for option in fields(SourceSpec)
    ))


def _toml(value: object) -> str:
    if isinstance(value, dict):
        return "{ " + ", ".join(f'"{k}" = "{v}"' for k, v in value.items()) + " }"
    return f'"{value}"'


def _source(table: Table) -> Iterator[str]:
    yield from (f"## {table.label}", "", f"`{table.name}` · {_plain(table.help)}", "")
    keys = ", ".join(column.label for column in table.inputs if column.role is Role.KEY)
    more = " Rows by day, or finer, are added up." if table.sums else ""
    yield from (f"One row for each: {keys}.{more}", "")
    header = ("column", "name", "unit", "needed", "choices and limits", "default",
              "other headers", "meaning")
    yield from _table(header, (_source_column(column) for column in table.inputs))


def _source_column(column: Column) -> tuple[str, ...]:
    needed = column.role in (Role.KEY, Role.INPUT) and column.default is None
    refers = column.refers and f"one of {TABLES[column.refers.split('.')[0]].label.lower()}"
    return (
        _plain(column.label), _code(column.name), _plain(column.unit.label),
        "yes" if needed else "",
        _joined(_choices(column), refers), _default(column.default),
        ", ".join(column.aliases), _plain(column.help),
    )


def _choices(field: Column | Measure) -> str:
    high = field.maximum if isinstance(field, Column) else None
    return _joined(", ".join(field.choices), _limits(field.minimum, high))


def _default(value: object) -> str:
    return "" if value is None else f"{value:g}" if isinstance(value, float) else str(value)


# ---- settings ------------------------------------------------------------------------


def settings() -> str:
    lines = [
        "# Settings", "", FROM_DECLARATIONS, "",
        "What `sop.toml` in a plan folder may say. `sop-xl init` writes the file with every key"
        " and its meaning; a line that is left out takes its default, an unknown key or a wrong"
        " value is a finding. Its last part, `[sources]`, says [where the data come"
        " from](data.md#your-own-headers-files-and-databases).", "",
    ]
    declared = {field.name: field for field in fields(Settings)}
    for section, title in SECTIONS.items():
        lines += [f"## {title}", "", f"`[{section}]`", ""]
        lines += _table(
            ("key", "default", "choices and limits", "meaning"),
            (_setting(declared[name]) for name in in_section(section)),
        )
    return "\n".join(lines)


def _setting(setting: Field[Any]) -> tuple[str, ...]:
    told = setting.metadata
    allowed = _joined(", ".join(told["choices"]), _limits(told["minimum"], told["maximum"]))
    return _code(setting.name), _code(_toml_value(setting.default)), allowed, _plain(told["help"])


def _toml_value(value: object) -> str:
    if isinstance(value, tuple):
        return f"[{', '.join(_toml_value(one) for one in value)}]"
    return f'"{value}"' if isinstance(value, str) else f"{value}"


# ---- workbook ------------------------------------------------------------------------

def workbook() -> str:
    lines = [
        "# Workbook", "", FROM_DECLARATIONS, "",
        "The sheets of `SOP_<cycle>.xlsm` in the order of work, at the planning level family x"
        " region. Blue on yellow is to be filled in, black is computed, grey is the past. On time"
        " sheets the same month stands in the same column; history stands left of the plan. On"
        " *D3_Demand* and *D4_Supply* a yellow cell chooses what the charts show; such a choice"
        " belongs to the file and is not collected.", "",
        "Formulas are given with names in place of cells: `[Production]` is that row in the same"
        " month and block, `[Inventory, month before]` the cell to the left of it. Values without a"
        " formula are facts, or results of a step of the cycle.", "",
    ]
    lines += _table(("sheet", "what it shows", "used by", "fill in"), (
        (f"[{spec.name}](#{spec.name.lower()})", _plain(_shows(spec)), spec.used_by,
         ", ".join(_filled_in(spec)))
        for spec in SHEETS
    ))
    for spec in SHEETS:
        lines += _sheet(spec)
    return "\n".join(lines)


def _shows(spec: SheetSpec) -> str:
    """What a sheet shows, as its page, its list or its grids say."""
    helps = [GRIDS[name].help for name in spec.grids] + [TABLES[name].help for name in spec.tables]
    if spec.page and not spec.grids:
        return inspect.cleandoc(spec.page.__doc__ or "").partition("\n")[0]
    return " ".join(helps)


def _filled_in(spec: SheetSpec) -> Iterator[str]:
    for name in spec.grids:
        yield from (measure.label for measure in GRIDS[name].inputs)
    for name in spec.tables:
        if TABLES[name].is_editable:
            given = TABLES[name].rows_given
            labels = (c.label for c in TABLES[name].columns if c.role.is_input)
            yield ", ".join(labels) if given else f"rows of {TABLES[name].label}"


def _sheet(spec: SheetSpec) -> Iterator[str]:
    yield from (f"## {spec.name}", "", f"{_plain(spec.title)} · used by {spec.used_by}.", "")
    if spec.page and not spec.grids:
        yield from (_plain(_shows(spec)), "")
    named = len(spec.grids) + len(spec.tables) > 1
    for name in spec.grids:
        yield from _grid(GRIDS[name].for_level(LEVEL), named)
    for name in spec.tables:
        yield from _list(TABLES[name].for_level(LEVEL), named)
    if spec.name == "Checks":
        yield from _table(("check", "what has to hold", "difference", "if not"), (
            (c.name, _plain(c.test), _code(in_words(c.formula, None)), _plain(c.remedy))
            for c in CHECKS
        ))


def _grid(grid: Grid, named: bool) -> Iterator[str]:
    if named:
        yield from (f"### {grid.label}", "")
    keys = " and ".join(column.label.lower() for column in grid.keys)
    block = f" One block for each {keys}." if keys else ""
    yield from (f"{_plain(grid.help)}{block}", "")
    header = ("measure", "unit", "past", "plan", "choices and limits", "meaning")
    yield from _table(header, (
        (_named(measure), _plain(_unit(measure)), _filled(measure.past),
         "fill in" if measure.role.is_input else _filled(measure.plan),
         _choices(measure), _plain(measure.help))
        for measure in grid.measures
    ))
    yield from _formulas(
        (measure.label, period, formula)
        for measure in grid.measures
        for period, formula in _periods(measure)
        for formula in [in_words(formula, grid)]
    )


def _named(field: Measure) -> str:
    return f"**{_plain(field.label)}**" if field.strong else _plain(field.label)


def _unit(field: Measure | Column) -> str:
    if isinstance(field, Column) and field.unit_by:
        return "by row"
    return field.unit.label


def _filled(content: str) -> str:
    return {BLANK: "", VALUES: "values"}.get(content, "formula")


def _periods(measure: Measure) -> Iterator[tuple[str, str]]:
    past, plan = (
        "" if text in (BLANK, VALUES) else text for text in (measure.past, measure.plan)
    )
    if past and past == plan:
        yield "", plan
        return
    if past:
        yield "past", past
    if plan:
        yield "plan", plan


def _list(table: Table, named: bool) -> Iterator[str]:
    if named:
        yield from (f"### {table.label}", "")
    yield from (_plain(table.help), "")
    if table.is_editable and not table.rows_given:
        yield from ("New rows go into the empty rows at its end.", "")
    yield from _table(("column", "unit", "filled by", "choices and limits", "meaning"), (
        (_plain(column.label), _plain(_unit(column)), _filler(table, column), _choices(column),
         _plain(column.help))
        for column in table.columns
    ))
    yield from _formulas(
        (column.label, "", in_words(column.formula, table))
        for column in table.columns if column.formula
    )


def _filler(table: Table, column: Column) -> str:
    if column.role is Role.OUTPUT:
        return "formula" if column.formula else "program"
    if column.role is Role.KEY:
        return "people (key)" if table.is_editable and not table.rows_given else "program (key)"
    return "people"


def _formulas(found: Iterable[tuple[str, str, str]]) -> list[str]:
    lines = [
        f"- {_plain(label)}{f' ({period})' if period else ''} = {_code(formula)}"
        for label, period, formula in found
    ]
    return [*lines, ""] if lines else []


# ---- functions -----------------------------------------------------------------------


RULES = (
    "A blank, a text, yes/no, a date or an error in a range of numbers counts as missing, as a text"
    " that looks like a number does: two ranges are compared without that pair, other functions"
    " give `#N/A` for that cell. Zero is a number. (SUM leaves the same cells out, but counts a"
    " date as a number and hands on an error.)",
    "Ranges that belong together have the same number of cells, upright or across; a single cell"
    " goes with every cell of the others.",
    "A whole column (`A:A`) reaches as far as it, or another whole column that belongs to it, holds"
    " something. It does not go with a part of a column.",
    "A date is a date of Excel or its serial number; a text is no date. Its time does not count.",
    "An argument in brackets may be left out or refer to a blank cell; then its default holds.",
    "A result of several cells spills in Excel 365; in older versions select the cells first and"
    " enter the formula with Ctrl+Shift+Enter.",
    "The same cells give the same result: nothing is random, no function is volatile.",
)
CODES = (
    ("`#VALUE!`", "the wrong kind of argument: text where a number has to be, two cells where one"
                  " has to be, a word that is not one of the choices"),
    ("`#NUM!`", "a number out of its range"),
    ("`#N/A`", "it cannot be computed: cells are missing, too few numbers, ranges do not fit; or"
               " Python is not there (on a Mac, without macros)"),
)  # fmt: skip


def functions() -> str:
    lines = [
        "# Functions", "", FROM_DECLARATIONS, "",
        "Functions for cells of Excel on Windows, and for Python: `from udfs import SOP_WMAPE`. The"
        " workbooks bring them along; no number of a workbook needs them. Error is forecast -"
        " actual: positive is over-forecast.", "",
        *(f"- {rule}" for rule in RULES), "",
        *_table(("error", "meaning"), CODES),
        "Why a cell shows an error stands in the file `.sop-xl/functions.log` in your home folder;"
        " Python gets a `CellError` whose text begins with the error.", "",
    ]
    for category, members in FAMILIES.items():
        lines += [f"## {category}", ""]
        for function in members:
            lines += _function(function)
    return "\n".join(lines)


def _function(function: Function) -> Iterator[str]:
    shown = (f"[{a.name}]" if a.optional else a.name for a in function.arguments)
    yield from (
        f"### {function.name}", "", _plain(function.summary), "",
        _code(f"={function.name}({', '.join(shown)})"), "",
    )
    yield from _table(("argument", "cells", "if left out", "meaning"), (
        (_code(a.name), _plain(a.wanted), _left_out(a), _plain(a.help)) for a in function.arguments
    ))
    if function.words:
        words = ((_code(word), _plain(means)) for word, means in function.words.items())
        yield from _table(("cell", "meaning"), words)
    yield from (f"Result: {_result(function)}.", "", f"Errors: {_errors(function)}.", "")


def _left_out(argument: Argument) -> str:
    """The default, where it says anything."""
    default = argument.default
    if not argument.optional or default is None or default != default:
        return ""
    if isinstance(default, bool):
        return _code(str(default).upper())
    return _code(f"{default:g}" if isinstance(default, float) else str(default))


def _result(function: Function) -> str:
    """What a function gives: as declared, or what the type of the core says."""
    if function.result:
        return function.result
    found = get_type_hints(function.core)["return"]
    if names := getattr(found, "_fields", ()):
        return f"a row of {', '.join(names)}"
    words = {float: "number", str: "text", Numbers: "number for each cell of the ranges"}
    return " or ".join(f"a {words[kind]}" for kind in (get_args(found) if found not in words
                                                       else [found]))


def _errors(function: Function) -> str:
    single = [a.name for a in function.arguments if not a.kind.is_range]
    limited = [a.name for a in function.arguments if a.limits or a.kind is Kind.DATE]
    beside = _listed(function.beside, "and")
    return _joined(
        f"`#VALUE!` where {_listed(single, 'or')} is not one cell of its kind" if single else "",
        f"`#NUM!` where {_listed(limited, 'or')} is out of its range" if limited else "",
        f"`#N/A` where {f'{beside} do not fit, or ' if beside else ''}too little is given",
    )


def _listed(names: Sequence[str], joint: str) -> str:
    """Names in a sentence: `a`, `b` or `c`."""
    words = [_code(name) for name in names]
    return f" {joint} ".join([", ".join(words[:-1]), words[-1]] if words[1:] else words)


# ---- the files -----------------------------------------------------------------------

DOCUMENTS: dict[str, Callable[[], str]] = {
    "commands.md": commands, "data.md": data, "functions.md": functions, "settings.md": settings,
    "workbook.md": workbook,
}


def _slug(heading: str) -> str:
    """The anchor that a heading gets."""
    return re.sub(r"[^\w\- ]", "", heading.lower()).replace(" ", "-")


def outdated() -> list[str]:
    """The documents that are not what the program would write."""
    return [
        name for name, make in DOCUMENTS.items()
        if not (FOLDER / name).exists() or (FOLDER / name).read_text("utf-8") != make()
    ]


def main() -> None:
    parser = argparse.ArgumentParser(description="Writes the reference documents.")
    parser.add_argument("--check", action="store_true", help="only say what is not current")
    if parser.parse_args().check:
        for name in outdated():
            print(f"docs/{name} is not current: python -m docs.generate")
        sys.exit(bool(outdated()))
    for name, make in DOCUMENTS.items():
        (FOLDER / name).write_text(make(), encoding="utf-8", newline="\n")


if __name__ == "__main__":
    main()
