"""Answers that were given before: Excel asks again for every cell that it calculates anew."""

from __future__ import annotations

import hashlib
from collections import OrderedDict
from collections.abc import Hashable
from threading import Lock
from typing import Any

import numpy as np
import numpy.typing as npt

from sop_xl.functions import Result
from sop_xl.functions.function import Given


class Memo:
    """Results by function and arguments; the one that was not asked for longest goes first.

    Args:
        entries: Results that it keeps at most.
        size: Bytes that the results take at most, about.
    """

    def __init__(self, entries: int = 5_000, size: int = 64_000_000) -> None:
        self._entries, self._size = entries, size
        self._kept: OrderedDict[Hashable, Result] = OrderedDict()
        self._used = 0
        self._lock = Lock()

    def __len__(self) -> int:
        return len(self._kept)

    def get(self, key: Hashable) -> Result | None:
        """The result, its caller's own to change."""
        with self._lock:
            found = self._kept.get(key)
            if found is not None:
                self._kept.move_to_end(key)
        return found.copy() if isinstance(found, np.ndarray) else found

    def put(self, key: Hashable, result: Result) -> None:
        kept = result.copy() if isinstance(result, np.ndarray) else result
        if _bytes(kept) > self._size:
            return
        with self._lock:
            before = self._kept.pop(key, None)
            self._used -= 0 if before is None else _bytes(before)
            self._kept[key] = kept
            self._used += _bytes(kept)
            while len(self._kept) > self._entries or self._used > self._size:
                self._used -= _bytes(self._kept.popitem(last=False)[1])


def key(name: str, given: Given) -> Hashable:
    """A function and its arguments by value."""
    return (name, *((argument, _by_value(value)) for argument, value in given.items()))


def _by_value(value: Any) -> Hashable:
    """A value, or the shape and the digest of an array: a whole column is not worth keeping."""
    if not isinstance(value, np.ndarray):
        return value  # type: ignore[no-any-return]  # a number, a text, a date: all hashable
    held = _texts(value) if value.dtype == object else value.tobytes()
    return value.shape, hashlib.blake2b(held, digest_size=16).digest()


def _texts(texts: npt.NDArray[np.object_]) -> bytes:
    """Texts one after the other, with their lengths: ("a", "bc") is not ("ab", "c")."""
    lengths = np.fromiter(map(len, texts.ravel()), dtype=np.int64, count=texts.size)
    return lengths.tobytes() + "".join(texts.ravel()).encode("utf-8", "surrogatepass")


def _bytes(result: Result) -> int:
    """About what a result takes; the texts of an array are reckoned as short ones."""
    if not isinstance(result, np.ndarray):
        return 100
    return result.size * (100 if result.dtype == object else result.itemsize)
