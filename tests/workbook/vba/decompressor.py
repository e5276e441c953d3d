"""The decompression of [MS-OVBA] 2.4.1.3.1 to 2.4.1.3.5, written without our compression."""

import struct


def decompress(container: bytes) -> bytes:
    """What a CompressedContainer holds.

    Raises:
        ValueError: It breaks a rule of the specification.
    """
    _require(container[:1] == b"\x01", "SignatureByte is not 1")
    out, at = bytearray(), 1
    while at < len(container):
        _require(len(out) % 4096 == 0, "only the last chunk may be short")
        (header,) = struct.unpack_from("<H", container, at)
        _require(header >> 12 & 0b111 == 0b011, "CompressedChunkSignature is not 0b011")
        data = container[at + 2 : at + (header & 0xFFF) + 3]
        _require(len(data) == (header & 0xFFF) + 1, "the chunk ends early")
        out += _tokens(data) if header >> 15 else _raw(data)
        at += 2 + len(data)
    return bytes(out)


def _raw(data: bytes) -> bytes:
    _require(len(data) == 4096, "a raw chunk has 4,096 bytes")
    return data


def _tokens(data: bytes) -> bytes:
    out, at = bytearray(), 0
    while at < len(data):
        flags = data[at]
        at += 1
        _require(at < len(data), "a flag byte without tokens")
        for bit in range(8):
            if at == len(data):
                _require(flags >> bit == 0, "flags for tokens that are not there")
                break
            if flags >> bit & 1:
                (token,) = struct.unpack_from("<H", data, at)
                at += 2
                _copy(out, token)
            else:
                out.append(data[at])
                at += 1
    _require(0 < len(out) <= 4096, "a chunk holds 1 to 4,096 bytes")
    return bytes(out)


def _copy(out: bytearray, token: int) -> None:
    bits = 4
    while 1 << bits < len(out):
        bits += 1
    length, offset = (token & 0xFFFF >> bits) + 3, (token >> 16 - bits) + 1
    _require(offset <= len(out), "a copy from before the chunk")
    for _ in range(length):
        out.append(out[-offset])


def _require(holds: bool, message: str) -> None:
    if not holds:
        raise ValueError(message)
