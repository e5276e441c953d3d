"""What a table and a grid are: columns, measures, units, roles and limits.

A :class:`Table` is a list (one row per key). A :class:`Grid` is time-phased as planners know it:
keys and measures down, periods across, the past left of the plan. Both are frozen data that hold no
workbook and no row number. Sheets, readers, store and reference documents are derived from them.

Formulas name other fields in braces; ``workbook.formulas`` turns them into cell references:

=========================  ========================================================================
``{measure}``              a measure of the same block, same period; in a table: same row
``{measure@prev}``         the period before
``{measure@opening}``      the last closed period
``{measure@final}``        the last plan period
``{measure@todate}``       first plan period to this one
``{measure@plan}``         all plan periods of the row
``{family}``               a key of the block
``{#days}``                a row of the time axis, with the modifiers of a measure: year, flag,
                           n (plan period number), days, workdays, period
``{$name}``                a setting, by its defined name
``{table.column@lookup}``  the value in the row of a table whose key is the key of the block
``{table.column@sum}``     the sum of a table's column over equal keys and, if it has one, period
``{table.column@count}``   the number of rows of a table with equal keys and period
``{table.column@column}``  the whole column of a table
``{table@match}``          1 for each row of a table that is valid for the block and period, else 0:
                           equal keys or "All", start to end, not excluded
``{grid.measure@sum}``     the sum of a grid's measure over equal keys, same period
``{grid.measure@scope}``   the same, where the key "All families" takes every block
``{grid.measure@later}``   the sum over equal keys, as many months later as the key ``offset`` of
                           the block says; zero after the last plan period
``{grid.measure@all}``     the sum of a grid's measure over all blocks, same period
``{grid.measure@view}``    the same for the family or resource that the page has chosen
``{grid.measure@block}``   the same for the block of the planning level that the page has chosen
``{grid.measure@total}``   the sum of a grid's measure over all blocks and plan periods;
                           ``@past_total`` over the closed periods shown;
                           ``@opening`` and ``@final`` that of the last closed and last plan period
``{grid.measure@label}``   the label of a measure as text
``{grid.key@keys}``        the key column of a grid
``{grid@measures}``        the measure column of a grid
``{grid@range}``           the values of a grid in the same period; ``@totals`` of the whole plan
``{grid@last}``            the values of a grid in the last closed period; ``@previous`` those of
                           the one before, ``@past`` all closed periods, ``@this_year`` the total
                           of the fiscal year in which the plan starts, ``@next_year`` of the next
``{grid.measure@year}``    the total of that fiscal year over equal keys; ``@year_after`` of the
                           next one; ``@key_plan`` the plan periods of the row with the same key,
                           ``@key_line`` all its periods; ``@placed_line`` the same of the row
                           whose place in the grid the column ``place`` of the table says
``{grid.measure@line}``    all periods of a measure of a grid without keys
=========================  ========================================================================
"""

from __future__ import annotations

import ast
import re
from collections.abc import Iterable
from dataclasses import dataclass, replace
from enum import Enum
from typing import Literal, NamedTuple

import pandas as pd

WHOLE = (
    *("measures", "range", "totals", "last", "previous", "past", "match"),
    *("this_year", "next_year"),
)
"""Modifiers of a table or grid as a whole."""
MODIFIERS = {
    *("prev", "opening", "final", "todate", "plan"),
    *("lookup", "sum", "count", "column", "scope", "all", "view", "block", "label", "keys"),
    *("total", "past_total", "later"),
    *("year", "year_after", "key_plan", "key_line", "placed_line", "line"),
    *WHOLE,
}
AXIS = ("year", "flag", "n", "days", "workdays", "period")
"""The header rows of the time axis, top down."""
TOKEN = re.compile(
    rf"\{{([#$]?)(?:(\w+)(?:\.|(?=@(?:{'|'.join(WHOLE)})\}})))?(\w*)(?:@(\w+))?\}}"
)
ALL = "All"
"""The value of a dimension that means every one of them."""
ALL_FAMILIES = "All families"

BLANK = ""
"""A measure that is empty in that part of the time axis."""
VALUES = "values"
"""A measure whose cells hold values: facts, inputs, or what a step computed."""


Alert = Literal["", "negative", "positive", "utilisation", "heat", "status"]
"""``heat`` is utilisation with a mark before each figure, for those who see no colours."""


class Unit(Enum):
    """Unit of a column or measure: it decides number format, alignment and what may be added."""

    TEXT = ("text", "@", "text")
    FLAG = ("yes/no", "@", "flag")
    DATE = ("date", "yyyy-mm-dd", "date")
    PERIOD = ("month", "mmm yy", "period")
    QUANTITY = ("units", '#,##0;-#,##0;"–"', "number")
    AMOUNT = ("qty", '#,##0;-#,##0;"–"', "number")
    """A quantity in a unit of its own, as of a material: metres, kilograms."""
    PEOPLE = ("people", '#,##0.0;-#,##0.0;"–"', "number")
    TONNES = ("t", '#,##0.0;-#,##0.0;"–"', "number")
    HOURS = ("h", '#,##0;-#,##0;"–"', "number")
    FACTOR = ("factor", "#,##0.0000", "number")
    DAYS = ("days", '#,##0;-#,##0;"–"', "number")
    YEAR = ("year", "0", "number")
    RATE = ("units/day", '#,##0.0;-#,##0.0;"–"', "number")
    CENTS = ("money", '#,##0.00;[Red](#,##0.00);"–"', "number")
    """An amount in which each cent counts."""
    MONEY = ("money", '#,##0;[Red](#,##0);"–"', "number")
    PRICE = ("money/unit", '#,##0.00;[Red](#,##0.00);"–"', "number")
    HOURLY = ("money/h", '#,##0.00;[Red](#,##0.00);"–"', "number")
    PERCENT = ("%", "0.0%", "number")
    RATIO = ("ratio", "0.00", "number")
    MONTHS = ("months", "0", "number")
    COUNT = ("count", '#,##0;-#,##0;"–"', "number")

    def __init__(self, label: str, number_format: str, kind: str) -> None:
        self.label = label
        self.number_format = number_format
        self.kind: str = kind

    @property
    def is_number(self) -> bool:
        return self.kind == "number"

    def text(self, currency: str, base_unit: str) -> str:
        """The unit as a planner reads it, ``EUR/pcs`` for example."""
        names = {"money": currency, "units": base_unit, "unit": base_unit}
        return re.sub("money|units?", lambda word: names[word[0]], self.label)


class Role(Enum):
    """Who fills a field in; it decides colour, lock and whether a blank is a finding."""

    KEY = "key"
    INPUT = "input"
    OPTIONAL = "optional input"
    OUTPUT = "output"

    @property
    def is_input(self) -> bool:
        return self in (Role.INPUT, Role.OPTIONAL)


@dataclass(frozen=True, slots=True)
class Column:
    """One column of a table: ``name`` in a frame, ``label`` on the sheet and in a file's header."""

    name: str
    label: str
    unit: Unit = Unit.TEXT
    role: Role = Role.OPTIONAL
    help: str = ""
    choices: tuple[str, ...] = ()
    minimum: float | None = None
    maximum: float | None = None
    formula: str = ""
    default: str | float | bool | None = None
    aliases: tuple[str, ...] = ()
    refers: str = ""
    """``table.column`` where every value has to exist."""
    offers: str = ""
    """``table.column`` whose values its cells offer; others may be typed."""
    alert: Alert = ""
    """Which values stand out in colour."""
    link: bool = False
    """Its text is the name of a sheet to jump to."""
    unit_by: str = ""
    """The column that names the unit of each row, where rows differ (the KPI table)."""
    width: float = 0.0
    """Least width on the sheet, in characters, for what comes only while the book is open."""


@dataclass(frozen=True, slots=True)
class Table:
    """A list with one row per key, the same in Python, on a sheet, in a file and in the store."""

    name: str
    label: str
    columns: tuple[Column, ...]
    help: str = ""
    at_level: bool = False
    """Its keys begin with the planning level, which :meth:`for_level` puts in front."""
    as_issued: bool = False
    """Written when the book is made: what is typed later in the book does not move it."""
    sums: bool = False
    """Rows given by day, or by finer keys, are added up to the period."""
    rows_given: bool = False
    """The plan gives its rows: people fill in cells, and a row that is missing is a blank one."""

    def __post_init__(self) -> None:
        _unique(self.name, [c.name for c in self.columns])
        _unique(self.name, [c.label for c in self.columns])
        units = {c.name: c.unit for c in self.columns}
        for column in self.columns:
            _check_formula(f"{self.name}.{column.name}", column.formula, units)
            if column.formula and column.role is not Role.OUTPUT:
                raise ValueError(f"{self.name}.{column.name}: only an output has a formula")

    def __getitem__(self, name: str) -> Column:
        for column in self.columns:
            if column.name == name:
                return column
        raise KeyError(f"{self.name} has no column {name!r}")

    @property
    def names(self) -> list[str]:
        return [c.name for c in self.columns]

    @property
    def keys(self) -> list[str]:
        return [c.name for c in self.columns if c.role is Role.KEY]

    @property
    def inputs(self) -> list[Column]:
        """What is read back: keys and inputs. Outputs are computed, never read."""
        return [c for c in self.columns if c.role is not Role.OUTPUT]

    @property
    def is_editable(self) -> bool:
        """Whether people fill in anything on its sheet."""
        return any(c.role.is_input for c in self.columns)

    def for_level(self, level: tuple[str, ...]) -> Table:
        """The table at a planning level such as ``("family", "region")``."""
        if not self.at_level:
            return self
        return replace(self, columns=_dimensions(level) + self.columns, at_level=False)


@dataclass(frozen=True, slots=True)
class Measure:
    """One row in each block of a grid.

    ``past`` and ``plan`` say what its cells hold left and right of the first plan period:
    :data:`BLANK`, :data:`VALUES`, or a formula.
    """

    name: str
    label: str
    unit: Unit = Unit.QUANTITY
    role: Role = Role.OUTPUT
    past: str = BLANK
    plan: str = BLANK
    total: Literal["", "sum", "last"] = ""
    """How a fiscal year is summed up: flows add, stocks take the last period."""
    ratio: tuple[str, str] | None = None
    """Numerator and denominator of a ratio: its total is the ratio of their totals."""
    help: str = ""
    choices: tuple[str, ...] = ()
    minimum: float | None = None
    strong: bool = False
    """A result line: bold with a rule above."""
    detail: bool = False
    """Can be folded away."""
    sparse: Literal["", "blank", "zero", "past"] = ""
    """Months that hold nothing, or zero, or zero in the past, stay empty: a chart shows a gap."""
    alert: Alert = ""
    """Which values stand out in colour."""
    end: Literal["", "low", "middle", "high"] = ""
    """Which part of the prediction range it is: its percentile stands beside the unit."""


@dataclass(frozen=True, slots=True)
class Grid:
    """Time-phased numbers: keys and measures down, periods across, history then plan."""

    name: str
    label: str
    keys: tuple[Column, ...]
    measures: tuple[Measure, ...]
    help: str = ""
    at_level: bool = False

    def __post_init__(self) -> None:
        names = [c.name for c in self.keys] + [m.name for m in self.measures]
        _unique(self.name, names)
        _unique(self.name, [m.label for m in self.measures])
        units = {m.name: m.unit for m in self.measures} | {c.name: c.unit for c in self.keys}
        for measure in self.measures:
            where = f"{self.name}.{measure.name}"
            if measure.role.is_input and measure.plan != VALUES:
                raise ValueError(f"{where}: an input holds values in the plan periods")
            for formula in (measure.past, measure.plan):
                if formula not in (BLANK, VALUES):
                    _check_formula(where, formula, units, level=self.at_level)
            if "@prev" in measure.past:
                raise ValueError(f"{where}: the first past period has no period before it")
            for part in measure.ratio or ():
                if part not in units:
                    raise ValueError(f"{where}: no measure {part!r}")

    def __getitem__(self, name: str) -> Measure:
        for measure in self.measures:
            if measure.name == name:
                return measure
        raise KeyError(f"{self.name} has no measure {name!r}")

    @property
    def key_names(self) -> list[str]:
        return [c.name for c in self.keys]

    @property
    def names(self) -> list[str]:
        return [m.name for m in self.measures]

    @property
    def inputs(self) -> list[Measure]:
        return [m for m in self.measures if m.role.is_input]

    def for_level(self, level: tuple[str, ...]) -> Grid:
        """The grid at a planning level such as ``("family", "region")``."""
        if not self.at_level:
            return self
        return replace(self, keys=_dimensions(level) + self.keys, at_level=False)

    def input_table(self) -> Table | None:
        """The inputs of this grid as a list: keys, period, one column per input measure."""
        if not self.inputs:
            return None
        keys = tuple(replace(c, role=Role.KEY) for c in self.keys)
        period = Column("period", "Period", Unit.PERIOD, Role.KEY)
        columns = tuple(
            Column(
                m.name, m.label, m.unit, Role.OPTIONAL, m.help, choices=m.choices, minimum=m.minimum
            )
            for m in self.inputs
        )
        return Table(
            f"{self.name}_inputs",
            f"{self.label}: inputs",
            (*keys, period, *columns),
            help=f"What people typed in the sheet {self.label}.",
            at_level=self.at_level,
            rows_given=True,
        )


DIMENSIONS = {
    "family": Column("family", "Family", role=Role.KEY, help="Product family that is planned."),
    "region": Column("region", "Region", role=Role.KEY, help="Sales region."),
    "channel": Column("channel", "Channel", role=Role.KEY, help="Sales channel."),
}
"""The key columns that a planning level can be made of."""


DTYPES = {
    "number": "float64",
    "period": "period[M]",
    "date": "datetime64[ns]",
    "flag": "bool",
    "text": "str",
}
"""The dtype of a column in a frame, by the kind of its unit."""


def empty_frame(columns: Iterable[Column]) -> pd.DataFrame:
    """A frame without rows that has the columns and dtypes of a declaration.

    >>> frame = empty_frame([DIMENSIONS["family"], Column("hours", "Hours", Unit.HOURS)])
    >>> [str(dtype) for dtype in frame.dtypes]
    ['str', 'float64']
    """
    return pd.DataFrame({c.name: pd.Series([], dtype=DTYPES[c.unit.kind]) for c in columns})


class Severity(Enum):
    """How much a finding weighs: errors stop a load, warnings want a look, repairs tell."""

    ERROR = "error"
    WARNING = "warning"
    REPAIR = "repair"


class Finding(NamedTuple):
    """Something a person has to look at: where it is, what it is, what to do. A value."""

    table: str
    message: str
    remedy: str = ""
    severity: Severity = Severity.ERROR
    file: str = ""
    sheet: str = ""
    cell: str = ""
    """A1 address, or ``row 17, Price`` in a text file."""

    @property
    def where(self) -> str:
        place = "!".join(part for part in (self.sheet, self.cell) if part)
        return ": ".join(part for part in (self.file, place) if part) or self.table

    def __str__(self) -> str:
        text = f"{self.severity.value}: {self.where}: {self.message}"
        return f"{text} {self.remedy}".rstrip()


class Reading(NamedTuple):
    """A frame read from somewhere and what was found wrong or repaired on the way."""

    frame: pd.DataFrame
    findings: list[Finding]


def has_errors(findings: Iterable[Finding]) -> bool:
    return any(f.severity is Severity.ERROR for f in findings)


def _dimensions(level: tuple[str, ...]) -> tuple[Column, ...]:
    return tuple(DIMENSIONS[name] for name in level)


def _unique(where: str, names: list[str]) -> None:
    twice = {name for name in names if names.count(name) > 1}
    if twice:
        raise ValueError(f"{where}: {', '.join(sorted(twice))} declared twice")


def _check_formula(where: str, formula: str, units: dict[str, Unit], level: bool = False) -> None:
    """Refuse unknown names, and sums of unlike units, when the package is imported."""
    for sign, owner, name, modifier in TOKEN.findall(formula):
        if modifier and modifier not in MODIFIERS:
            raise ValueError(f"{where}: unknown modifier @{modifier}")
        if sign == "#" and name not in AXIS:
            raise ValueError(f"{where}: the time axis has no {name!r}")
        known = name in units or (level and name in DIMENSIONS)
        if not sign and not owner and not known:
            raise ValueError(f"{where}: no field {name!r}")
    if "{" in TOKEN.sub("", formula):
        raise ValueError(f"{where}: cannot read the braces in {formula!r}")
    _check_units(where, formula, units)


def _check_units(where: str, formula: str, units: dict[str, Unit]) -> None:
    """Only like units are added; formulas that Python cannot parse are passed over."""
    plain = re.sub(r"\{(\w+)(?:@prev)?\}", r"\1", formula)
    try:
        tree = ast.parse(plain, mode="eval")
    except SyntaxError:
        return
    for node in ast.walk(tree):
        if isinstance(node, ast.BinOp) and isinstance(node.op, ast.Add | ast.Sub):
            sides = [n.id for n in (node.left, node.right) if isinstance(n, ast.Name)]
            found = {units[n] for n in sides if n in units}
            if len(found) > 1:
                raise ValueError(f"{where}: adds {' and '.join(sorted(u.label for u in found))}")
