"""The compression of VBA streams, [MS-OVBA] 2.4.1.

A stream is cut into chunks of 4,096 bytes. In a chunk, what stood there before is replaced by a
copy token: how far back, how long.
"""

from __future__ import annotations

import struct

SIGNATURE = b"\x01"
"""SignatureByte: begins every compressed stream."""
CHUNK_SIZE = 4096
"""Bytes of a chunk before compression; only the last chunk of a stream may have fewer."""
SHORTEST_MATCH = 3
"""A copy token takes two bytes: it pays from three on."""
TOKENS_IN_SEQUENCE = 8

# CompressedChunkHeader: twelve bits of size (of the chunk with its header, less 3), the signature
# 0b011, one bit that is set if the chunk is compressed
_CHUNK_SIGNATURE = 0b011 << 12
_IS_COMPRESSED = 1 << 15


def compress(data: bytes) -> bytes:
    """A CompressedContainer that holds `data`.

    Raises:
        ValueError: What is left for the last chunk is shorter than a chunk, and it does not shrink:
            there is no way to write it. A chunk that is not compressed always stands for 4,096
            bytes, and filling it up would add zeros to the data. More than 3,640 bytes in which
            next to nothing is repeated have to meet there; source code does not look so.
    """
    chunks = [data[at : at + CHUNK_SIZE] for at in range(0, len(data), CHUNK_SIZE)]
    return SIGNATURE + b"".join(map(_compressed_chunk, chunks))


def _compressed_chunk(chunk: bytes) -> bytes:
    tokens = _token_sequences(chunk)
    if len(tokens) <= CHUNK_SIZE:
        return _header(len(tokens), _IS_COMPRESSED) + tokens
    if len(chunk) < CHUNK_SIZE:
        raise ValueError(
            f"the last {len(chunk)} bytes can be stored neither compressed nor as they are"
        )
    return _header(CHUNK_SIZE, 0) + chunk


def _header(size: int, flag: int) -> bytes:
    return struct.pack("<H", size - 1 | _CHUNK_SIGNATURE | flag)


def _token_sequences(chunk: bytes) -> bytes:
    """The chunk as sequences of a flag byte and eight tokens; a set flag marks a copy token.

    Matches are sought where earlier tokens began, not at every byte: twice as fast, and
    source code grows by less than a tenth. The examples in [MS-OVBA] 3.2 were made so.
    """
    out = bytearray()
    begins: dict[bytes, list[int]] = {}
    position = 0
    while position < len(chunk):
        flags_at = len(out)
        out.append(0)
        for bit in range(TOKENS_IN_SEQUENCE):
            if position >= len(chunk):
                break
            earlier = begins.setdefault(chunk[position : position + SHORTEST_MATCH], [])
            start, length = _longest_match(chunk, position, earlier)
            earlier.append(position)
            if length < SHORTEST_MATCH:
                out.append(chunk[position])
                position += 1
            else:
                out[flags_at] |= 1 << bit
                out += _copy_token(position, position - start, length)
                position += length
    return bytes(out)


def _offset_bits(position: int) -> int:
    """How many of a copy token's 16 bits hold the offset: as many as the position needs, 4 to 12.

    [MS-OVBA] 2.4.1.3.19.1, CopyToken Help.
    """
    return max((position - 1).bit_length(), 4)


def _copy_token(position: int, offset: int, length: int) -> bytes:
    packed = (offset - 1) << (16 - _offset_bits(position)) | (length - SHORTEST_MATCH)
    return struct.pack("<H", packed)


def _longest_match(chunk: bytes, position: int, earlier: list[int]) -> tuple[int, int]:
    """Where the longest match begins, the nearest of several, and its length; 0, 0 without one."""
    best_start = best = 0
    if not earlier:
        return best_start, best
    longest = (0xFFFF >> _offset_bits(position)) + SHORTEST_MATCH
    limit = min(longest, len(chunk) - position)
    for start in reversed(earlier):
        if best == limit:
            break
        # a longer match has to agree in the first byte that the best one does not cover
        if chunk[start + best] != chunk[position + best]:
            continue
        length = 0
        while length < limit and chunk[start + length] == chunk[position + length]:
            length += 1
        if length > best:
            best_start, best = start, length
    return best_start, best
