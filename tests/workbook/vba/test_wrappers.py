"""The VBA made from the registry: its text, and what it does where an interpreter runs it."""

import inspect
import re
from collections.abc import Callable, Mapping
from typing import Any, NamedTuple

import pytest
from pyopenvba.interpreter import (
    HostBridge,
    Interpreter,
    VBACompileError,
    VBAObject,
    VBARuntimeError,
    method,
    parse_module,
)

from sop_xl.functions import FUNCTIONS, Function
from sop_xl.workbook.vba import Module, vba_project
from sop_xl.workbook.vba.wrappers import (
    argument_name,
    ascii_text,
    functions_module,
    help_module,
    literal,
)


class Sample(NamedTuple):
    """A function as the registry holds it."""

    core: Callable[..., object]
    help: Mapping[str, str] = {}
    summary: str = "What it does."
    name: str = "SOP_SAMPLE"
    category: str = "S&OP Test"

    @property
    def signature(self) -> inspect.Signature:
        return inspect.signature(self.core)


def lead(item: object, date: object, level: float = 0.95, Next: int = 1) -> None: ...  # noqa: N803


LEAD = Sample(
    lead,
    {"item": "An item.", "date": 'The "due" date.', "level": "≥ 50 %", "Next": "Which one."},
)


def code(module: Module) -> str:
    """What follows the head of a module."""
    return module.source.replace("\r\n", "\n").partition("here.\n\n")[2]


# ---- the text ------------------------------------------------------------------------------------


def test_a_wrapper_hands_its_arguments_on() -> None:
    module = functions_module([LEAD])
    assert module.source.splitlines()[:2] == [
        'Attribute VB_Name = "SopFunctions"',
        "Option Explicit",
    ]
    assert code(module) == (
        "Public Function SOP_SAMPLE(item As Variant, date_ As Variant, "
        "Optional level As Variant, Optional Next_ As Variant) As Variant\n"
        '    SOP_SAMPLE = SopAnswer("SOP_SAMPLE", Array(item, date_, level, Next_))\n'
        "End Function\n"
    )


def test_a_wrapper_without_arguments() -> None:
    assert code(functions_module([Sample(lambda: None)])) == (
        "Public Function SOP_SAMPLE() As Variant\n"
        '    SOP_SAMPLE = SopAnswer("SOP_SAMPLE", Array())\n'
        "End Function\n"
    )


def test_the_help_of_a_function() -> None:
    module = help_module([LEAD, Sample(lambda: None, name="SOP_OTHER")])
    assert "Option Private Module" in module.source
    assert code(module) == (
        "Public Sub SopRegisterHelp()\n"
        "    ' The functions work without their help. Excel refuses it where it may not change a\n"
        "    ' workbook, as in Protected View; nobody can do anything about that on opening.\n"
        "    On Error Resume Next\n"
        "    Help_SOP_SAMPLE\n"
        "    Help_SOP_OTHER\n"
        "End Sub\n"
        "\n"
        "Private Sub Help_SOP_SAMPLE()\n"
        '    Application.MacroOptions Macro:="SOP_SAMPLE", _\n'
        '        Category:="S&OP Test", _\n'
        '        Description:="What it does.", _\n'
        "        ArgumentDescriptions:=Array( _\n"
        '            "An item.", _\n'
        '            "The ""due"" date.", _\n'
        '            ">= 50 %", _\n'
        '            "Which one.")\n'
        "End Sub\n"
        "\n"
        "Private Sub Help_SOP_OTHER()\n"
        '    Application.MacroOptions Macro:="SOP_OTHER", _\n'
        '        Category:="S&OP Test", _\n'
        '        Description:="What it does."\n'
        "End Sub\n"
    )


# Reserved identifiers of [MS-VBAL] 3.3.5.2, and words that name arguments of planning functions
@pytest.mark.parametrize(
    "word", ["date", "end", "next", "type", "in", "to", "array", "string", "open", "Date", "WEND"]
)
def test_words_of_vba_are_no_names_of_arguments(word: str) -> None:
    assert argument_name(word) == f"{word}_"


@pytest.mark.parametrize(
    "word", ["level", "sign", "actual", "lead_time", "period", "season", "dates", "before", "share"]
)
def test_other_words_are(word: str) -> None:
    assert argument_name(word) == word


@pytest.mark.parametrize("word", ["_private", "größe", "", "1st"])
def test_names_that_vba_cannot_read(word: str) -> None:
    with pytest.raises(ValueError, match="is no name for an argument"):
        argument_name(word)


def test_two_arguments_of_one_name() -> None:
    def core(Plan: int, plan: int) -> None: ...  # noqa: N803

    with pytest.raises(ValueError, match="two arguments have one name in VBA"):
        functions_module([Sample(core)])


@pytest.mark.parametrize("core", [lambda *values: values, lambda *, level: level])
def test_arguments_that_have_no_position(core: Callable[..., object]) -> None:
    with pytest.raises(ValueError, match="by position"):
        functions_module([Sample(core)])


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("plain text", "plain text"),
        ("two\n  lines", "two lines"),
        ("a – b — c − d", "a - b - c - d"),
        ("“so” ‘it’ is…", "\"so\" 'it' is..."),
        ("2 × 3 ÷ 4 ± 1", "2 x 3 / 4 +/- 1"),
        ("a ≤ b ≥ c ≠ d → e", "a <= b >= c <> d -> e"),
        ("m² ½ 10\u00a0%", "m2 1/2 10 %"),
        ("Zürich, Straße, Ærø, café", None),
        ("5 € or 4 £", "5 EUR or 4 GBP"),
        ("µ, μ, σ, Σ, ∑, α", "mu, mu, sigma, sum, sum, alpha"),
    ],
)
def test_texts_in_ascii(text: str, expected: str | None) -> None:
    if expected is None:
        with pytest.raises(ValueError, match=r"'Æ' in 'Zürich, .*' has no equivalent in ASCII"):
            ascii_text(text)
    else:
        assert ascii_text(text) == expected


@pytest.mark.parametrize("length", [254, 255, 256, 400])
def test_texts_are_as_long_as_the_wizard_takes(length: int) -> None:
    words = ("planned " * 60)[:length].strip()
    shown = literal(words).strip('"')
    assert len(shown) <= 255
    if len(words) <= 255:
        assert shown == words
    else:
        assert re.fullmatch(r"(planned )+planned\.\.\.", shown)
    assert literal("x" * 300) == '"' + "x" * 252 + '..."'


def test_a_text_of_quotes_only_fits_its_line() -> None:
    function = Sample(lambda value: value, {"value": '"' * 255}, summary='"' * 255)
    longest = max(map(len, help_module([function]).source.splitlines()))
    assert 512 < longest < 1023


def test_more_arguments_than_a_statement_has_lines() -> None:
    def taking(count: int) -> Sample:
        names = [f"a{number}" for number in range(count)]
        parameters = [inspect.Parameter(name, inspect.Parameter.POSITIONAL_ONLY) for name in names]

        def core(*values: object) -> None: ...

        core.__dict__["__signature__"] = inspect.Signature(parameters)
        return Sample(core, dict.fromkeys(names, "One."))

    assert help_module([taking(21)]).source.count('"One."') == 21
    with pytest.raises(ValueError, match="SopHelp, line 38: a statement over more than 25 lines"):
        help_module([taking(22)])


# ---- the registry --------------------------------------------------------------------------------


@pytest.fixture(scope="module")
def modules() -> list[Module]:
    return [functions_module(FUNCTIONS), help_module(FUNCTIONS)]


def test_the_modules_are_ascii_without_branches_and_compile(modules: list[Module]) -> None:
    for module in modules:
        assert module.source.isascii()
        # LibreOffice compiles both branches of an #If
        assert not re.search(r"^\s*#", module.source, flags=re.MULTILINE)
        assert parse_module(module.source).name == module.name


def test_the_compile_check_sees_what_is_wrong(modules: list[Module]) -> None:
    for module, right, wrong in zip(
        modules, ["As Variant)", "Array( _"], ["As Variant", "Array( "], strict=True
    ):
        with pytest.raises(VBACompileError):
            parse_module(module.source.replace(right, wrong))


def test_the_modules_fit_a_project(modules: list[Module]) -> None:
    assert vba_project(modules)


class Application(VBAObject):  # type: ignore[misc]  # pyOpenVBA has no types
    """Notes what the function wizard is told."""

    vba_type_name = "Application"

    def __init__(self, refused: str = "") -> None:
        self.refused = refused
        self.told: dict[str, tuple[str, str, list[str]]] = {}

    @method  # type: ignore[untyped-decorator]
    def MacroOptions(  # noqa: N802
        self,
        Macro: str,  # noqa: N803
        Category: str,  # noqa: N803
        Description: str,  # noqa: N803
        ArgumentDescriptions: Any = None,  # noqa: N803
    ) -> None:
        if Macro == self.refused:
            raise VBARuntimeError(1004, "Cannot edit a macro on a hidden workbook.")
        texts = ArgumentDescriptions.items if ArgumentDescriptions else []
        self.told[Macro] = (Category, Description, texts)


class Excel(HostBridge):  # type: ignore[misc]
    """A host with an Application and nothing else."""

    def __init__(self, application: Application) -> None:
        self.application = application

    def global_object(self, name: str) -> object:
        return self.application if name == "application" else super().global_object(name)


BRIDGE = """Attribute VB_Name = "SopBridge"
Public Function SopAnswer(name As String, args As Variant) As Variant
    Dim at As Long
    SopAnswer = name
    For at = LBound(args) To UBound(args)
        SopAnswer = SopAnswer & "|" & args(at)
    Next
End Function
"""


def running(modules: list[Module], application: Application | None = None) -> Any:
    interpreter = Interpreter(Excel(application or Application()))
    for source in (BRIDGE, *(module.source for module in modules)):
        interpreter.add_module(source)
    return interpreter


@pytest.mark.parametrize("function", FUNCTIONS, ids=lambda function: function.name)
def test_every_function_reaches_the_bridge_by_its_name(
    function: Function, modules: list[Module]
) -> None:
    values = [f"cell {number}" for number in range(len(function.help))]
    answer = running(modules).run(function.name, values)
    assert answer == "|".join([function.name, *values])


@pytest.mark.parametrize("function", FUNCTIONS, ids=lambda function: function.name)
def test_only_arguments_with_a_default_may_be_left_out(
    function: Function, modules: list[Module]
) -> None:
    parameters = function.signature.parameters.values()
    needed = [p.name for p in parameters if p.default is p.empty]
    answer = running(modules).run(function.name, needed)
    assert answer.rstrip("|") == "|".join([function.name, *needed])
    if needed:
        with pytest.raises(VBARuntimeError, match="needs an argument for"):
            running(modules).run(function.name, needed[:-1])


def test_the_wizard_is_told_of_every_function(modules: list[Module]) -> None:
    application = Application()
    running(modules, application).run("SopRegisterHelp")
    assert application.told == {
        function.name: (
            ascii_text(function.category),
            ascii_text(function.summary),
            [ascii_text(text) for text in function.help.values()],
        )
        for function in FUNCTIONS
    }


def test_a_function_that_excel_refuses_does_not_stop_the_others(modules: list[Module]) -> None:
    refused = FUNCTIONS[1].name
    application = Application(refused)
    running(modules, application).run("SopRegisterHelp")
    assert list(application.told) == [f.name for f in FUNCTIONS if f.name != refused]
