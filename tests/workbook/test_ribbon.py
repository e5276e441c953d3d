"""The ribbon: every button does something, says what, and can be reached by keyboard.

Excel shows a broken ribbon without a word: the tab is missing, a button is dead, an icon is blank.
So each rule is shown to fail on a ribbon that breaks it.
"""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Collection, Iterator, Mapping
from dataclasses import dataclass, replace
from datetime import datetime
from pathlib import Path
from xml.etree import ElementTree

import openpyxl
import pytest

from sop_xl.actions import BUTTONS
from sop_xl.cycle import GATES
from sop_xl.workbook.package import ROOT_RELATIONS, assemble
from sop_xl.workbook.sheets import SHEETS
from tests.office.tools import needs_validator, validate
from tests.workbook.vba_stubs import SOURCES

RIBBON = SOURCES / "ribbon" / "customUI14.xml"
NAMESPACE = "http://schemas.microsoft.com/office/2009/07/customui"
RELATION = "http://schemas.microsoft.com/office/2007/relationships/ui/extensibility"

LABEL, SCREENTIP = 20, 60
"""Characters that stay on one line under a button, and above a tip."""
LONGEST, LONGEST_KEYTIP = 1024, 3
"""Characters of an attribute and of a keytip: ST_LongString and ST_Keytip of [MS-CUSTOMUI2]."""

# Attributes of [MS-CUSTOMUI2] that are of use to a button and what it stands in.
_SHOWN = {"id", "idMso", "idQ", "label", "getLabel", "visible", "getVisible", "keytip", "getKeytip",
          "insertAfterMso", "insertBeforeMso", "tag"}  # fmt: skip
_TIPS = {"screentip", "getScreentip", "supertip", "getSupertip"}
_PICTURE = {"image", "imageMso", "getImage"}
ATTRIBUTES = {
    "customUI": {"onLoad", "loadImage"},
    "ribbon": {"startFromScratch"},
    "tabs": set[str](),
    "tab": _SHOWN,
    "group": _SHOWN | _TIPS | _PICTURE,
    "button": _SHOWN | _TIPS | _PICTURE
    | {"size", "getSize", "onAction", "enabled", "getEnabled", "showLabel", "showImage"},
}

# How Excel calls a macro, by the kind of callback.
_ASKED = ("control As IRibbonControl", "ByRef returnedVal")
SIGNATURES = {
    ("customUI", "onLoad"): ("ribbon As IRibbonUI",),
    ("button", "onAction"): ("control As IRibbonControl",),
}

# Commands of Excel that have an icon, and a few of Office that Excel has the icon of. An unknown
# name shows a blank: before you add one, look it up in Microsoft's lists of control identifiers.
ICONS = {
    *("AcceptInvitation", "AutoSum", "CalculateNow", "Calculator", "ChartTypeAreaInsertGallery"),
    *("ChartTypeBarInsertGallery", "ChartTypeColumnInsertGallery", "ChartTypeLineInsertGallery"),
    *("ChartTypePieInsertGallery", "ConditionalFormattingMenu", "Copy", "DataValidation"),
    *("DeclineInvitation", "ErrorChecking", "FileNew", "FileOpen", "FilePrint", "FileSave"),
    *("FileSaveAs", "FormulaEvaluate", "FunctionWizard", "FunctionsFinancialInsertGallery"),
    *("GoalSeek", "HappyFace", "Help", "Info", "MacroPlay", "NameManager", "PivotTableInsert"),
    *("PropertySheet", "Redo", "Refresh", "RefreshAll", "ReviewNewComment", "ReviewNextComment"),
    *("ReviewPreviousComment", "ReviewShowAllComments", "ReviewTrackChanges", "SheetProtect"),
    *("ShowFormulas", "TraceDependents", "TracePrecedents", "Undo", "WatchWindow"),
    *("WhatIfAnalysisMenu",),
}  # fmt: skip

_PROCEDURE = re.compile(r"^Public (Sub|Function) (\w+)\((.*?)\)", re.MULTILINE)
_SHEET_LIKE = re.compile(r"\b[A-Z]\w*_\w+")


@dataclass(slots=True)
class Ribbon:
    """A ribbon beside what it belongs to.

    Attributes:
        macros: The arguments of every public Sub of our modules, by its name.
        actions: What a button can do: its label and gate, by the name of the action.
        gates: What a button can wait for.
    """

    xml: bytes
    macros: Mapping[str, tuple[str, ...]]
    actions: Mapping[str, tuple[str, str]]
    gates: Collection[str] = tuple(GATES)

    def elements(self, kind: str = "*") -> list[ElementTree.Element]:
        wanted = "*" if kind == "*" else f"{{{NAMESPACE}}}{kind}"
        return list(ElementTree.fromstring(self.xml).iter(wanted))

    def faults(self) -> list[str]:
        """What is wrong with it, one line for each fault."""
        rules = (
            self._attributes, self._ids, self._callbacks, self._actions, self._labels,
            self._gates, self._images, self._keytips, self._texts, self._sheets,
        )  # fmt: skip
        return [fault for rule in rules for fault in rule()]

    def _attributes(self) -> Iterator[str]:
        for element in self.elements():
            kind = _kind(element)
            if kind not in ATTRIBUTES:
                yield f"{kind} is no element that is known here"
                continue
            names = set(element.attrib)
            for name in sorted(names - ATTRIBUTES[kind]):
                yield f"{_name(element)}: {kind} has no attribute {name}"
            for name in sorted(names):
                getter = f"get{name[0].upper()}{name[1:]}"
                if getter in names:
                    yield f"{_name(element)}: {name} and {getter}"
                if len(element.attrib[name]) not in range(1, LONGEST + 1):
                    yield f"{_name(element)}: {name} is empty or longer than {LONGEST}"
            if element.get("size", "normal") not in ("normal", "large"):
                yield f"{_name(element)}: size is normal or large"

    def _ids(self) -> Iterator[str]:
        ids = Counter(element.get("id") for element in self.elements() if element.get("id"))
        for name, number in ids.items():
            if number > 1:
                yield f"{name} is the id of {number} controls"
        for kind in ("tab", "group", "button"):
            for element in self.elements(kind):
                if len({"id", "idMso", "idQ"} & set(element.attrib)) != 1:
                    yield f"a {kind} has to have one id: {dict(element.attrib)}"

    def _callbacks(self) -> Iterator[str]:
        for element in self.elements():
            for name, macro in element.attrib.items():
                if not re.match(r"on[A-Z]|get[A-Z]|loadImage", name):
                    continue
                wanted = SIGNATURES.get((_kind(element), name), _ASKED)
                if macro not in self.macros:
                    yield f"{_name(element)}: {name}: there is no macro {macro}"
                elif self.macros[macro] != wanted:
                    yield f"{_name(element)}: {macro} has to be Sub {macro}({', '.join(wanted)})"
            if _kind(element) == "button" and not element.get("onAction"):
                yield f"{_name(element)}: it does nothing"
        if not self.elements("customUI")[0].get("onLoad"):
            yield "customUI: without onLoad the buttons cannot be asked again"

    def _actions(self) -> Iterator[str]:
        found = Counter[str]()
        for button in self.elements("button"):
            words = button.get("tag", "").split()
            if len(words) not in (1, 2):
                yield f"{_name(button)}: the tag has to be an action, or an action and a gate"
            found.update(words[:1])
        for action, number in found.items():
            if number > 1:
                yield f"{action} has {number} buttons"
            if not re.fullmatch(r"[a-z]+(_[a-z]+)*", action):
                yield f"{action} is no name of an action"  # it becomes a text in Python code
        for action in sorted(found.keys() - self.actions.keys()):
            yield f"there is no action {action}"
        for action in sorted(self.actions.keys() - found.keys()):
            yield f"the action {action} has no button"

    def _labels(self) -> Iterator[str]:
        for button in self.elements("button"):
            action, _, gate = button.get("tag", "").partition(" ")
            shown = (button.get("label"), gate)
            if action in self.actions and shown != self.actions[action]:
                yield f"{_name(button)}: label and gate are {shown}, not {self.actions[action]}"

    def _gates(self) -> Iterator[str]:
        for button in self.elements("button"):
            gates = button.get("tag", "").split()[1:]
            for gate in gates:
                if gate not in self.gates:
                    yield f"{_name(button)}: there is no gate {gate}"
            if bool(gates) != ("getEnabled" in button.attrib):
                yield f"{_name(button)}: a gate wants getEnabled, and getEnabled wants a gate"

    def _images(self) -> Iterator[str]:
        for button in self.elements("button"):
            if len({"image", "imageMso", "getImage"} & set(button.attrib)) != 1:
                yield f"{_name(button)}: it has to have one picture"
            icon = button.get("imageMso")
            if icon and icon not in ICONS:
                yield f"{_name(button)}: Office has no icon {icon}"
            image = button.get("image")
            if image and not (SOURCES / "ribbon" / "images" / f"{image}.png").exists():
                yield f"{_name(button)}: there is no image {image}"

    def _keytips(self) -> Iterator[str]:
        for tab in self.elements("tab"):
            tips = {_name(b): b.get("keytip", "") for b in tab.iter(f"{{{NAMESPACE}}}button")}
            for name, tip in {**tips, _name(tab): tab.get("keytip", "")}.items():
                if not re.fullmatch(f"[A-Z0-9]{{1,{LONGEST_KEYTIP}}}", tip):
                    yield f"{name}: a keytip is 1 to {LONGEST_KEYTIP} capitals, not {tip!r}"
            for name, tip in tips.items():
                others = [other for other in tips if other != name]
                if any(tips[other].startswith(tip) for other in others):
                    yield f"{name}: with {tip} pressed another button is still to come"

    def _texts(self) -> Iterator[str]:
        for element in self.elements():
            if _kind(element) == "button":
                for name in ("label", "screentip", "supertip"):
                    if not element.get(name):
                        yield f"{_name(element)}: it has no {name}"
            for name, longest in (("label", LABEL), ("screentip", SCREENTIP)):
                if len(element.get(name, "")) > longest:
                    yield f"{_name(element)}: {name} is longer than {longest}"
            for name, value in element.attrib.items():
                if value != " ".join(value.split()):
                    yield f"{_name(element)}: {name} has spaces that would be shown"
        for tip in ("screentip", "label"):
            for text, number in Counter(b.get(tip) for b in self.elements("button")).items():
                if text and number > 1:
                    yield f"{number} buttons with the {tip} {text}"

    def _sheets(self) -> Iterator[str]:
        sheets = {sheet.name for sheet in SHEETS}
        for button in self.elements("button"):
            for name in _SHEET_LIKE.findall(button.get("supertip", "")):
                if name not in sheets:
                    yield f"{_name(button)}: the workbook has no sheet {name}"


def _kind(element: ElementTree.Element) -> str:
    return element.tag.rpartition("}")[2]


def _name(element: ElementTree.Element) -> str:
    return element.get("id") or _kind(element)


def macros_of(*modules: str) -> dict[str, tuple[str, ...]]:
    """The arguments of every public Sub of modules, by its name."""
    return {
        name: tuple(arguments.split(", ")) if arguments else ()
        for text in modules
        for kind, name, arguments in _PROCEDURE.findall(text)
        if kind == "Sub"
    }


def committed() -> Ribbon:
    modules = [path.read_text("ascii") for path in sorted((SOURCES / "vba").glob("*.bas"))]
    actions = {name: (button.label, button.gate) for name, button in BUTTONS.items()}
    return Ribbon(RIBBON.read_bytes(), macros_of(*modules), actions)


def test_the_ribbon_has_no_fault() -> None:
    assert committed().faults() == []


def test_the_tab_is_where_it_is_looked_for() -> None:
    (tab,) = committed().elements("tab")
    assert (tab.get("id"), tab.get("label"), tab.get("insertAfterMso")) == (
        *("tabSop", "S&OP", "TabHome"),
    )
    groups = [group.get("label") for group in committed().elements("group")]
    assert groups == [
        *("Cycle", "Demand", "Supply", "Finance", "Review", "Control", "Work"),
    ]


def test_a_good_ribbon_has_no_fault() -> None:
    assert GOOD.faults() == []


XML = f"""<customUI xmlns="{NAMESPACE}" onLoad="Loaded"><ribbon startFromScratch="false"><tabs>
<tab id="tab" label="T" keytip="T" insertAfterMso="TabHome"><group id="group" label="G">
<button id="one" tag="run open" label="Run" screentip="Run it" supertip="Runs it on Demand_Plan."
 keytip="RU" imageMso="MacroPlay" size="large" onAction="Pressed" getEnabled="Asked"/>
<button id="two" tag="look" label="Look" screentip="Look at it" supertip="Looks at it."
 keytip="LO" imageMso="Info" onAction="Pressed"/>
</group></tab></tabs></ribbon></customUI>""".encode()

MACROS = macros_of(
    "Public Sub Loaded(ribbon As IRibbonUI)\nPublic Sub Pressed(control As IRibbonControl)\n"
    "Public Sub Asked(control As IRibbonControl, ByRef returnedVal)\nPublic Sub Bare()\n"
)
GOOD = Ribbon(XML, MACROS, {"run": ("Run", "open"), "look": ("Look", "")}, {"open"})


@pytest.mark.parametrize(
    ("old", "new", "fault"),
    [
        ('id="two"', 'id="one"', "one is the id of 2 controls"),
        ('id="group"', 'id="tab"', "tab is the id of 2 controls"),
        ('id="two" ', "", "a button has to have one id"),
        ('id="two"', 'id="two" idMso="Copy"', "a button has to have one id"),
        ("<button", "<buton", "buton is no element"),
        ('size="large"', 'siz="large"', "one: button has no attribute siz"),
        ('size="large"', 'size="huge"', "one: size is normal or large"),
        ('label="G"', 'label="G" onAction="Pressed"', "group: group has no attribute onAction"),
        ('label="Run"', 'label="Run" getLabel="Asked"', "one: label and getLabel"),
        ('label="G"', 'label=""', "group: label is empty or longer"),
        ('onLoad="Loaded"', "", "customUI: without onLoad"),
        ('onLoad="Loaded"', 'onLoad="Pressed"', "has to be Sub Pressed(ribbon As IRibbonUI)"),
        ('onAction="Pressed"', 'onAction="Presed"', "onAction: there is no macro Presed"),
        ('onAction="Pressed"', 'onAction="Bare"', "has to be Sub Bare(control As IRibbonControl)"),
        ('onAction="Pressed"', "", "one: it does nothing"),
        ('getEnabled="Asked"', 'getEnabled="Pressed"', "ByRef returnedVal)"),
        ('getEnabled="Asked"', "", "one: a gate wants getEnabled"),
        ('tag="look"', 'tag="look" getEnabled="Asked"', "two: a gate wants getEnabled"),
        ('tag="run open"', 'tag="run opened"', "one: there is no gate opened"),
        ('tag="run open"', 'tag="rum open"', "there is no action rum"),
        ('tag="run open"', 'tag="rum open"', "the action run has no button"),
        ('tag="run open"', 'tag="look open"', "look has 2 buttons"),
        ('tag="look"', 'tag="look open"', "two: label and gate are ('Look', 'open')"),
        ('label="Look"', 'label="Look up"', "two: label and gate are ('Look up', '')"),
        ('tag="look"', 'tag="look open now"', "two: the tag has to be"),
        ('tag="look"', "", "two: the tag has to be"),
        ('tag="look"', 'tag="look\')#"', "is no name of an action"),
        ('imageMso="Info"', 'imageMso="Inof"', "two: Office has no icon Inof"),
        ('imageMso="Info"', 'image="Info"', "two: there is no image Info"),
        ('imageMso="Info"', "", "two: it has to have one picture"),
        ('imageMso="Info"', 'imageMso="Info" image="i"', "two: it has to have one picture"),
        ('keytip="LO"', 'keytip="RU"', "with RU pressed another button"),
        ('keytip="LO"', 'keytip="R"', "two: with R pressed another button"),
        ('keytip="LO"', 'keytip="LOOK"', "two: a keytip is 1 to 3 capitals"),
        ('keytip="LO"', "", "two: a keytip is 1 to 3 capitals"),
        ('keytip="T"', 'keytip="t"', "tab: a keytip is 1 to 3 capitals"),
        ('label="Look"', 'label="Look at all that is there"', "two: label is longer than 20"),
        ('label="Look"', 'label="Run"', "2 buttons with the label Run"),
        ('label="Look" ', "", "two: it has no label"),
        ('screentip="Look at it"', f'screentip="{"x" * 61}"', "two: screentip is longer than 60"),
        ('supertip="Looks at it."', "", "two: it has no supertip"),
        ("Looks at it.", "x" * 1025, "two: supertip is empty or longer than 1024"),
        ("Looks at it.", "Looks\n  at it.", "two: supertip has spaces"),
        ("Demand_Plan", "Demand_Plans", "one: the workbook has no sheet Demand_Plans"),
    ],
)
def test_a_rule_fails_when_it_is_broken(old: str, new: str, fault: str) -> None:
    broken = replace(GOOD, xml=XML.replace(old.encode(), new.encode()))
    assert broken != GOOD
    found = broken.faults()
    assert any(fault in line for line in found), found


def test_a_fault_of_the_committed_ribbon_would_be_found() -> None:
    ribbon = committed()
    ribbon.xml = ribbon.xml.replace(b'"Run forecast"', b'"Run forecasts"')
    (fault,) = ribbon.faults()
    assert fault.startswith("btnForecast: label and gate are ('Run forecasts', 'demand')")


# ---- the second opinion ----------------------------------------------------------------------


def package(ribbon: bytes, path: Path) -> Path:
    """A workbook with nothing but a ribbon."""
    made = assemble(openpyxl.Workbook(), {}, when=datetime(2026, 1, 1))
    made.parts["customUI/customUI14.xml"] = ribbon
    made.relate(ROOT_RELATIONS, RELATION, "customUI/customUI14.xml")
    path.write_bytes(made.to_bytes())
    return path


@pytest.mark.validator
@needs_validator
def test_the_sdk_finds_no_fault(tmp_path: Path) -> None:
    assert validate(package(RIBBON.read_bytes(), tmp_path / "book.xlsx")) == []


@pytest.mark.validator
@needs_validator
@pytest.mark.parametrize(
    ("old", "new"),
    [
        (b'size="large"', b'size="huge"'),
        (b'size="large"', b'siz="large"'),
        (b'keytip="NC"', b'keytip="NEWC"'),
        (b"<button ", b"<knob "),
    ],
)
def test_the_sdk_finds_a_fault(old: bytes, new: bytes, tmp_path: Path) -> None:
    broken = RIBBON.read_bytes().replace(old, new, 1)
    (fault, *_) = validate(package(broken, tmp_path / "book.xlsx"))
    assert "customUI" in fault
