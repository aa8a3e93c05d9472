"""What is counted for Prometheus over all workers of a machine: never anything that a person entered.

Each worker counts in files of its own, in the folder where the workers meet. A worker that takes the place of
one that died takes over its files, so that no count is lost and no file is left behind.
"""

from __future__ import annotations

import hmac
import os
import threading
import time
from collections.abc import Iterable
from contextlib import suppress
from pathlib import Path
from typing import Any

from flask import Blueprint, Response, current_app, request
from werkzeug.datastructures import WWWAuthenticate
from werkzeug.exceptions import Forbidden, Unauthorized

from .limiter import is_this_machine
from .models import catalog, predictor_of
from .shared import folder_of, let_byte_go, lock_byte

bp = Blueprint("metrics", __name__)

MOST_WORKERS = 128
# The lock of whoever begins is behind those of the workers.
BEGINNING = MOST_WORKERS
LIMITS = (
    "pages",
    "predictions",
    "explanations",
    "uploads",
    "what-ifs",
    "client requests",
    "budget",
    "seconds",
    "sign-ins",
    "passwords",
    "photos",
    "file uploads",
    "long lists",
    "pictures",
    "megabytes of files",
)
FILE_SIZE = 1024 * 1024
BUCKETS = (0.005, 0.025, 0.1, 0.5, 2.5, 10)
METHODS = frozenset({"GET", "HEAD", "POST", "OPTIONS"})


class Slot:
    """The worker's number among those of its machine, which names its files."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder
        self.process = 0
        self.number = 0
        self.file = -1
        self.lock = threading.Lock()

    def __call__(self) -> int:
        if self.process != os.getpid():
            with self.lock:
                if self.process != os.getpid():
                    self.number = self.claim()
                    self.process = os.getpid()
        return self.number

    def claim(self) -> int:
        """The first number that nobody has. Whoever finds that nobody has any begins with an empty folder."""
        # A worker that was forked has the file of its parent, but none of its locks.
        self.file = os.open(self.folder / "slots", os.O_RDWR | os.O_CREAT, 0o600)
        lock_byte(self.file, BEGINNING)
        try:
            free = [number for number in range(MOST_WORKERS) if self.has_locked(number)]
            if len(free) == MOST_WORKERS:
                for old in self.folder.glob("*.db"):
                    old.unlink()
            for number in free[1:]:
                let_byte_go(self.file, number)
            for kind in ("counter", "histogram"):
                self.make_whole(self.folder / f"{kind}_{free[0]}.db")
            return free[0]
        finally:
            let_byte_go(self.file, BEGINNING)

    def has_locked(self, number: int) -> bool:
        with suppress(OSError):
            lock_byte(self.file, number, wait=False)
            return True
        return False

    def make_whole(self, path: Path) -> None:
        """A file that is wholly on the disk, which may be full later."""
        if path.exists() and path.stat().st_size >= FILE_SIZE:
            return
        try:
            path.write_bytes(bytes(FILE_SIZE))
        except OSError:
            path.unlink(missing_ok=True)
            raise


class Metrics:
    """What a process counts. There is one of these in a process, since prometheus_client keeps its files so."""

    def __init__(self, folder: Path | None) -> None:
        if folder:
            os.environ["PROMETHEUS_MULTIPROC_DIR"] = str(folder)
        from prometheus_client import Counter, Histogram, values

        # The library would name the files by processes, and those of dead ones would stay.
        values.ValueClass = values.MultiProcessValue(Slot(folder)) if folder else values.MutexValue
        self.folder = folder
        self.by_name: dict[str, Any] = {
            "requests": Counter(
                "likely_requests",
                "Requests, by the route and not the address",
                ["method", "route", "status"],
                registry=None,
            ),
            "seconds": Histogram(
                "likely_request_seconds", "How long answers took to begin", ["route"], registry=None, buckets=BUCKETS
            ),
            "predictions": Counter(
                "likely_predictions", "Questions let in, one a request", ["model", "version", "door"], registry=None
            ),
            "rows": Counter("likely_rows", "Rows that were asked about", ["model", "version", "door"], registry=None),
            "explanations": Counter(
                "likely_explanations", "Rows that were explained", ["model", "version"], registry=None
            ),
            "faults": Counter(
                "likely_faults", "What was wrong with answers", ["model", "field", "code"], registry=None
            ),
            "refusals": Counter("likely_refusals", "Requests that were refused by a limit", ["limit"], registry=None),
        }
        self.children: dict[tuple[str, ...], Any] = {}
        # The files are opened here, and not while somebody waits.
        for limit in LIMITS:
            self.child("refusals", limit)
        self.child("seconds", "/healthz")

    def child(self, name: str, *labels: str) -> Any:
        """The counter with these labels; finding it through the library takes ten times as long."""
        key = (name, *labels)
        found = self.children.get(key)
        if found is None:
            found = self.children[key] = self.by_name[name].labels(*labels)
        return found

    def text(self) -> bytes:
        from prometheus_client import CollectorRegistry, generate_latest
        from prometheus_client.multiprocess import MultiProcessCollector

        registry = CollectorRegistry()
        if self.folder:
            MultiProcessCollector(registry, str(self.folder))
        else:
            for metric in self.by_name.values():
                registry.register(metric)
        registry.register(Models())
        for collector in current_app.extensions.get("collectors", ()):
            registry.register(collector)
        return generate_latest(registry)


class Models:
    """The models that are served, their versions, and how old they are."""

    def collect(self) -> Iterable[Any]:
        from prometheus_client.core import GaugeMetricFamily, InfoMetricFamily

        versions = InfoMetricFamily("likely_model", "The version that is served", labels=["model"])
        ages = GaugeMetricFamily("likely_model_age_seconds", "Time since the day it was trained", labels=["model"])
        for model in catalog():
            predictor = predictor_of(model)
            versions.add_metric([model.name], {"version": predictor.version})
            with suppress(ValueError):
                trained = time.mktime(time.strptime(predictor.card.trained, "%Y-%m-%d"))
                ages.add_metric([model.name], max(0.0, time.time() - trained))
        yield versions
        yield ages


# The one of this process, once it has begun to count.
BEGUN: list[Metrics] = []


def begin(secret: str) -> None:
    """Count from now on; where the workers cannot share a folder, each tells of itself alone."""
    if BEGUN:
        return
    folder = None
    with suppress(OSError):
        folder = folder_of(secret) / "metrics"
        folder.mkdir(mode=0o700, exist_ok=True)
    try:
        BEGUN.append(Metrics(folder))
    except OSError:
        BEGUN.append(Metrics(None))


def count(name: str, *labels: str, amount: float = 1, seconds: float | None = None) -> None:
    """One more of these, or how long one took. Whatever is the matter with the files, people are answered."""
    try:
        for metrics in BEGUN:
            child = metrics.child(name, *labels)
            child.inc(amount) if seconds is None else child.observe(seconds)
    except (OSError, ValueError):
        BEGUN.clear()


def count_request(method: str, route: str, status: str, seconds: float) -> None:
    count("requests", method if method in METHODS else "other", route, status)
    count("seconds", route, seconds=seconds)


def count_refusal(limit: str) -> None:
    count("refusals", limit)


@bp.get("/metrics")
def show() -> Response:
    """For the machine itself, and for whoever knows the secret."""
    secret = current_app.config["METRICS_SECRET"]
    given = request.authorization
    if (
        secret
        and given
        and given.type == "bearer"
        and hmac.compare_digest((given.token or "").encode(), secret.encode())
    ):
        return tell()
    if is_this_machine(request):
        return tell()
    if secret:
        raise Unauthorized("Send the secret as Authorization: Bearer …", www_authenticate=WWWAuthenticate("bearer"))
    raise Forbidden("Metrics are for this machine. LIKELY_METRICS_SECRET lets others in who know it")


def tell() -> Response:
    for metrics in BEGUN:
        answer = Response(metrics.text(), content_type="text/plain; version=1.0.0; charset=utf-8")
        answer.headers["Cache-Control"] = "no-store"
        return answer
    return Response("Nothing is counted: the files could not be written\n", 503, mimetype="text/plain")
