"""What another process commits while the store is read: in between two questions, where nobody can aim by the clock."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from typing import Any

import sqlalchemy as sa
from sqlalchemy import event


@contextmanager
def before(question: str, happens: Callable[[], object]) -> Iterator[None]:
    """Have something happen right before the first question to a database that contains these words of SQL."""
    happened = False

    def asked(_connection: sa.Connection, _cursor: Any, statement: str, *_: Any) -> None:
        nonlocal happened
        if question in " ".join(statement.split()) and not happened:
            happened = True
            happens()

    event.listen(sa.Engine, "before_cursor_execute", asked)
    try:
        yield
    finally:
        event.remove(sa.Engine, "before_cursor_execute", asked)
    assert happened, f"nothing was asked with {question!r}"
