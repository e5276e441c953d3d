"""VBA made from the registry of worksheet functions: what Excel calls, and the wizard's help.

A function in VBA hands its arguments on to ``SopAnswer`` of the module SopBridge, which asks
Python.
"""

from __future__ import annotations

import inspect
import re
import unicodedata
from collections.abc import Mapping, Sequence
from typing import Protocol

from sop_xl.workbook.vba.keywords import CONTEXTUAL, RESERVED
from sop_xl.workbook.vba.modules import Module

FUNCTIONS_MODULE, HELP_MODULE = "SopFunctions", "SopHelp"
LONGEST_HELP = 255
"""Characters that Excel's function wizard takes for a function, and for each argument."""

_GENERATED = "' Made from the registry in sop_xl/functions: change it there, not here.\n"
_POSITIONAL = (inspect.Parameter.POSITIONAL_ONLY, inspect.Parameter.POSITIONAL_OR_KEYWORD)
_ARGUMENT = re.compile(r"[A-Za-z][A-Za-z0-9_]*")
# What NFKD leaves outside of ASCII, as far as people write it in a text about planning: in pairs.
_EQUIVALENTS = """
    ‐ - ‑ - ‒ - – - — - − - ‘ ' ’ ' ‚ ' ′ ' “ " ” " „ " ″ " « " » " × x · * ÷ / ⁄ / ∕ / ± +/- √ sqrt
    ≤ <= ≥ >= ≠ <> ≈ about → -> ← <- • * € EUR £ GBP ¥ JPY ß ss æ ae œ oe ø o
    α alpha β beta γ gamma δ delta Δ delta λ lambda μ mu π pi σ sigma Σ sum ∑ sum φ phi
"""
_IN_ASCII = str.maketrans(dict(re.findall(r"(\S) (\S+)", _EQUIVALENTS)))


class WorksheetFunction(Protocol):
    """What VBA has to know of a function of the registry."""

    @property
    def name(self) -> str:
        """Its name in Excel."""

    @property
    def signature(self) -> inspect.Signature:
        """Its arguments; those with a default may be left out."""

    @property
    def help(self) -> Mapping[str, str]:
        """One line for each argument."""

    @property
    def summary(self) -> str:
        """What it computes."""

    @property
    def category(self) -> str:
        """Where it stands in Excel's function wizard."""


def functions_module(functions: Sequence[WorksheetFunction]) -> Module:
    """The module SopFunctions: one public function for each of the registry.

    Raises:
        ValueError: An argument cannot be named so in VBA, or is not positional.
    """
    wrappers = "\n".join(_wrapper(function) for function in functions)
    return _module(FUNCTIONS_MODULE, f"Option Explicit\n{_GENERATED}\n{wrappers}")


def help_module(functions: Sequence[WorksheetFunction]) -> Module:
    """The module SopHelp: ``SopRegisterHelp`` tells the function wizard what each function does.

    The names are those of the active workbook, which a book is while it opens.

    Raises:
        ValueError: A text has a character without an ASCII equivalent, or a function so many
            arguments that their help takes more lines than VBA allows a statement.
    """
    calls = "".join(f"    {_help_name(function)}\n" for function in functions)
    head = (
        # Private: the list of macros does not offer what people need not start
        f"Option Explicit\nOption Private Module\n{_GENERATED}\n"
        "Public Sub SopRegisterHelp()\n"
        "    ' The functions work without their help. Excel refuses it where it may not change a\n"
        "    ' workbook, as in Protected View; nobody can do anything about that on opening.\n"
        "    On Error Resume Next\n"
    )
    subs = "\n".join(_help(function) for function in functions)
    return _module(HELP_MODULE, f"{head}{calls}End Sub\n\n{subs}")


def argument_name(name: str) -> str:
    """The name of an argument in VBA: a word of VBA gets an underscore.

    >>> argument_name("level"), argument_name("date"), argument_name("Next")
    ('level', 'date_', 'Next_')
    """
    if not _ARGUMENT.fullmatch(name):
        raise ValueError(f"{name} is no name for an argument in VBA")
    return f"{name}_" if name.lower() in RESERVED | CONTEXTUAL else name


def ascii_text(text: str) -> str:
    """A text in one line of ASCII.

    >>> ascii_text("Σ|actual − forecast| ÷ Σ actual, e.g. for a café")
    'sum|actual - forecast| / sum actual, e.g. for a cafe'

    Raises:
        ValueError: A character has no equivalent.
    """
    plain = unicodedata.normalize("NFKD", text.translate(_IN_ASCII)).translate(_IN_ASCII)
    kept = "".join(letter for letter in plain if not unicodedata.combining(letter))
    for letter in kept:
        if not letter.isascii():
            raise ValueError(f"{letter!r} in {text!r} has no equivalent in ASCII")
    return " ".join(kept.split())


def literal(text: str) -> str:
    """A text as VBA writes it, not longer than the function wizard takes.

    >>> print(literal('as "consensus" says'))
    "as ""consensus"" says"
    """
    return '"{}"'.format(_shortened(ascii_text(text)).replace('"', '""'))


def _shortened(text: str) -> str:
    """The text, or as many of its words as fit."""
    if len(text) <= LONGEST_HELP:
        return text
    end = LONGEST_HELP - len("...")
    return (text[: end + 1].rpartition(" ")[0] or text[:end]) + "..."


def _module(name: str, code: str) -> Module:
    return Module.standard(f'Attribute VB_Name = "{name}"\n{code}')


def _wrapper(function: WorksheetFunction) -> str:
    names = _arguments(function)
    declared = ", ".join(
        f"{'' if parameter.default is parameter.empty else 'Optional '}{name} As Variant"
        for name, parameter in zip(names, function.signature.parameters.values(), strict=True)
    )
    name = function.name
    return (
        f"Public Function {name}({declared}) As Variant\n"
        f'    {name} = SopAnswer("{name}", Array({", ".join(names)}))\n'
        "End Function\n"
    )


def _arguments(function: WorksheetFunction) -> list[str]:
    parameters = function.signature.parameters.values()
    if any(parameter.kind not in _POSITIONAL for parameter in parameters):
        raise ValueError(f"{function.name}: Excel gives a function its arguments by position")
    names = [argument_name(parameter.name) for parameter in parameters]
    if len({name.lower() for name in names}) < len(names):
        raise ValueError(f"{function.name}: two arguments have one name in VBA")
    return names


def _help_name(function: WorksheetFunction) -> str:
    return f"Help_{function.name}"


def _help(function: WorksheetFunction) -> str:
    """A Sub of its own for each: VBA limits a procedure to 64 kB."""
    options = [
        f'Macro:="{function.name}"',
        f"Category:={literal(function.category)}",
        f"Description:={literal(function.summary)}",
    ]
    if function.help:
        texts = ", _\n            ".join(map(literal, function.help.values()))
        options.append(f"ArgumentDescriptions:=Array( _\n            {texts})")
    statement = ", _\n        ".join(options)
    return (
        f"Private Sub {_help_name(function)}()\n    Application.MacroOptions {statement}\nEnd Sub\n"
    )
