"""Arrays in files of their own, mapped: their pages are shared by every process that reads them."""

from __future__ import annotations

import threading
from dataclasses import fields
from mmap import MADV_DONTNEED, mmap
from pathlib import Path
from types import TracebackType
from typing import Any, BinaryIO

import numpy as np
from numpy.typing import NDArray

# NumPy reads a file's header with `ast`, which in Python 3.11 fails when two threads use it at a time.
_header = threading.Lock()


def save_arrays(holder: Any, folder: Path, name: str) -> None:
    """Write every array of a dataclass as NAME.FIELD.npy."""
    for field in fields(holder):
        np.save(folder / f"{name}.{field.name}.npy", getattr(holder, field.name))


def load_arrays(kind: Any, folder: Path, name: str) -> dict[str, NDArray[Any]]:
    """Map the arrays of a dataclass. Raises OSError or ValueError for one that is missing or cut."""
    return {field.name: mapped(folder / f"{name}.{field.name}.npy") for field in fields(kind)}


def mapped(path: Path) -> NDArray[Any]:
    """An array file, mapped; seen as a plain array, whose slices cost less than a memmap's. Raises OSError, or ValueError when it is damaged."""
    try:
        with _header:
            whole: NDArray[Any] = np.load(path, mmap_mode="r").view(np.ndarray)
    except (OSError, ValueError):
        raise
    except Exception as error:  # NumPy reads the header as Python: a damaged one may raise whatever a tokenizer or an allocation raises
        raise ValueError(f"{path.name}: {type(error).__name__}") from error
    return whole


def let_go(array: NDArray[Any]) -> None:
    """Take the pages of a mapped array out of the memory of this process: who goes through a long one once needs them no more. They come
    again where they are read."""
    held: Any = array
    while isinstance(held, np.ndarray):
        held = held.base
    if isinstance(held, mmap):
        held.madvise(MADV_DONTNEED)


class ArrayFile:
    """An array of one axis, written to a file as it comes; the file is the one that `np.save` would write of the whole."""

    def __init__(self, path: Path, kind: np.dtype[Any]) -> None:
        self.kind = kind
        self.length = 0
        self._file: BinaryIO = path.open("wb")
        self._head()

    def _head(self) -> None:
        """NumPy leaves room in the head of a file for its array to grow: it can be written again in its place."""
        facts = {"descr": np.lib.format.dtype_to_descr(self.kind), "fortran_order": False, "shape": (self.length,)}
        np.lib.format.write_array_header_1_0(self._file, facts)

    def add(self, more: NDArray[Any]) -> None:
        """Append elements."""
        self._file.write(np.ascontiguousarray(more, dtype=self.kind).view(np.uint8).data)
        self.length += len(more)

    def __enter__(self) -> ArrayFile:
        return self

    def __exit__(self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None) -> None:
        with self._file:
            self._file.seek(0)
            self._head()
