"""The compound file writer, and the checker that judges it."""

import contextlib
import struct
import zipfile

import pytest
from hypothesis import given
from hypothesis import strategies as st

from sop_xl.workbook.vba.compound import Tree, compound_file
from tests.workbook.vba import readers
from tests.workbook.vba.compound_checker import DamagedFileError, check

TREE: Tree = {
    "VBA": {
        "dir": b"d" * 700,
        "Planning": b"p" * 5000,
        "Demand": b"q" * 64,
        "Supply": b"s",
        "Empty": b"",
    },
    "PROJECT": b"ID",
    "PROJECTwm": b"m" * 4096,
}
STREAMS = {
    "VBA/dir": b"d" * 700,
    "VBA/Planning": b"p" * 5000,
    "VBA/Demand": b"q" * 64,
    "VBA/Supply": b"s",
    "VBA/Empty": b"",
    "PROJECT": b"ID",
    "PROJECTwm": b"m" * 4096,
}


def test_what_is_written_is_read() -> None:
    assert check(compound_file(TREE)) == STREAMS


def test_olefile_has_no_complaint() -> None:
    file = readers.ole(compound_file(TREE))
    assert file.parsing_issues == []
    read = {"/".join(path): file.openstream(path).read() for path in file.listdir()}
    assert read == STREAMS


@pytest.mark.parametrize("count", [*range(20), 31, 32, 63, 64, 300])
def test_any_number_of_names_makes_a_tree_in_balance(count: int) -> None:
    streams = {f"Module{number}": b"x" * number for number in range(count)}
    assert check(compound_file(dict(streams))) == streams


@pytest.mark.parametrize("size", [0, 1, 63, 64, 65, 4095, 4096, 4097, 65_024, 65_536, 1_000_000])
def test_any_size_of_stream(size: int) -> None:
    content = bytes(number % 251 for number in range(size))
    assert check(compound_file({"stream": content})) == {"stream": content}


names = st.text(st.sampled_from("abCDé_1"), min_size=1, max_size=12)


@given(st.dictionaries(names, st.binary(max_size=200) | st.just(b"z" * 5000), max_size=12))
def test_names_of_any_case_and_length(streams: dict[str, bytes]) -> None:
    unique = {name.upper(): (name, content) for name, content in streams.items()}
    tree = dict(unique.values())
    assert check(compound_file(tree)) == tree


def test_the_order_of_the_tree_does_not_matter() -> None:
    backwards = dict(reversed([*TREE.items()]))
    assert compound_file(backwards) == compound_file(TREE)


@pytest.mark.parametrize(
    "name", ["", "a/b", "a\\b", "a:b", "a!b", "a\0b", "n" * 32, "\U0001f4c8" * 16]
)
def test_names_that_cannot_be(name: str) -> None:
    with pytest.raises(ValueError, match="is no name"):
        compound_file({name: b""})


def test_names_that_differ_in_case_only() -> None:
    with pytest.raises(ValueError, match="'Plan' and 'plan' are one name"):
        compound_file({"Plan": b"", "plan": b""})


def test_the_largest_file() -> None:
    # 109 sectors of 128 numbers; one is the directory's, the FAT takes 109
    largest = (109 * 128 - 109 - 1) * 512
    content = b"x" * largest
    assert check(compound_file({"stream": content})) == {"stream": content}
    with pytest.raises(ValueError, match="over 7 MB"):
        compound_file({"stream": content + b"x"})


# ---- the checker ------------------------------------------------------------------------------


END, FREE = 0xFFFFFFFE, 0xFFFFFFFF
# where the fields of the header and of a directory entry stand
CLASS_ID, MAJOR, BYTE_ORDER, SHIFT, RESERVED, DIRECTORIES = 8, 26, 28, 30, 34, 40
DIRECTORY, TRANSACTION, CUTOFF, MINI_FAT, MINI_FATS, DIFAT, FATS = 48, 52, 56, 60, 64, 68, 76
LENGTH, KIND, COLOUR, LEFT, RIGHT, CHILD = 64, 66, 67, 68, 72, 76
CLASS, CREATED, START, SIZE = 80, 100, 116, 120


def place(data: bytearray, part: str) -> int:
    """Where a part of the file begins: the header, a table, the mini stream or an entry."""
    if part == "header":
        return 0
    if field := {"FAT": FATS, "mini FAT": MINI_FAT}.get(part):
        return 512 * (1 + int(struct.unpack_from("<I", data, field)[0]))
    (directory,) = struct.unpack_from("<I", data, DIRECTORY)
    entries = 512 * (directory + 1)
    if part == "mini stream":
        return 512 * (1 + int(struct.unpack_from("<I", data, entries + START)[0]))
    return data.index(f"{part}\0".encode("utf-16-le"), entries)


def test_the_checker_takes_excels_own_file_without_its_dates() -> None:
    with zipfile.ZipFile(readers.SAVED_BY_EXCEL) as archive:
        data = bytearray(archive.read(readers.VBA_PART))
    with pytest.raises(DamagedFileError, match="Root Entry has a time"):
        check(bytes(data))
    for storage in ("Root Entry", "VBA"):
        struct.pack_into("<QQ", data, place(data, storage) + CREATED, 0, 0)
    assert set(check(bytes(data))) == set(readers.excels_project())


# Sectors 0 to 7 are those of PROJECTwm; mini sector 0 is that of PROJECT, 1 to 11 those of dir.
@pytest.mark.parametrize(
    ("part", "offset", "layout", "value", "message"),
    [
        ("header", 0, "B", 0, "the signature is wrong"),
        ("header", CLASS_ID, "B", 1, "class identifier of the header"),
        ("header", MAJOR, "H", 4, "the version is not 3.62"),
        ("header", BYTE_ORDER, "H", 0xFEFF, "the byte order is wrong"),
        ("header", SHIFT, "H", 12, "the sectors have another size"),
        ("header", RESERVED, "B", 1, "the reserved bytes of the header"),
        ("header", DIRECTORIES, "I", 2, "version 3 counts no directory sectors"),
        ("header", DIRECTORY, "I", END, "there is no directory"),
        ("header", TRANSACTION, "I", 1, "the transaction signature"),
        ("header", CUTOFF, "I", 512, "the mini stream's cutoff"),
        ("header", MINI_FATS, "I", 2, "the mini FAT's count is wrong"),
        ("header", DIFAT, "I", 1, "there are DIFAT sectors"),
        ("header", FATS, "I", 900, "FAT sector 900 is not there"),
        ("header", FATS + 4, "I", 3, "the FAT has more sectors than its count"),
        ("FAT", 4 * 3, "I", 900, "PROJECTwm uses sector 900, which is not there"),
        ("FAT", 4 * 3, "I", 0, "PROJECTwm and PROJECTwm share sector 0"),
        ("FAT", 4 * 6, "I", END, "PROJECTwm: size and chain differ"),
        ("FAT", 4 * 7, "I", FREE, "PROJECTwm uses sector 4294967295"),
        ("FAT", 4 * 100, "I", END, "sector 100 is not there, and not free"),
        ("mini FAT", 0, "I", 2, "PROJECT and VBA/dir share mini sector 2"),
        ("mini FAT", 4 * 5, "I", 1, "dir share mini sector 1"),
        ("mini FAT", 4 * 100, "I", END, "mini sector 100 is not there, and not free"),
        ("mini stream", 10, "B", 1, "PROJECT: something stands behind the end"),
        ("Root Entry", 0, "H", ord("r"), "the first entry is not the root"),
        ("Root Entry", RIGHT, "I", 2, "the root has siblings"),
        ("Root Entry", SIZE, "Q", 1000, "the mini stream ends within a sector"),
        ("Root Entry", SIZE, "Q", 6400, "the mini stream: size and chain differ"),
        ("Root Entry", CHILD, "I", 70, "the root: its child is not there"),
        ("dir", KIND, "B", 5, "there are two roots"),
        ("dir", KIND, "B", 3, "dir is of an unknown kind"),
        ("dir", KIND, "B", 0, "an entry that is not used is not blank"),
        ("dir", LENGTH, "H", 7, "the length of a name"),
        ("dir", 40, "B", 65, "'dir': something stands behind the name"),
        ("dir", 2, "H", ord("/"), "'d/r' is no name"),
        ("dir", COLOUR, "B", 2, "dir is neither red nor black"),
        ("dir", CLASS, "B", 1, "dir has a class or state bits"),
        ("dir", CREATED, "Q", 1, "dir has a time"),
        ("dir", CHILD, "I", 5, "dir is a stream and has a child"),
        ("dir", RIGHT, "I", 70, "entry 70 is not there"),
        ("dir", RIGHT, "I", 0, "Root Entry stands in two places"),
        ("Planning", SIZE, "Q", 1 << 31, "Planning is too large"),
        ("PROJECTwm", START, "I", 9, "PROJECTwm and VBA/Planning share sector 9"),
        ("Planning", START, "I", 9, "VBA/Planning: size and chain differ"),
        ("VBA", SIZE, "Q", 1, "VBA is a storage and has content"),
        ("VBA", CHILD, "I", FREE, "stands in no storage"),
        ("VBA", COLOUR, "B", 1, "PROJECT: the tree is not in balance"),
        ("PROJECT", COLOUR, "B", 0, "the root: its tree begins red"),
        ("Empty", COLOUR, "B", 0, "Empty is red and has a red child"),
        ("Supply", 0, "H", ord("A"), "VBA/: the names are not in order"),
    ],
)
def test_the_checker_refuses_a_damaged_file(
    part: str, offset: int, layout: str, value: int, message: str
) -> None:
    data = bytearray(compound_file(TREE))
    struct.pack_into(f"<{layout}", data, place(data, part) + offset, value)
    with pytest.raises(DamagedFileError, match=message):
        check(bytes(data))


def test_the_checker_refuses_what_is_missing_or_too_much() -> None:
    data = compound_file(TREE)
    for damaged, message in [
        (data[:512], "shorter than"),
        (data + b"x", "the last sector is not whole"),
        (data + bytes(512), "belongs to nothing"),
        (data + bytes(512 * 128), "the FAT does not reach"),
        (data[:-512], "is not there"),
    ]:
        with pytest.raises(DamagedFileError, match=message):
            check(damaged)


def test_no_byte_can_change_unseen() -> None:
    tree: Tree = {"VBA": {"dir": b"d" * 100, "Sheet1": b"s" * 70}, "PROJECT": b"ID"}
    data = bytearray(compound_file(tree))
    streams = check(bytes(data))
    unseen = []
    for at in range(len(data)):
        data[at] ^= 0xFF
        with contextlib.suppress(DamagedFileError):
            if check(bytes(data)) == streams:
                unseen.append(at)
        data[at] ^= 0xFF
    # the root has no siblings, and any colour does: Excel's own is red
    data[place(data, "Root Entry") + COLOUR] ^= 1
    assert check(bytes(data)) == streams
    assert unseen == []
