"""A plan folder to frames: what is found, what is missing, what is reported."""

from pathlib import Path

from sop_xl.reading import empty_frame
from sop_xl.sources import NO_CYCLE, PlanFolder, init, load
from sop_xl.tables.data import LOAD_REPORT, SOURCES
from tests.sources.folders import ACTUALS, ERROR, ITEMS, WARNING, folder, lines, loaded, workbook


def test_every_source_has_a_frame_and_the_cycle_follows_the_actuals(tmp_path: Path) -> None:
    result = loaded(tmp_path)
    assert list(result.frames) == [*(table.name for table in SOURCES), "load_report"]
    assert str(result.cycle) == "2024-03"
    assert lines(result.findings) == []
    for table in SOURCES:
        expected = empty_frame(table)
        frame = result.frames[table.name]
        assert frame.dtypes.to_dict() == expected.dtypes.to_dict()
        assert not frame.duplicated(table.keys).any()
        assert list(frame.index) == list(range(len(frame)))


def test_the_load_report_has_a_row_per_source(tmp_path: Path) -> None:
    result = loaded(
        tmp_path,
        stock="Date,Item,On hand\n2024-01-31,A,5\n2024-02-28,A,x\n",
        orders="Order,Quantity,Promised,Delivered\n1,5,2024-02-01,2024-02-20\n",
    )
    report = result.frames["load_report"]
    assert list(report.columns) == LOAD_REPORT.names
    assert report["source"].tolist() == [table.name for table in SOURCES]
    rows = {row[0]: [str(value) for value in row[1:]] for row in report.itertuples(index=False)}
    assert rows["actuals"] == [
        "data/actuals.csv", "3.0", "2024-02-29 00:00:00", "0.0", "0.0", "0.0"
    ]
    assert rows["stock"] == ["data/stock.csv", "2.0", "2024-01-31 00:00:00", "1.0", "1.0", "0.0"]
    assert rows["orders"][:3] == ["data/orders.csv", "1.0", "2024-02-20 00:00:00"]
    assert rows["aop"] == ["", "0.0", "NaT", "0.0", "0.0", "0.0"]


def test_nothing_at_all_is_two_errors(tmp_path: Path) -> None:
    result = loaded(tmp_path, items="", actuals="")
    assert lines(result.findings) == [
        "items: Items is missing; without it there is no plan.",
        "actuals: Actuals is missing; without it there is no plan.",
    ]
    assert result.cycle == NO_CYCLE


def test_one_bad_file_does_not_stop_the_others(tmp_path: Path) -> None:
    result = loaded(tmp_path, items=b"\x00\x00", stock="Item,On hand\nA,x\n", aop=b"PK\x03\x04")
    found = lines(result.findings, ERROR)
    assert "data/items.csv: The file is empty." in found
    assert "data/aop.csv: The file is a workbook with the ending of a text file." in found
    assert any(line.startswith("data/stock.csv: No column 'Month'") for line in found)
    assert "data/stock.csv: row 2, On hand: On hand: 'x' is not a number." in found
    assert len(result.frames["actuals"]) == 3


def test_one_workbook_with_everything(tmp_path: Path) -> None:
    plan = folder(tmp_path, items="", actuals="")
    workbook(plan.data / "erp export.xlsx", {
        "Items": [["Item", "Family"], ["A", "F"]],
        "Data_Actuals": [["Month", "Item", "Orders"], ["2024-01", "A", 5]],
        "Bill of resources": [["Item", "Resource", "Hours per unit"], ["A", "R", 0.5]],
        "Notes": [["anything"]],
    })
    result = load(plan)
    assert [len(result.frames[n]) for n in ("items", "actuals", "bill_of_resources")] == [1, 1, 1]
    assert lines(result.findings, ERROR) == []
    assert result.frames["load_report"]["origin"][1] == "data/erp export.xlsx!Data_Actuals"


def test_header_files_give_way_to_the_workbook(tmp_path: Path) -> None:
    plan = folder(tmp_path, items="Item,Family\n", actuals=ACTUALS)
    workbook(plan.data / "Items.xlsx", {"Sheet1": [["Item", "Family"], ["A", "F"], ["B", "F"]]})
    result = load(plan)
    assert result.frames["items"]["item"].tolist() == ["A", "B"]
    assert lines(result.findings, ERROR) == []


def test_a_table_that_is_delivered_twice_is_an_error(tmp_path: Path) -> None:
    plan = folder(tmp_path)
    workbook(plan.data / "items.xlsx", {"Items": [["Item", "Family"], ["Z", "F"]]})
    assert lines(load(plan).findings, ERROR) == [
        "data/items.xlsx: Items is delivered more than once: data/items.csv and"
        " data/items.xlsx!Items."
    ]


def test_a_source_named_in_the_settings(tmp_path: Path) -> None:
    toml = """
[sources.actuals]
file = "exports/sales.txt"
columns = { "Menge" = "orders", "Artikel" = "Item", "Monat" = "period" }
decimal = ","
"""
    (tmp_path / "exports").mkdir()
    (tmp_path / "exports" / "sales.txt").write_text("Monat\tArtikel\tMenge\n01.2024\tA\t1,234\n")
    result = loaded(tmp_path, toml, actuals="")
    assert result.frames["actuals"]["orders"].tolist() == [1.234]
    assert lines(result.findings, ERROR) == []


def test_a_missing_file_names_its_neighbour(tmp_path: Path) -> None:
    result = loaded(tmp_path, "[sources.aop]\nfile = 'data/item.csv'")
    (finding,) = [f for f in result.findings if f.severity is ERROR]
    assert str(finding) == (
        "error: data/item.csv: The file data/item.csv is not there. Did you mean 'items.csv'?"
        " Mend [sources.aop] file in sop.toml."
    )


def test_files_that_deliver_nothing_are_warned_of(tmp_path: Path) -> None:
    plan = folder(tmp_path)
    (plan.data / "actualls.csv").write_text("x")
    (plan.data / "old.xlsx").write_bytes(b"not a workbook")
    (plan.data / "~$items.xlsx").write_bytes(b"lock")
    result = load(plan)
    assert lines(result.findings) == [
        "data/actualls.csv: The file delivers no table.",
        "data/old.xlsx: The file is no Excel workbook, whatever its name says.",
    ]
    assert {f.severity for f in result.findings} == {WARNING}
    assert result.findings[0].remedy.startswith("Did you mean 'actuals'?")


def test_a_damaged_workbook_of_a_tables_name_is_its_error(tmp_path: Path) -> None:
    plan = folder(tmp_path, items="")
    (plan.data / "items.xlsx").write_bytes(b"PK\x03\x04 cut")
    (error,) = [f for f in load(plan).findings if f.table == "items"]
    assert error.severity is ERROR
    assert error.message.startswith("The workbook is damaged or cut off")


def test_mistakes_in_the_settings_come_with_the_load(tmp_path: Path) -> None:
    assert lines(loaded(tmp_path, "[horizon]\nhorizon = 99").findings) == [
        "sop.toml: line 2: horizon cannot be 99."
    ]


def test_progress_is_told(tmp_path: Path) -> None:
    seen: list[tuple[int, int, str]] = []
    load(folder(tmp_path), progress=lambda done, total, text: seen.append((done, total, text)))
    many = seen[0][1]
    assert seen[0] == (0, many, "Reading Items")
    assert many >= len(SOURCES)
    assert seen[-1] == (many, many, "Loaded")
    assert [done for done, _, _ in seen] == list(range(many + 1))


def test_formula_like_text_stays_text_all_the_way(tmp_path: Path) -> None:
    result = loaded(tmp_path, items='Item,Family,Name\nA,F,"=cmd|\'/c calc\'!A0"\nB,F,@x\n')
    assert result.frames["items"]["name"].tolist() == ["=cmd|'/c calc'!A0", "@x"]


def test_a_folder_instead_of_a_file_is_a_finding(tmp_path: Path) -> None:
    (tmp_path / "data" / "x.csv").mkdir(parents=True)
    result = loaded(tmp_path, "[sources.aop]\nfile = 'data/x.csv'")
    assert lines(result.findings, ERROR) == ["data/x.csv: The file data/x.csv is not there."]


MAPPED = "[sources.actuals]\nfile = 'exports/sales.csv'"


def mapped(tmp_path: Path, left: str) -> list[str]:
    """Findings where the actuals are mapped and ``data/actuals.csv`` was left as it is."""
    (tmp_path / "exports").mkdir(exist_ok=True)
    (tmp_path / "exports" / "sales.csv").write_text(ACTUALS)
    return lines(loaded(tmp_path, MAPPED, actuals=left).findings)


def test_a_file_of_headers_is_no_finding_where_the_table_is_mapped(tmp_path: Path) -> None:
    assert mapped(tmp_path, "Month,Item,Orders\n") == []
    assert mapped(tmp_path, "\ufeffMonth,Item,Orders\r\n,,\r\n") == []


def test_the_files_of_init_are_no_finding_where_tables_are_mapped(tmp_path: Path) -> None:
    plan = init(tmp_path, sources={})
    for name, text in (("items", ITEMS), ("actuals", ACTUALS)):
        (tmp_path / f"{name}.txt").write_text(text)
        with plan.settings_file.open("a") as file:
            file.write(f"\n[sources.{name}]\nfile = '{name}.txt'\n")
    assert lines(load(PlanFolder(tmp_path)).findings) == []


def test_rows_that_are_not_read_since_the_table_is_mapped_are_told(tmp_path: Path) -> None:
    assert mapped(tmp_path, ACTUALS) == [
        "data/actuals.csv: Actuals is read from elsewhere; this file is not read."
    ]


def test_settings_that_are_no_toml_are_the_only_finding(tmp_path: Path) -> None:
    """What else is missing follows from it: nobody knows where the data are."""
    result = loaded(tmp_path, MAPPED + "\nx = [", items="Artikel;Gruppe\nA;F\n", actuals="")
    assert lines(result.findings) == [
        "sop.toml: line 3: sop.toml cannot be understood: Invalid value."
    ]
    assert result.cycle == NO_CYCLE
    assert set(result.frames["load_report"]["rows"]) == {0.0}
    assert all(result.frames[table.name].empty for table in SOURCES)


def test_a_wrong_decimal_sign_is_one_finding_for_each_column(tmp_path: Path) -> None:
    days = [(month, day) for month in range(1, 10) for day in range(1, 28)]
    rows = "".join(f"2024-{m:02d}-{d:02d},A,{d}.5,{d * 10}.25\n" for m, d in days)
    balance = "Month,Revenue\n" + "".join(f"2024-{m:02d},5000\n" for m in range(1, 10))
    result = loaded(
        tmp_path, "[sources.actuals]\ndecimal = ','", balance=balance,
        actuals="Date,Item,Orders,Revenue\n" + rows,
    )
    assert [(f.where, f.remedy) for f in result.findings] == [
        (f"data/actuals.csv: row 2, {column}",
         "Its decimal sign seems to be '.': mend decimal in [sources.actuals] of sop.toml.")
        for column in ("Orders", "Revenue")
    ]
