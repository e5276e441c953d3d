"""Reading and writing ``sop.toml``: every key is declared, every mistake is a finding."""

from __future__ import annotations

import json
import re
import textwrap
import tomllib
from collections.abc import Iterable, Mapping
from dataclasses import Field, fields
from typing import Any

from sop_xl.reading.headers import did_you_mean
from sop_xl.schema import Finding, Table
from sop_xl.sources.extract import SourceSpec
from sop_xl.tables.data import SOURCES
from sop_xl.tables.settings import SECTIONS, Settings, in_section

FILE = "sop.toml"
_SETTINGS = {f.name: f for f in fields(Settings)}
_SPEC = {f.name: f for f in fields(SourceSpec)}
_TABLES: dict[str, Table] = {table.name: table for table in SOURCES}
_KINDS = {str: "a text in quotation marks", int: "a whole number", float: "a number",
          tuple: 'a list such as ["family", "region"]', bool: "true or false"}


def read_settings(data: bytes) -> tuple[Settings, dict[str, SourceSpec], list[Finding]]:
    """Settings, sources and findings; where a value is wrong its default stands."""
    parsed = _parsed(data)
    if isinstance(parsed, Finding):
        return Settings(), {}, [parsed]
    document, text = parsed
    findings: list[Finding] = []
    values: dict[str, Any] = {}
    for section, content in document.items():
        if section == "sources":
            continue
        if section not in SECTIONS or not isinstance(content, dict):
            findings.append(_unknown_section(section, text))
            continue
        for key, value in content.items():
            problem = _problem(section, key, value)
            if problem:
                findings.append(_finding(*problem, _line(text, section, key)))
            else:
                values[key] = _converted(_SETTINGS[key], value)
    sources, more = _read_sources(document.get("sources", {}), text)
    return Settings(**values), sources, findings + more


def is_toml(data: bytes) -> bool:
    """Whether the file can be understood; if not, nothing is known of where the data are."""
    return not isinstance(_parsed(data), Finding)


def _parsed(data: bytes) -> tuple[dict[str, Any], str] | Finding:
    try:
        text = data.decode("utf-8-sig")
        return tomllib.loads(text), text
    except UnicodeDecodeError as error:
        line = data[: error.start].count(b"\n") + 1
        return _finding("sop.toml is not UTF-8.", "Save it as UTF-8.", f"line {line}")
    except tomllib.TOMLDecodeError as error:
        message, place = _split_place(str(error), text)
        return _finding(f"sop.toml cannot be understood: {message}.",
                        "Texts need quotation marks, lists need [ ].", place)


def write_settings(
    settings: Settings, sources: Mapping[str, SourceSpec] | None = None
) -> str:
    """``sop.toml`` with every key, what it means, what it may be, and its default."""
    lines = ["# Settings of a plan folder. A line that is left out takes its default.", ""]
    for section, title in SECTIONS.items():
        lines += [f"# {title}", f"[{section}]"]
        for name in in_section(section):
            lines += _explained(_SETTINGS[name], getattr(settings, name))
        lines.append("")
    lines += _sources_help()
    for table, spec in (sources or {}).items():
        lines += ["", f"[sources.{table}]"]
        lines += [
            f"{name} = {_toml(value)}" for name in _SPEC if (value := getattr(spec, name))
        ]
    return "\n".join(lines) + "\n"


def _explained(setting: Field[Any], value: object) -> list[str]:
    told = setting.metadata
    notes = [str(told["help"])]
    if told["choices"]:
        notes.append(f"Choices: {', '.join(told['choices'])}.")
    low, high = told["minimum"], told["maximum"]
    if low is not None or high is not None:
        notes.append(f"Limits: {_limits(low, high)}.")
    notes.append(f"Default: {_toml(setting.default)}.")
    return [*_comment(" ".join(notes)), f"{setting.name} = {_toml(value)}"]


def _sources_help() -> list[str]:
    names = ", ".join(_TABLES)
    lines = [
        "# Sources",
        "# A table is read from data/<table>.csv or .xlsx, or from a sheet of that name in a",
        "# workbook in data/. Where yours is elsewhere or looks different, say so here.",
        *_comment(f"Tables: {names}."),
        "#",
        "# [sources.actuals]",
    ]
    for name, option in _SPEC.items():
        choices = option.metadata.get("choices")
        note = f" Choices: {', '.join(choices)}." if choices else ""
        lines += [f"#   {line[2:]}" for line in _comment(f"{option.metadata['help']}{note}")]
        lines.append(f"# {name} = {_toml(option.metadata['example'])}")
    return lines


def _comment(text: str) -> list[str]:
    return textwrap.wrap(text, 96, initial_indent="# ", subsequent_indent="# ")


def _read_sources(document: Any, text: str) -> tuple[dict[str, SourceSpec], list[Finding]]:
    sources: dict[str, SourceSpec] = {}
    findings: list[Finding] = []
    if not isinstance(document, dict):
        message = "sources has to be a section such as [sources.actuals]."
        remedy = "Give each table its own section."
        return {}, [_finding(message, remedy, _line(text, "", "sources"))]
    for name, content in document.items():
        place = _line(text, f"sources.{name}", "")
        if name not in _TABLES or not isinstance(content, dict):
            remedy = f"{did_you_mean(name, _TABLES)} Tables: {', '.join(_TABLES)}.".strip()
            findings.append(_finding(f"There is no table {name!r} to load.", remedy, place))
            continue
        spec, more = _read_spec(name, content, text)
        findings += more
        sources[name] = spec
    return sources, findings


def _read_spec(
    table: str, content: Mapping[str, Any], text: str
) -> tuple[SourceSpec, list[Finding]]:
    findings = []
    values = {}
    section = f"sources.{table}"
    for key, value in content.items():
        problem = _spec_problem(section, key, value)
        if problem:
            findings.append(_finding(*problem, _line(text, section, key)))
        else:
            values[key] = value
    spec = SourceSpec(**values)
    if bool(spec.url) != bool(spec.query):
        findings.append(_finding(f"[{section}] needs both url and query.",
                                 "Give both, or neither.", _line(text, section, "")))
    if spec.file and spec.url:
        findings.append(_finding(f"[{section}] names a file and a database.",
                                 "Take one of them out.", _line(text, section, "")))
    return spec, findings


def _problem(section: str, key: str, value: object) -> tuple[str, str] | None:
    """What is wrong with a setting, and what is allowed."""
    if key not in in_section(section):
        elsewhere = _SETTINGS.get(key)
        if elsewhere is not None:
            home = elsewhere.metadata["section"]
            return f"{key} does not belong to [{section}].", f"Move it to [{home}]."
        known = f"[{section}] knows: {', '.join(in_section(section))}."
        hint = did_you_mean(key, _SETTINGS)
        return f"There is no setting {key!r} in [{section}].", f"{hint} {known}".strip()
    setting = _SETTINGS[key]
    kind = type(setting.default)
    if not _is(value, kind):
        return f"{key} has to be {_KINDS[kind]}, not {value!r}.", str(setting.metadata["help"])
    if key == "planning_level":
        return _level_problem(value)
    return _choice_problem(setting, key, value) or _limit_problem(setting, key, value)


def _choice_problem(option: Field[Any], key: str, value: object) -> tuple[str, str] | None:
    choices = option.metadata.get("choices") or ()
    given = value if isinstance(value, list) else [value]
    wrong = [one for one in given if one not in choices]
    if not choices or not wrong:
        return None
    allowed = f"Choose one of: {', '.join(choices)}."
    hint = did_you_mean(str(wrong[0]), choices)
    return f"{key} cannot be {wrong[0]!r}.", f"{hint} {allowed}".strip()


def _limit_problem(setting: Field[Any], key: str, value: Any) -> tuple[str, str] | None:
    low, high = setting.metadata["minimum"], setting.metadata["maximum"]
    if (low is not None and value < low) or (high is not None and value > high):
        return f"{key} cannot be {value!r}.", f"Allowed: {_limits(low, high)}."
    return None


def _level_problem(value: Any) -> tuple[str, str] | None:
    choices = _SETTINGS["planning_level"].metadata["choices"]
    for part in value:
        if part not in choices:
            hint = did_you_mean(str(part), choices)
            return (f"planning_level cannot hold {part!r}.",
                    f"{hint} Choose from: {', '.join(choices)}.".strip())
    if len(set(value)) < len(value):
        return "planning_level names a level twice.", "Name each level once."
    if not value or value[0] not in ("family", "item") or {"family", "item"} <= set(value):
        return (f"planning_level cannot be {list(value)}.",
                "Begin with family or item, then add region, channel or both.")
    return None


def _spec_problem(section: str, key: str, value: object) -> tuple[str, str] | None:
    if key not in _SPEC:
        remedy = f"{did_you_mean(key, _SPEC)} [{section}] knows: {', '.join(_SPEC)}.".strip()
        return f"There is no key {key!r} in [{section}].", remedy
    if key == "columns":
        right = isinstance(value, dict) and all(isinstance(v, str) for v in value.values())
        example = 'columns = { "Menge" = "orders" }'
        return None if right else (f"{key} has to be headers and columns.", f"Like {example}.")
    if not isinstance(value, str):
        return f"{key} has to be a text in quotation marks, not {value!r}.", ""
    return _choice_problem(_SPEC[key], key, value)


def _is(value: object, kind: type) -> bool:
    if kind is float:
        return isinstance(value, int | float) and not isinstance(value, bool)
    if kind is tuple:
        return isinstance(value, list)
    return type(value) is kind


def _converted(setting: Field[Any], value: Any) -> Any:
    kind: Any = type(setting.default)
    return kind(value)


def _limits(low: float | None, high: float | None) -> str:
    if low is not None and high is not None:
        return f"{low:g} to {high:g}"
    return f"{low:g} or more" if low is not None else f"{high:g} or less"


def _toml(value: object) -> str:
    if isinstance(value, bool):
        return "true" if value else "false"
    if isinstance(value, str):
        return json.dumps(value, ensure_ascii=False).replace("\x7f", "\\u007f")
    if isinstance(value, Mapping):
        pairs = (f"{_toml(str(k))} = {_toml(v)}" for k, v in value.items())
        return f"{{ {', '.join(pairs)} }}"
    if isinstance(value, Iterable):
        return f"[{', '.join(_toml(v) for v in value)}]"
    return repr(value)


def _unknown_section(section: str, text: str) -> Finding:
    known = [*SECTIONS, "sources"]
    if section in _SETTINGS:
        home = _SETTINGS[section].metadata["section"]
        return _finding(f"{section} stands outside of any section.", f"Move it to [{home}].",
                        _line(text, "", section))
    remedy = f"{did_you_mean(section, known)} Sections: {', '.join(known)}.".strip()
    return _finding(f"There is no section [{section}].", remedy, _line(text, section, ""))


def _line(text: str, section: str, key: str) -> str:
    """Where a key stands; TOML libraries do not tell."""
    inside = ""
    for number, line in enumerate(text.splitlines(), 1):
        head = re.match(r"\s*\[\[?\s*([^\]]+?)\s*\]\]?", line)
        if head:
            inside = re.sub(r"[\s\"']", "", head[1])
            if inside == section and not key:
                return f"line {number}"
        elif key and inside == section and _begins_with(key, line):
            return f"line {number}"
    return ""


def _begins_with(key: str, line: str) -> bool:
    return re.match(rf"\s*[\"']?{re.escape(key)}[\"']?\s*[=.]", line) is not None


def _split_place(message: str, text: str) -> tuple[str, str]:
    found = re.search(r"\s*\(at (line \d+, column \d+|end of document)\)", message)
    if not found:
        return message.rstrip("."), ""
    end = f"line {len(text.splitlines())}"
    return message[: found.start()], end if "end" in found[1] else found[1]


def _finding(message: str, remedy: str, place: str) -> Finding:
    return Finding("settings", message, remedy, file=FILE, cell=place)

