"""Arrays in files of their own, mapped: their pages are shared by every process that reads them."""

from __future__ import annotations

import threading
from dataclasses import fields
from pathlib import Path
from typing import Any

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
