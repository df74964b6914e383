"""Fourteen months under a clock of our own: month ends, daylight saving, a missed month, a crash, a source that is down."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

import pytest

from crawler import schedule
from crawler.schedule import Attempt, plan, trigger
from search import changes, report
from search.clock import BRUSSELS
from search.settings import SettingsError
from search.sources import Health
from search.store import Harvest, Store
from tests.search.test_changes import call
from tests.search.test_report import facts

WINDOW = timedelta(hours=72)
HOSTS = {"a": ["one.example"], "b": ["one.example", "two.example"], "c": ["three.example"]}


def at(text: str) -> datetime:
    return datetime.fromisoformat(text).replace(tzinfo=BRUSSELS)


def fires(cron: str, first: str, last: str) -> list[str]:
    """When crawls are due between two days, asked at every hour: as months and hours in Brussels."""
    known, instant, end = trigger(cron), at(first).astimezone(UTC), at(last)
    found: dict[datetime, None] = {}
    while instant < end:
        if fired := schedule.last_fire(known, instant):
            found[fired] = None
        instant += timedelta(hours=1)
    return [fire.astimezone(BRUSSELS).strftime("%y-%m-%d %H:%M") for fire in found if fire >= at(first)]


def test_month_ends_and_clocks_put_forward_and_back():
    assert fires("30 2 last * *", "2027-08-31", "2027-12-01") == ["27-08-31 02:30", "27-09-30 02:30", "27-10-31 02:30", "27-11-30 02:30"]
    assert fires("30 2 28 3 *", "2027-03-27", "2027-03-30") == ["27-03-28 03:30"], "02:30 does not exist that night"
    assert fires("0 3 last 2 *", "2028-02-27", "2028-03-02") == ["28-02-29 03:00"]
    assert len(fires("0 3 1 * *", "2026-10-01", "2026-12-31")) == 3


@pytest.mark.parametrize("cron", ["", "monthly", "* * * * *", "0 3 31 2 *", "0 3 40 * *"])
def test_an_expression_that_cannot_be_kept_is_refused(cron):
    with pytest.raises(SettingsError, match="FUNDING_SCHEDULE"):
        trigger(cron)


FIRED = datetime(2026, 11, 1, 2, tzinfo=UTC)


def tried(source: str, hours: float, good: bool = False, running: bool = False) -> Attempt:
    start = FIRED + timedelta(hours=hours)
    return Attempt(source, start, None if running else start + timedelta(minutes=30), good)


def hours(made: schedule.Plan) -> dict[str, float]:
    return {source: (instant - FIRED) / timedelta(hours=1) for source, instant in made.due.items()}


def test_sources_of_one_host_wait_for_each_other():
    first = plan(FIRED, FIRED, HOSTS, [], WINDOW)
    assert (hours(first), first.waiting) == ({"a": 0, "c": 0}, {"b"})
    during = plan(FIRED, FIRED, HOSTS, [tried("a", 0, running=True)], WINDOW)
    assert (hours(during), during.waiting, during.running) == ({"c": 0}, {"b"}, {"a"})
    after = plan(FIRED, FIRED, HOSTS, [tried("a", 0, good=True)], WINDOW)
    assert set(after.due) == {"b", "c"}


def test_pauses_grow_and_the_window_ends_them():
    known = [tried("c", -1, good=True)]  # before it was due: does not count
    seen = []
    while (made := plan(FIRED, FIRED, {"c": ["x"]}, known, WINDOW)).due:
        seen.append(hours(made)["c"])
        known.append(tried("c", seen[-1]))
    assert seen == [0, 1, 3.5, 12, 36.5, 61]
    assert made.over
    assert made.given_up == {"c"}


def test_a_first_crash_of_ours_needs_no_pause_a_second_one_does():
    crash = [Attempt("c", FIRED, FIRED, False, interrupted=True)]
    assert hours(plan(FIRED, FIRED, {"c": ["x"]}, crash, WINDOW)) == {"c": 0}
    assert hours(plan(FIRED, FIRED, {"c": ["x"]}, crash * 2, WINDOW)) == {"c": 2}


def test_what_was_missed_has_its_full_window_and_is_tried_even_after_it():
    late = FIRED + timedelta(days=20)
    assert plan(late, FIRED, {"c": ["x"]}, [], WINDOW).due == {"c": late}
    known = [Attempt("a", FIRED, FIRED, True)]
    assert set(plan(late, FIRED, HOSTS, known, WINDOW).due) == {"b", "c"}


class Life:
    """The scheduler's way over a clock that we set: asks for the plan, crawls what is due, notes when a month is over."""

    def __init__(self, store: Store) -> None:
        self.store = store
        self.cron = trigger("30 2 last * *")
        self.now = at("2026-09-29")
        self.finished: list[str] = []

    def until(self, end: datetime, down: tuple[str, ...] = (), crash_in: str = "") -> None:
        while self.now < end:
            fired = schedule.last_fire(self.cron, self.now)
            assert fired is not None
            month = fired.astimezone(BRUSSELS).strftime("%Y-%m")
            if month in self.finished or fired < at("2026-09-30"):
                self.now += timedelta(hours=6)
                continue
            made = plan(self.now, fired, HOSTS, schedule.attempts(self.store, fired), WINDOW)
            if made.over:
                self.finished.append(month)
                continue
            source, due = min(made.due.items(), key=lambda item: (item[1], item[0]))
            self.now = max(self.now, due)
            if source == crash_in:
                self.store.start_run(source, self.now)
                return  # the machine stops
            self.crawl(source, month, source in down)

    def crawl(self, source: str, month: str, fails: bool) -> None:
        run = self.store.start_run(source, self.now)
        self.now += timedelta(minutes=10)
        if fails:
            self.store.fail_run(run, "the list answered 503", self.now, {})
        else:
            entries = [call(name, "2028-01-01", source=source, id=f"{source}:{name}") for name in ("kept", f"of-{month}")]
            self.store.finish_run(run, Harvest(entries), self.now, {}, {})


def test_fourteen_months(tmp_path):
    store = Store(f"sqlite:///{tmp_path}/funding.db")
    store.register(facts(name) for name in HOSTS)
    life = Life(store)
    life.until(at("2026-11-20"))
    life.until(at("2026-12-20"), crash_in="b")  # on 30 November, in the middle of b; the machine is back after two hours
    life.now += timedelta(hours=2)
    assert store.interrupt("b", life.now)
    life.until(at("2026-12-20"))
    life.until(at("2027-03-20"), down=("c",))  # c is down in December, January and February
    life.until(at("2027-04-29"))
    life.now = at("2027-05-20")  # the machine was off over the end of April
    life.until(at("2027-11-29"))
    assert life.finished == [f"{2026 + (8 + n) // 12}-{(8 + n) % 12 + 1:02d}" for n in range(14)]

    def states(month: str) -> dict[str, tuple[str, int]]:
        return {s.source: (s.state, s.attempts) for s in report.report(store, month, None, life.now).sources}

    well = dict.fromkeys(HOSTS, ("good", 1))
    for month in ("2026-09", "2026-10", "2027-06", "2027-08", "2027-09", "2027-10"):
        assert states(month) == well, month
    assert states("2027-03") == well | {"c": ("good", 3)}, "the last two attempts of the window of February"
    assert states("2027-04") == dict.fromkeys(HOSTS, ("not run", 0))
    assert states("2027-05") == dict.fromkeys(HOSTS, ("good", 2)), "the missed crawl is made up once, beside the month's own"
    # The crash: a was read before it, b is interrupted and read when the machine is back.
    assert states("2026-11") == {"a": ("good", 1), "b": ("good", 2), "c": ("good", 1)}
    # Down for three months: tried six times in each window, which reaches over the end of the month, and left alone in between.
    failed = [a for a in schedule.attempts(store, at("2026-12-01")) if not a.good and a.source == "c"]
    assert len(failed) == 3 * 6
    assert [a.source for a in schedule.attempts(store, at("2026-12-01")) if not a.good] == ["c"] * 18
    held = {item.entry.id for item in store.all_entries()}
    assert {f"c:of-{month}" for month in ("2026-11", "2027-03")} <= held
    assert not held & {f"c:of-{month}" for month in ("2026-12", "2027-01", "2027-02")}
    assert [s.health for s in store.source_states(life.now) if s.facts.source == "c"] == [Health.OK]
    gone = [c.entry_id for c in changes.recorded(store, at("2026-12-01"), at("2027-03-20"), "9999") if c.source == "c"]
    assert gone == [], "nothing is said to be gone while a source cannot be read"
    assert len(list(changes.recorded(store, at("2027-10-31"), at("2027-11-02"), "9999"))) == 3 * 2, "once on the day that has 02:30 twice"
    store.close()
