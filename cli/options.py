"""What every command shares: exit codes, how one ends with a message, the data folder as an option."""

from __future__ import annotations

import sys
from collections.abc import Callable
from typing import Any

import click

from search.settings import load as load_settings

DONE, SOME, WRONG, NOTHING = 0, 1, 2, 3


def fail(message: str, code: int = NOTHING) -> None:
    """Say what is wrong and end."""
    click.echo(f"funding: {message}", err=True)
    sys.exit(code)


def data_option(command: Callable[..., Any]) -> Callable[..., Any]:
    """`--data` after the command's name as well as before it."""

    def set_data(context: click.Context, _: click.Parameter, value: str | None) -> None:
        if value:
            context.obj = load_settings(value)

    return click.option("--data", expose_value=False, is_eager=True, callback=set_data, help="Data folder.")(command)
