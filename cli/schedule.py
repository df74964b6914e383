"""The scheduler: crawls what is due, each source in a process of its own, publishes at the end and sends the report.

What is due when is reckoned by crawler.schedule from the store; APScheduler keeps the times in `schedule.db` of the data folder
and calls us. One scheduler at a time: its lock dies with its process, so a crash never blocks the next one.
"""

from __future__ import annotations

import json
import logging
import subprocess
import sys
import threading
from collections.abc import Sequence
from datetime import UTC, datetime, timedelta
from typing import Any

import click
from apscheduler.events import EVENT_JOB_ERROR, EVENT_JOB_EXECUTED, EVENT_JOB_SUBMITTED
from apscheduler.executors.pool import ThreadPoolExecutor
from apscheduler.jobstores.sqlalchemy import SQLAlchemyJobStore
from apscheduler.schedulers.background import BackgroundScheduler

from cli import report
from crawler import registry, schedule
from crawler.hosts import owner
from crawler.schedule import Attempt, Plan
from crawler.settings import user_agent
from search import clock, pauses
from search.clock import BRUSSELS
from search.locks import FOLDER, AlreadyRunningError, locked
from search.opening import GenerationError
from search.settings import Settings
from search.store import Store

log = logging.getLogger("funding.schedule")
LOCK = "schedule"  # beside the locks of the sources
LOOK_EVERY = 60.0  # seconds: so soon it is seen that a crawl of another process has ended, or that a month has begun


def command(*arguments: str) -> int:
    """The job: the funding command in a process of its own; its exit code."""
    return subprocess.run([sys.executable, "-m", "cli.main", *arguments], stdin=subprocess.DEVNULL, check=False).returncode


class Keeper:
    """Keeps the jobs of one data folder as the plan says. The job of a source has the source's name."""

    def __init__(self, config: Settings, names: Sequence[str], replay: str | None) -> None:
        self.config = config
        self.replay = replay
        self.cron = schedule.trigger(config.schedule)
        spiders = registry.spiders()
        readable = [name for name in names or spiders if spiders[name].facts_here().crawlable]
        # By their owners: a source may be led to a sister site that another one asks.
        self.hosts = {name: [owner(host) for host in getattr(spiders[name], "allowed_domains", ())] for name in readable}
        config.data.mkdir(parents=True, exist_ok=True)
        self.store = Store(config.database_url)
        self.store.register(registry.facts())
        self.state = config.data / "schedule.json"
        self._lock = threading.Lock()
        self._running: dict[str, datetime] = {}
        self._unseen: list[Attempt] = []  # crawls that ended before the store knew of them
        self.scheduler = BackgroundScheduler(
            timezone=BRUSSELS,
            jobstores={"default": SQLAlchemyJobStore(url=f"sqlite:///{config.data / 'schedule.db'}")},
            executors={"default": ThreadPoolExecutor(config.parallel)},
            job_defaults={"coalesce": True, "misfire_grace_time": None, "max_instances": 1},
        )

    def plan(self) -> Plan | None:
        """What remains of the month's crawl; None when it is over and reported, or none was due yet."""
        now = clock.now()
        fired = schedule.last_fire(self.cron, now)
        if fired is None or self._finished() == fired.isoformat():
            return None
        known = [*schedule.attempts(self.store, fired), *self._unseen]
        paused = self.paused()
        hosts = {name: hosts for name, hosts in self.hosts.items() if name not in paused}
        return schedule.plan(now, fired, hosts, known, timedelta(hours=self.config.window))

    def paused(self) -> dict[str, pauses.Pause]:
        """The sources that a maintainer has paused."""
        with self.store.engine.connect() as connection:
            return {name: pause for name, pause in pauses.held(connection).items() if name in self.hosts}

    def _finished(self) -> str | None:
        """The crawl that was last published and reported, by the time it was due."""
        try:
            return str(json.loads(self.state.read_text(encoding="utf-8"))["finished"])
        except (OSError, ValueError, KeyError):
            return None

    def keep(self, once: bool) -> None:
        """Until stopped, or with `once` until the crawl that is due is over."""
        wake = threading.Event()
        self.scheduler.add_listener(lambda event: self._began(event.job_id), EVENT_JOB_SUBMITTED)
        self.scheduler.add_listener(lambda event: self._ended(event.job_id, wake), EVENT_JOB_EXECUTED | EVENT_JOB_ERROR)
        self.scheduler.start(paused=True)
        try:
            while not (self._look() and once):
                self.scheduler.resume()
                wake.wait(LOOK_EVERY)
                wake.clear()
        finally:
            self.scheduler.shutdown(wait=False)

    def _began(self, source: str) -> None:
        with self._lock:
            self._running[source] = clock.now()

    def _ended(self, source: str, wake: threading.Event) -> None:
        """A crawl has ended, well or not. One that left no run in the store counts as an attempt all the same."""
        with self._lock:
            began = self._running.pop(source, clock.now()) - timedelta(seconds=1)  # the store keeps whole seconds
            if not any(a.source == source for a in schedule.attempts(self.store, began)):
                self._unseen.append(Attempt(source, clock.now(), clock.now(), False))
        wake.set()

    def _look(self) -> bool:
        """Bring the jobs to what the plan says; whether there is nothing left to do this month."""
        with self._lock:
            self._bury_the_dead()
            made = self.plan()
            wanted = {source: at for source, at in made.due.items() if source not in self._running} if made else {}
            known = {job.id for job in self.scheduler.get_jobs()}
            for job in known - wanted.keys():
                self.scheduler.remove_job(job)
            for source in wanted.keys() - known:
                self._add(source, wanted[source])
            if made is None:
                return True
            if not made.over or self._running:
                return False
        self._finish(made)
        return True

    def _add(self, source: str, at: datetime) -> None:
        pause = max(at - clock.now(), timedelta(0))
        arguments = ["--data", str(self.config.data), "crawl", source, "--no-publish", *(["--replay", self.replay] if self.replay else [])]
        self.scheduler.add_job(command, "date", run_date=datetime.now(UTC) + pause, args=arguments, id=source, name=f"crawl {source}")
        log.info("%s is crawled %s", source, f"at {at.isoformat(timespec='seconds')}" if pause else "now")

    def _bury_the_dead(self) -> None:
        """A run whose process is gone is noted as interrupted: its lock can be taken."""
        for name in self.hosts.keys() - self._running.keys():
            try:
                with locked(self.config.data / FOLDER, name):
                    if self.store.interrupt(name, clock.now()):
                        log.warning("%s: the crawl was interrupted before it ended", name)
            except AlreadyRunningError:
                continue

    def _finish(self, made: Plan) -> None:
        """Publish and report, then note that this crawl is over: after a crash in between both are done again.

        Raises GenerationError where what was crawled cannot be published: who starts us again tries once more.
        """
        code = command("--data", str(self.config.data), "publish")
        log.log(logging.ERROR if code else logging.INFO, "publishing ended with code %s", code)
        if code and any(attempt.good for attempt in schedule.attempts(self.store, made.fired)):
            raise GenerationError("what was crawled could not be published: see above")
        told = report.make(self.config, self.store, made.fired.astimezone(BRUSSELS).strftime("%Y-%m"))
        if self.config.notify and not report.notify(self.config.notify, told):
            log.error("the report could not be sent")
        fresh = self.state.with_suffix(".new")
        fresh.write_text(json.dumps({"finished": made.fired.isoformat(), "given_up": sorted(made.given_up)}), encoding="utf-8")
        fresh.replace(self.state)


def run(config: Settings, names: Sequence[str], replay: str | None, once: bool) -> int:
    """Keep the schedule until stopped; the exit code: 0 done, 1 with `once` some sources were given up, 2 wrong use, 3 another one runs."""
    user_agent(config.contact, replay)
    if _unknown(names):
        return 2
    try:
        with locked(config.data / FOLDER, LOCK):
            Keeper(config, names, replay).keep(once)
    except AlreadyRunningError:
        click.echo(f"funding: another scheduler keeps {config.data}", err=True)
        return 3
    except KeyboardInterrupt:
        return 0
    return 1 if json.loads((config.data / "schedule.json").read_text(encoding="utf-8"))["given_up"] else 0


def _unknown(names: Sequence[str]) -> bool:
    """Whether some are the names of no source: they are told."""
    if unknown := [name for name in names if name not in registry.spiders()]:
        click.echo(f"funding: there is no source {', '.join(unknown)}", err=True)
    return bool(unknown)


def show(config: Settings, names: Sequence[str]) -> int:
    """Print what is due when; the exit code."""
    if _unknown(names):
        return 2
    keeper = Keeper(config, names, None)
    made, cron = keeper.plan(), schedule.trigger(config.schedule)
    coming: Any = cron.get_next_fire_time(None, clock.now())
    click.echo(f"next crawl: {coming.isoformat(timespec='minutes')} ({config.schedule})")
    for source, pause in keeper.paused().items():
        click.echo(f"{source}: {pause.said()}")
    if made is None:
        click.echo("nothing is due now")
        return 0
    click.echo(f"the crawl of {made.fired.astimezone(BRUSSELS).isoformat(timespec='minutes')} is under way")
    for source, at in made.due.items():
        click.echo(f"{source}: {'now' if at <= clock.now() else at.astimezone(BRUSSELS).isoformat(timespec='minutes')}")
    for word, those in (("waits for another source of its host", made.waiting), ("running", made.running), ("given up", made.given_up)):
        for source in sorted(those):
            click.echo(f"{source}: {word}")
    return 0
