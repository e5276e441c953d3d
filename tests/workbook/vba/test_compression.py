"""Compression, against the examples of [MS-OVBA], Excel's own output and two decompressors."""

import random

import pytest
from hypothesis import given
from hypothesis import strategies as st

from sop_xl.workbook.vba.compression import compress
from tests.workbook.vba import readers
from tests.workbook.vba.decompressor import decompress

# [MS-OVBA] 3.2.1 No Compression, 3.2.2 Normal Compression, 3.2.3 Maximum Compression Example
PUBLISHED = {
    "abcdefghijklmnopqrstuv.": """
        01 19 B0 00 61 62 63 64 65 66 67 68 00 69 6A 6B 6C 6D 6E 6F 70 00 71 72 73 74 75 76 2E""",
    "#aaabcdefaaaaghijaaaaaklaaamnopqaaaaaaaaaaaarstuvwxyzaaa": """
        01 2F B0 00 23 61 61 61 62 63 64 65 82 66 00 70 61 67 68 69 6A 01 38 08 61 6B 6C 00 30 6D
        6E 6F 70 06 71 02 70 04 10 72 73 74 75 76 10 77 78 79 7A 00 3C""",
    "a" * 73: "01 03 B0 02 61 45 00",
}


@pytest.mark.parametrize(("text", "published"), PUBLISHED.items())
def test_the_published_examples_come_out_byte_for_byte(text: str, published: str) -> None:
    assert compress(text.encode()) == bytes.fromhex(published)


@pytest.mark.parametrize("published", PUBLISHED.values())
def test_the_decompressor_of_these_tests_reads_the_published_examples(published: str) -> None:
    container = bytes.fromhex(published)
    assert decompress(container) == readers.olevba_decompress(container)


@pytest.mark.parametrize("module", ["ThisWorkbook", "Sheet1", "Sheet2", "Module1"])
def test_short_modules_are_compressed_as_excel_does(module: str) -> None:
    stream = readers.excels_project()[f"VBA/{module}"]
    container = stream[stream.rindex(b"\x01", 0, stream.index(b"Attribut")) :]
    assert compress(decompress(container)) == container


def both_read(container: bytes) -> bytes:
    found = decompress(container)
    assert readers.olevba_decompress(container) == found
    return found


@given(st.binary(max_size=3640))
def test_any_bytes_of_a_short_chunk_come_back(data: bytes) -> None:
    assert both_read(compress(data)) == data


@given(st.text(st.sampled_from("ab_ ()=\r\n"), max_size=9000).map(str.encode))
def test_text_over_several_chunks_comes_back(data: bytes) -> None:
    assert both_read(compress(data)) == data


@given(
    st.lists(
        st.tuples(st.binary(min_size=1, max_size=40), st.integers(1, 400)), min_size=1, max_size=20
    )
)
def test_long_repetitions_come_back(runs: list[tuple[bytes, int]]) -> None:
    data = b"".join(part * times for part, times in runs) * 2
    assert both_read(compress(data)) == data


def noise(size: int) -> bytes:
    """Bytes in which nothing is repeated that would be worth a copy token."""
    return random.Random(7).randbytes(size)


def test_a_whole_chunk_of_noise_is_stored_as_it_is() -> None:
    data = noise(4096) + b"Option Explicit\r\n"
    container = compress(data)
    assert container[1:3] == b"\xff\x3f"  # 4,098 bytes with the header, not compressed
    assert container[3:4099] == data[:4096]
    assert both_read(container) == data


def test_the_longest_noise_that_a_short_chunk_takes() -> None:
    # 3,640 tokens and 455 flag bytes are 4,095 bytes; one token more needs a flag byte more
    assert both_read(compress(noise(3640))) == noise(3640)
    with pytest.raises(ValueError, match="the last 3641 bytes can be stored neither"):
        compress(noise(3641))


@given(st.integers(3641, 4095), st.randoms(use_true_random=False))
def test_noise_in_the_last_chunk_comes_back_or_is_refused(size: int, source: random.Random) -> None:
    data = source.randbytes(size)
    try:
        container = compress(data)
    except ValueError:
        return
    assert both_read(container) == data


def test_nothing_is_an_empty_container() -> None:
    assert compress(b"") == b"\x01"


def test_source_code_shrinks_to_less_than_half() -> None:
    source = readers.XLWINGS_BAS.encode("cp1252")
    assert len(compress(source)) < len(source) / 2


@pytest.mark.parametrize(
    ("container", "message"),
    [
        ("02", "SignatureByte"),
        ("01 19 B0 00 61", "ends early"),
        ("01 01 C0 00 61", "Signature is not"),
        ("01 03 B0 01 61 45 00", "from before the chunk"),
        ("01 01 B0 02 61", "flags for tokens"),
        ("01 00 B0 00", "without tokens"),
        ("01 01 30 00 61", "raw chunk"),
        ("01 01 B0 00 61 01 B0 00 61", "only the last"),
    ],
)
def test_the_decompressor_of_these_tests_refuses(container: str, message: str) -> None:
    with pytest.raises(ValueError, match=message):
        decompress(bytes.fromhex(container))
