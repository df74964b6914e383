"""What the dashboard needs of the command line: the hash of a password."""

from __future__ import annotations

import sys
from urllib.parse import urlsplit

import click


@click.group()
def admin() -> None:
    """The dashboard under /admin/."""


@admin.command()
@click.option("--name", envvar="FUNDING_ADMIN_NAME", default="", help="The account's name: it makes no password. Default: FUNDING_ADMIN_NAME.")
@click.option("--site", envvar="FUNDING_SITE", default="", help="Where the site is reached, likewise. Default: FUNDING_SITE.")
def password(name: str, site: str) -> None:
    """Print the hash of a password for FUNDING_ADMIN_PASSWORD: asked for twice, or read from standard input."""
    from webapp.admin import passwords

    if sys.stdin.isatty():
        text = click.prompt("Password", hide_input=True, confirmation_prompt=True)
    else:
        text = sys.stdin.readline().rstrip("\n")
    if problem := passwords.why_not(text, (name, urlsplit(site).netloc)):
        raise click.UsageError(problem)
    click.echo(passwords.hashed(text))


COMMANDS = (admin,)
