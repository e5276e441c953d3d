"""``sop.toml``: every key explained, every mistake named with its line."""

import tomllib
from dataclasses import fields, replace
from types import MappingProxyType

import pytest
from hypothesis import given
from hypothesis import settings as limits
from hypothesis import strategies as st

from sop_xl.sources import SourceSpec, read_settings, write_settings
from sop_xl.tables.settings import SECTIONS, Settings

ODD = Settings(
    company='Smith "&" Söhne\\ \x7f', currency="CHF", calendar="4-4-5", fiscal_year_start=7,
    horizon=36, planning_level=("item", "channel"), target_days=12.5, outlier_score=8.0,
    store="postgresql+psycopg://u@h/db",
)  # fmt: skip


def problems(text: str) -> list[tuple[str, str, str]]:
    return [(f.cell, f.message, f.remedy) for f in read_settings(text.encode())[2]]


@pytest.mark.parametrize("settings", [Settings(), ODD])
def test_what_is_written_is_read_back(settings: Settings) -> None:
    assert read_settings(write_settings(settings).encode()) == (settings, {}, [])


@limits(deadline=None)
@given(st.text(), st.text(), st.floats(0.5, 0.99), st.integers(3, 36))
def test_any_text_and_number_is_read_back(
    company: str, entity: str, share: float, horizon: int
) -> None:
    settings = Settings(company=company, entity=entity, range_level=share, horizon=horizon)
    try:
        written = write_settings(settings).encode()
    except UnicodeEncodeError:
        return  # half of a surrogate pair is no text
    assert read_settings(written) == (settings, {}, [])


def test_sources_are_written_and_read_back() -> None:
    columns = MappingProxyType({"Menge, Stück": "orders", 'a"b': "item"})
    sources = {"actuals": SourceSpec(file="x/s.csv", columns=columns, decimal=",", delimiter="\t"),
               "items": SourceSpec(url="sqlite:///a.db", query='SELECT "a"\nFROM b')}
    assert read_settings(write_settings(Settings(), sources).encode())[1:] == (sources, [])


def test_every_key_is_there_with_help_limits_and_default() -> None:
    text = write_settings(Settings())
    assert set(tomllib.loads(text)) == set(SECTIONS)
    for setting in fields(Settings):
        assert f"\n{setting.name} = " in text
    assert "# Months planned ahead" in text
    assert "Limits: 3 to 36. Default: 24." in text
    assert "Choices: months, 4-4-5, 4-5-4, 5-4-4." in text.replace("\n# ", " ")
    assert all(len(line) <= 100 for line in text.splitlines())


def test_the_example_of_a_source_is_valid_once_uncommented() -> None:
    text = write_settings(Settings())
    start = text.index("# [sources.actuals]")
    lines = [line[2:] for line in text[start:].splitlines() if not line.startswith("#   ")]
    _, sources, findings = read_settings("\n".join(lines).encode())
    assert set(sources) == {"actuals"}
    assert sources["actuals"].columns == {"Menge": "orders", "Artikel": "item"}
    assert [f.message for f in findings] == ["[sources.actuals] names a file and a database."]


@pytest.mark.parametrize(
    ("text", "cell", "message", "remedy"),
    [
        ("[horizon]\nhorizonn = 3", "line 2", "There is no setting 'horizonn' in [horizon].",
         "Did you mean 'horizon'?"),
        ("[horizons]\nhorizon = 3", "line 1", "There is no section [horizons].",
         "Did you mean 'horizon'?"),
        ("horizon = 3", "line 1", "horizon stands outside of any section.",
         "Move it to [horizon]."),
        ("[company]\n\nhorizon = 3", "line 3", "horizon does not belong to [company].",
         "Move it to [horizon]."),
        ("[horizon]\nhorizon = 40", "line 2", "horizon cannot be 40.", "Allowed: 3 to 36."),
        ('[horizon]\nhorizon = "24"', "line 2", "horizon has to be a whole number, not '24'.",
         "Months planned ahead"),
        ("[horizon]\nhorizon = true", "line 2", "horizon has to be a whole number, not True.", ""),
        ("[supply]\ntarget_days = -1", "line 2", "target_days cannot be -1.",
         "Allowed: 0 or more."),
        ('[calendar]\ncalendar = "445"', "line 2", "calendar cannot be '445'.",
         "Did you mean '4-4-5'?"),
        ('[demand]\nforecaster = "prophet"', "line 2", "forecaster cannot be 'prophet'.",
         "Choose one of: "),
        ('[horizon]\nplanning_level = ["familly"]', "line 2",
         "planning_level cannot hold 'familly'.", "Did you mean 'family'?"),
        ('[horizon]\nplanning_level = ["region", "family"]', "line 2",
         "planning_level cannot be ['region', 'family'].", "Begin with family or item"),
        ('[horizon]\nplanning_level = ["family", "item"]', "line 2",
         "planning_level cannot be ['family', 'item'].", "Begin with family or item"),
        ('[horizon]\nplanning_level = ["family", "family"]', "line 2",
         "planning_level names a level twice.", "Name each level once."),
        ('[horizon]\nplanning_level = []', "line 2", "planning_level cannot be [].", "Begin with"),
        ('[horizon]\nplanning_level = "family"', "line 2",
         'planning_level has to be a list such as ["family", "region"], not \'family\'.',
         "Level"),
        ("[sources.actual]\nfile = 'a.csv'", "line 1", "There is no table 'actual' to load.",
         "Did you mean 'actuals'?"),
        ("[sources.items]\nfil = 'a.csv'", "line 2", "There is no key 'fil' in [sources.items].",
         "Did you mean 'file'?"),
        ("[sources.items]\nfile = 3", "line 2",
         "file has to be a text in quotation marks, not 3.", ""),
        ("[sources.items]\ndecimal = 'x'", "line 2", "decimal cannot be 'x'.",
         "Choose one of: ., ,."),
        ("[sources.items]\ncolumns = ['a']", "line 2", "columns has to be headers and columns.",
         "Like"),
        ("[sources.items]\nurl = 'sqlite:///a.db'", "line 1",
         "[sources.items] needs both url and query.", "Give both, or neither."),
        ("sources = 3", "line 1", "sources has to be a section such as [sources.actuals].", "Give"),
        ("[company\ncompany = 'A'", "line 1, column 9",
         "sop.toml cannot be understood: Expected ']' at the end of a table declaration.", "Texts"),
        ("[company]\ncompany = A", "line 2, column 11",
         "sop.toml cannot be understood: Invalid value.", "Texts"),
        ("[company]\ncompany = 'A", "line 2", "sop.toml cannot be understood: ", "Texts"),
    ],
)
def test_a_mistake_is_named_with_its_line(
    text: str, cell: str, message: str, remedy: str
) -> None:
    ((found_cell, found, told),) = problems(text)
    assert (found_cell, found[: len(message)]) == (cell, message)
    assert told.startswith(remedy)


def test_one_mistake_leaves_the_rest_as_it_is() -> None:
    text = '[company]\ncompany = "A"\nbase_unit = 3\n[horizon]\nhorizon = 12\n'
    settings, _, findings = read_settings(text.encode())
    assert settings == replace(Settings(), company="A", horizon=12)
    assert len(findings) == 1


def test_a_file_that_is_not_utf_8() -> None:
    (finding,) = read_settings('[company]\ncompany = "Söhne"'.encode("cp1252"))[2]
    assert (finding.message, finding.cell) == ("sop.toml is not UTF-8.", "line 2")


def test_whole_numbers_serve_as_numbers() -> None:
    settings, _, findings = read_settings(b"[supply]\ntarget_days = 20")
    assert findings == []
    assert isinstance(settings.target_days, float)
