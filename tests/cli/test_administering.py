"""The password of the dashboard on the command line, and its settings."""

from __future__ import annotations

import pytest
from click.testing import CliRunner
from werkzeug.security import check_password_hash, generate_password_hash

from cli.administering import admin
from search import settings
from webapp.admin import passwords

HASH = "scrypt:32768:8:1$abcdefgh$" + "0" * 128


def test_a_password_becomes_the_hash_that_the_settings_take(monkeypatch):
    done = CliRunner().invoke(admin, ["password"], input="correct horse battery\n")
    assert done.exit_code == 0
    made = done.stdout.strip()
    assert check_password_hash(made, "correct horse battery")
    assert "horse" not in done.output
    monkeypatch.setenv("FUNDING_ADMIN_NAME", "editor")
    monkeypatch.setenv("FUNDING_ADMIN_PASSWORD", made)
    found = settings.load()
    assert (found.admin_password, found.administered) == (made, True)


def test_a_short_password_is_refused():
    done = CliRunner().invoke(admin, ["password"], input="eleven char\n")
    assert (done.exit_code, "at least 12" in done.output) == (2, True)


@pytest.mark.parametrize(
    ("word", "told"),
    [
        ("x" * 1001, "at most 1000"),
        ("q1w2e3r4t5y6u7i8", "a very common password"),
        ("passwordpassword", "words of this place"),
        ("Liverpool1988", "easy to guess"),
        ("aaaaaaaaaaaaaaaaaaaaaaaaaaaa", "easy to guess"),
        ("skills-funding-finder", "words of this place"),
        ("SkillsFunding2026!", "words of this place"),
        ("rosalind.rosalind!1", "words of this place"),
        ("www.upskilling.example", "words of this place"),
    ],
)
def test_a_password_that_is_guessed_or_cut_is_refused(word, told):
    asked = ["password", "--name", "rosalind", "--site", "https://www.upskilling.example"]
    done = CliRunner().invoke(admin, asked, input=f"{word}\n")
    assert (done.exit_code, done.stdout) == (2, "")
    assert told in done.output
    assert word not in done.output


def test_the_longest_password_counts_to_its_last_character():
    word = " ".join(f"Känguru {n * n}" for n in range(200))[: passwords.LONGEST]
    assert passwords.why_not(word) is None
    held = generate_password_hash(word, method="scrypt:1024:8:1")
    assert passwords.is_right(word, held)
    for wrong in (word[:-1], word[:-1] + "~", word + "~"):
        assert not passwords.is_right(wrong, held)


@pytest.mark.parametrize(
    ("given", "told"),
    [
        ({"NAME": "editor"}, "go together"),
        ({"PASSWORD": HASH}, "go together"),
        ({"NAME": "editor", "PASSWORD": "correct horse battery"}, "no hash"),
        ({"HEADER": "X-Remote-User"}, "FUNDING_ADMIN_PROXIES"),
        ({"HEADER": "X-Remote-User", "PROXIES": "127.0.0.1 proxy.example"}, "proxy.example"),
        ({"HEADER": "X-Remote-User", "PROXIES": "10.0.0.1/8"}, "host bits"),
        ({"IDLE": "1"}, "between 5 and 480"),
    ],
)
def test_settings_that_would_let_the_wrong_ones_in_are_refused(monkeypatch, given, told):
    for name, value in given.items():
        monkeypatch.setenv(f"FUNDING_ADMIN_{name}", value)
    with pytest.raises(settings.SettingsError, match=told) as refused:
        settings.load()
    assert "horse" not in str(refused.value)


def test_without_any_there_is_no_dashboard(monkeypatch):
    assert not settings.load().administered
    monkeypatch.setenv("FUNDING_ADMIN_PROXIES", "127.0.0.1")
    assert not settings.load().administered
