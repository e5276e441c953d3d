"""A strict check of a compound file against [MS-CFB], version 3, written without our writer.

Excel repairs or refuses files that many readers take. This takes nothing that the specification
forbids, and no waste: every sector and every directory entry has its one place.
"""

import struct
from collections.abc import Callable
from dataclasses import dataclass
from itertools import pairwise

HEADER_SIZE = SECTOR_SIZE = 512
MINI_SECTOR_SIZE, ENTRY_SIZE = 64, 128
MINI_STREAM_CUTOFF = 4096
FREE, END_OF_CHAIN, FAT_SECTOR, NO_STREAM = 0xFFFFFFFF, 0xFFFFFFFE, 0xFFFFFFFD, 0xFFFFFFFF
UNALLOCATED, STORAGE, STREAM, ROOT = 0, 1, 2, 5
RED, BLACK = 0, 1


class DamagedFileError(Exception):
    """Why a file is no compound file of version 3."""


def require(holds: bool, message: str) -> None:
    if not holds:
        raise DamagedFileError(message)


@dataclass(frozen=True)
class Header:
    fat_sectors: list[int]
    directory_start: int
    mini_fat_start: int
    mini_fat_count: int


@dataclass(frozen=True)
class Entry:
    name: str
    kind: int
    colour: int
    left: int
    right: int
    child: int
    start: int
    size: int

    @property
    def order(self) -> tuple[int, str]:
        return len(self.name.encode("utf-16-le")), self.name.upper()


class Chains:
    """A table of sectors, and which of them have been used."""

    def __init__(self, name: str, table: list[int], read: Callable[[int], bytes]) -> None:
        self.name = name
        self.table = table
        self.read = read
        self.used: dict[int, str] = {}

    def take(self, sector: int, user: str) -> None:
        require(sector < len(self.table), f"{user} uses {self.name} {sector}, which is not there")
        other = self.used.get(sector)
        require(other is None, f"{user} and {other} share {self.name} {sector}")
        self.used[sector] = user

    def follow(self, start: int, user: str) -> bytes:
        """The content of a chain."""
        found, sector = [], start
        while sector != END_OF_CHAIN:
            self.take(sector, user)
            found.append(self.read(sector))
            sector = self.table[sector]
        return b"".join(found)

    def check_rest(self, count: int) -> None:
        """Every sector is used, and the table says that there are no more."""
        for sector, value in enumerate(self.table):
            if sector < count:
                require(sector in self.used, f"{self.name} {sector} belongs to nothing")
            else:
                require(value == FREE, f"{self.name} {sector} is not there, and not free")


class CompoundFile:
    """A compound file that has been checked; `streams` by their paths."""

    def __init__(self, data: bytes) -> None:
        require(len(data) > HEADER_SIZE, "shorter than a header and a sector")
        require(len(data) % SECTOR_SIZE == 0, "the last sector is not whole")
        self.data = data
        self.streams: dict[str, bytes] = {}
        count = len(data) // SECTOR_SIZE - 1
        header = read_header(data)
        for sector in header.fat_sectors:
            require(sector < count, f"FAT sector {sector} is not there")
        self.sectors = Chains("sector", self.numbers(header.fat_sectors), self.sector)
        require(len(self.sectors.table) >= count, "the FAT does not reach the last sector")
        for sector in header.fat_sectors:
            self.sectors.take(sector, "the FAT")
            require(self.sectors.table[sector] == FAT_SECTOR, f"FAT sector {sector} is not marked")
        self.entries = self.directory(header)
        self.mini = self.mini_chains(header)
        self.visited = {0}
        self.walk(0, "")
        for number, entry in enumerate(self.entries):
            is_known = number in self.visited or entry.kind == UNALLOCATED
            require(is_known, f"{entry.name} stands in no storage")
        self.sectors.check_rest(count)
        self.mini.check_rest(self.entries[0].size // MINI_SECTOR_SIZE)

    def sector(self, number: int) -> bytes:
        return self.data[HEADER_SIZE + number * SECTOR_SIZE :][:SECTOR_SIZE]

    def numbers(self, sectors: list[int]) -> list[int]:
        return [n for sector in sectors for n in struct.unpack("<128I", self.sector(sector))]

    def directory(self, header: Header) -> list[Entry]:
        content = self.sectors.follow(header.directory_start, "the directory")
        parts = [content[at : at + ENTRY_SIZE] for at in range(0, len(content), ENTRY_SIZE)]
        require(bool(parts), "there is no directory")
        entries = [read_entry(part) for part in parts]
        root = entries[0]
        require((root.name, root.kind) == ("Root Entry", ROOT), "the first entry is not the root")
        siblings = (root.left, root.right)
        require(siblings == (NO_STREAM, NO_STREAM), "the root has siblings")
        require(all(entry.kind != ROOT for entry in entries[1:]), "there are two roots")
        return entries

    def mini_chains(self, header: Header) -> Chains:
        table = self.sectors.follow(header.mini_fat_start, "the mini FAT")
        require(len(table) == header.mini_fat_count * SECTOR_SIZE, "the mini FAT's count is wrong")
        root = self.entries[0]
        require(root.size % MINI_SECTOR_SIZE == 0, "the mini stream ends within a sector")
        content = self.padded(self.sectors, root, "the mini stream")
        return Chains(
            "mini sector",
            list(struct.unpack(f"<{len(table) // 4}I", table)),
            lambda number: content[number * MINI_SECTOR_SIZE :][:MINI_SECTOR_SIZE],
        )

    def padded(self, chains: Chains, entry: Entry, user: str) -> bytes:
        """The content of a stream, whose last sector is filled up with zeros."""
        content = chains.follow(entry.start, user)
        size = MINI_SECTOR_SIZE if chains.name == "mini sector" else SECTOR_SIZE
        require(-(-entry.size // size) * size == len(content), f"{user}: size and chain differ")
        require(not any(content[entry.size :]), f"{user}: something stands behind the end")
        return content[: entry.size]

    def walk(self, storage: int, path: str) -> None:
        top = self.entries[storage].child
        if top == NO_STREAM:
            return
        require(top < len(self.entries), f"{path or 'the root'}: its child is not there")
        require(self.entries[top].colour == BLACK, f"{path or 'the root'}: its tree begins red")
        _, order = self.tree(top)
        names = [self.entries[number].order for number in order]
        in_order = all(one < next_ for one, next_ in pairwise(names))
        require(in_order, f"{path or 'the root'}: the names are not in order")
        for number in order:
            entry = self.entries[number]
            if entry.kind == STORAGE:
                self.walk(number, f"{path}{entry.name}/")
            else:
                is_short = entry.size < MINI_STREAM_CUTOFF
                chains = self.mini if is_short else self.sectors
                self.streams[path + entry.name] = self.padded(chains, entry, path + entry.name)

    def tree(self, number: int) -> tuple[int, list[int]]:
        """How many black entries every way down meets, and the entries in order."""
        if number == NO_STREAM:
            return 1, []
        require(number < len(self.entries), f"entry {number} is not there")
        entry = self.entries[number]
        require(number not in self.visited, f"{entry.name} stands in two places")
        require(entry.kind in (STORAGE, STREAM), f"entry {number} is neither storage nor stream")
        self.visited.add(number)
        left_height, before = self.tree(entry.left)
        right_height, after = self.tree(entry.right)
        require(left_height == right_height, f"{entry.name}: the tree is not in balance")
        if entry.colour == RED:
            children = [self.entries[n] for n in (entry.left, entry.right) if n != NO_STREAM]
            is_right = all(child.colour == BLACK for child in children)
            require(is_right, f"{entry.name} is red and has a red child")
        return left_height + entry.colour, [*before, number, *after]


def check(data: bytes) -> dict[str, bytes]:
    """The streams of a compound file by their paths.

    Raises:
        DamagedFileError: It breaks a rule of the specification.
    """
    return CompoundFile(data).streams


def read_header(data: bytes) -> Header:
    fields = struct.unpack_from("<8s16s5H6s9I", data)
    signature, class_id, minor, major, byte_order, sector_shift, mini_shift, reserved = fields[:8]
    require(signature.hex() == "d0cf11e0a1b11ae1", "the signature is wrong")
    require(not any(class_id), "the class identifier of the header is not zero")
    require((major, minor) == (3, 0x3E), "the version is not 3.62")
    require(byte_order == 0xFFFE, "the byte order is wrong")
    require((sector_shift, mini_shift) == (9, 6), "the sectors have another size")
    require(not any(reserved), "the reserved bytes of the header are not zero")
    directory_count, fat_count, directory_start, transaction, cutoff = fields[8:13]
    mini_fat_start, mini_fat_count, difat_start, difat_count = fields[13:]
    require(directory_count == 0, "version 3 counts no directory sectors")
    require(transaction == 0, "the transaction signature is not zero")
    require(cutoff == MINI_STREAM_CUTOFF, "the mini stream's cutoff is wrong")
    require((difat_start, difat_count) == (END_OF_CHAIN, 0), "there are DIFAT sectors")
    difat = struct.unpack_from("<109I", data, 76)
    require(all(n == FREE for n in difat[fat_count:]), "the FAT has more sectors than its count")
    return Header(list(difat[:fat_count]), directory_start, mini_fat_start, mini_fat_count)


def read_entry(content: bytes) -> Entry:
    name_field, length, kind, colour, left, right, child = struct.unpack_from("<64sHBBIII", content)
    class_id, state, created, modified, start, size = struct.unpack_from("<16sIQQIQ", content, 80)
    if kind == UNALLOCATED:
        blank = bytes(68) + struct.pack("<3I", NO_STREAM, NO_STREAM, NO_STREAM) + bytes(48)
        require(content == blank, "an entry that is not used is not blank")
        return Entry("", kind, colour, left, right, child, start, size)
    require(length % 2 == 0 and 4 <= length <= 64, "the length of a name is wrong")
    name = name_field[: length - 2].decode("utf-16-le", errors="replace")
    require(not any(name_field[length - 2 :]), f"{name!r}: something stands behind the name")
    require(not set("/\\:!\0\ufffd") & set(name), f"{name!r} is no name")
    require(kind in (STORAGE, STREAM, ROOT), f"{name} is of an unknown kind")
    require(colour in (RED, BLACK), f"{name} is neither red nor black")
    require(not any(class_id) and state == 0, f"{name} has a class or state bits")
    require((created, modified) == (0, 0), f"{name} has a time, which changes with every build")
    require(size < 1 << 31, f"{name} is too large for version 3")
    if kind == STORAGE:
        require((start, size) == (0, 0), f"{name} is a storage and has content")
    if kind == STREAM:
        require(child == NO_STREAM, f"{name} is a stream and has a child")
    return Entry(name, kind, colour, left, right, child, start, size)
