"""What the dashboard needs of the command line: the hash of a password."""

from __future__ import annotations

import sys

import click
from werkzeug.security import generate_password_hash

SHORTEST = 12


@click.group()
def admin() -> None:
    """The dashboard under /admin/."""


@admin.command()
def password() -> None:
    """Print the hash of a password for FUNDING_ADMIN_PASSWORD: asked for twice, or read from standard input."""
    if sys.stdin.isatty():
        text = click.prompt("Password", hide_input=True, confirmation_prompt=True)
    else:
        text = sys.stdin.readline().rstrip("\n")
    if len(text) < SHORTEST:
        raise click.UsageError(f"a password has at least {SHORTEST} characters")
    click.echo(generate_password_hash(text, method="scrypt"))


COMMANDS = (admin,)
