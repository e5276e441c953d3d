"""Writes compound files, version 3: a file system in a file, [MS-CFB].

Excel is strict about them. Times and class identifiers are zero, the order is fixed: the same tree
gives the same bytes.
"""

from __future__ import annotations

import struct
from collections.abc import Mapping
from dataclasses import dataclass, field
from enum import IntEnum
from itertools import pairwise
from typing import TypeAlias

Tree: TypeAlias = "Mapping[str, bytes | Tree]"
"""A storage by the names in it: bytes are a stream, a mapping is a storage."""

SIGNATURE = bytes.fromhex("D0CF11E0A1B11AE1")
MINOR_VERSION, MAJOR_VERSION, LITTLE_ENDIAN = 0x003E, 0x0003, 0xFFFE
SECTOR_SHIFT, MINI_SECTOR_SHIFT = 9, 6
SECTOR_SIZE, MINI_SECTOR_SIZE = 1 << SECTOR_SHIFT, 1 << MINI_SECTOR_SHIFT
MINI_STREAM_CUTOFF = 4096
"""Streams shorter than this are kept in mini sectors."""
DIFAT_IN_HEADER = 109
"""FAT sectors that the header can name: enough for 7 MB."""
NUMBERS_IN_SECTOR = SECTOR_SIZE // 4
ENTRIES_IN_SECTOR = 4
LONGEST_NAME = 31

# special sector numbers and the stream identifier of an entry that is not there
FATSECT, ENDOFCHAIN, FREESECT = 0xFFFFFFFD, 0xFFFFFFFE, 0xFFFFFFFF
NOSTREAM = 0xFFFFFFFF


class Kind(IntEnum):
    """Object Type of a directory entry."""

    UNALLOCATED = 0
    STORAGE = 1
    STREAM = 2
    ROOT = 5


class Colour(IntEnum):
    """Color Flag of a directory entry."""

    RED = 0
    BLACK = 1


@dataclass(slots=True)
class _Entry:
    """A directory entry; siblings and child are positions in the directory."""

    name: str = ""
    kind: Kind = Kind.UNALLOCATED
    data: bytes = b""
    colour: Colour = Colour.RED
    left: int = NOSTREAM
    right: int = NOSTREAM
    child: int = NOSTREAM
    start: int = 0
    size: int = 0

    def to_bytes(self) -> bytes:
        name = f"{self.name}\0".encode("utf-16-le") if self.name else b""
        return struct.pack(
            "<64sHBBIII16sIQQIQ",
            *(name, len(name), self.kind, self.colour, self.left, self.right, self.child),
            *(bytes(16), 0, 0, 0, self.start, self.size),  # class, state bits, two times
        )


@dataclass(slots=True)
class _Chains:
    """Streams in sectors of one size, and the table that chains the sectors."""

    sector_size: int
    data: bytearray = field(default_factory=bytearray)
    table: list[int] = field(default_factory=list)

    def add(self, stream: bytes) -> int:
        """The number of the stream's first sector."""
        if not stream:
            return ENDOFCHAIN
        first, count = len(self.table), -(-len(stream) // self.sector_size)
        self.table += [*range(first + 1, first + count), ENDOFCHAIN]
        self.data += stream.ljust(count * self.sector_size, b"\0")
        return first


def compound_file(tree: Tree) -> bytes:
    """The compound file that holds a tree of storages and streams.

    Raises:
        ValueError: A name that a compound file cannot have, or more than about 7 MB.
    """
    directory = [_Entry("Root Entry", Kind.ROOT, colour=Colour.BLACK)]
    directory[0].child = _add_children(directory, tree)
    sectors, mini_sectors = _Chains(SECTOR_SIZE), _Chains(MINI_SECTOR_SIZE)
    for entry in directory:
        if entry.kind is Kind.STREAM:
            is_short = len(entry.data) < MINI_STREAM_CUTOFF
            entry.start = (mini_sectors if is_short else sectors).add(entry.data)
            entry.size = len(entry.data)
    directory[0].start = sectors.add(bytes(mini_sectors.data))
    directory[0].size = len(mini_sectors.data)
    mini_fat = _numbers(mini_sectors.table)
    mini_fat_start = sectors.add(mini_fat)
    directory += [_Entry() for _ in range(-len(directory) % ENTRIES_IN_SECTOR)]
    directory_start = sectors.add(b"".join(entry.to_bytes() for entry in directory))
    fat_sectors = _add_fat(sectors)
    header = _header(fat_sectors, directory_start, mini_fat_start, len(mini_fat) // SECTOR_SIZE)
    return header + sectors.data


def _add_children(directory: list[_Entry], tree: Tree) -> int:
    """Add what a storage holds to the directory; the position of the entry its tree begins with."""
    names = sorted(tree, key=_order)
    _check(names)
    first = len(directory)
    for name in names:
        node = tree[name]
        if isinstance(node, bytes):
            directory.append(_Entry(name, Kind.STREAM, node))
        else:
            directory.append(_Entry(name, Kind.STORAGE))
    siblings = directory[first:]
    root = _link(siblings, first, 0, len(siblings), depth=0)
    for entry in siblings:
        node = tree[entry.name]
        if not isinstance(node, bytes):
            entry.child = _add_children(directory, node)
    return root


def _order(name: str) -> tuple[int, str]:
    """Siblings are in order of length, then of the letters without case, [MS-CFB] 2.6.4."""
    return len(name.encode("utf-16-le")), name.upper()


def _check(names: list[str]) -> None:
    for name in names:
        length = len(name.encode("utf-16-le")) // 2
        if not 0 < length <= LONGEST_NAME or set("/\\:!\0") & set(name):
            raise ValueError(f"{name!r} is no name for a stream or a storage")
    for name, after in pairwise(names):
        if _order(name) == _order(after):
            raise ValueError(f"{name!r} and {after!r} are one name in a compound file")


def _link(siblings: list[_Entry], offset: int, first: int, end: int, depth: int) -> int:
    """Make a balanced tree of the siblings from `first` to before `end`: the position of its root.

    Only the deepest level is red, so no red entry has a red child, and every way down meets as
    many black entries as any other.

    Args:
        offset: The position of the first sibling in the directory.
    """
    if first == end:
        return NOSTREAM
    deepest = len(siblings).bit_length() - 1
    middle = (first + end) // 2
    entry = siblings[middle]
    entry.colour = Colour.RED if depth == deepest > 0 else Colour.BLACK
    entry.left = _link(siblings, offset, first, middle, depth + 1)
    entry.right = _link(siblings, offset, middle + 1, end, depth + 1)
    return offset + middle


def _add_fat(sectors: _Chains) -> range:
    """Write the table of the sectors behind them; it has entries for its own sectors too."""
    used, count = len(sectors.table), 0
    while count * NUMBERS_IN_SECTOR < used + count:
        count += 1
    if count > DIFAT_IN_HEADER:
        raise ValueError("too large for a compound file without DIFAT sectors: over 7 MB")
    sectors.table += [FATSECT] * count
    sectors.data += _numbers(sectors.table)
    return range(used, used + count)


def _numbers(table: list[int]) -> bytes:
    """Sector numbers as whole sectors."""
    full = table + [FREESECT] * (-len(table) % NUMBERS_IN_SECTOR)
    return struct.pack(f"<{len(full)}I", *full)


def _header(
    fat_sectors: range, directory_start: int, mini_fat_start: int, mini_fat_sectors: int
) -> bytes:
    difat = [*fat_sectors, *[FREESECT] * (DIFAT_IN_HEADER - len(fat_sectors))]
    return struct.pack(
        "<8s16s5H6s9I109I",
        *(SIGNATURE, bytes(16)),
        *(MINOR_VERSION, MAJOR_VERSION, LITTLE_ENDIAN, SECTOR_SHIFT, MINI_SECTOR_SHIFT, bytes(6)),
        # directory sectors (0 in version 3), the transaction signature is 0 as well
        *(0, len(fat_sectors), directory_start, 0, MINI_STREAM_CUTOFF),
        *(mini_fat_start, mini_fat_sectors),
        *(ENDOFCHAIN, 0),  # no DIFAT sectors
        *difat,
    )
