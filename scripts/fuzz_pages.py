"""Send hostile requests to every address of the running server: python scripts/fuzz_pages.py

The addresses are those of the application's own map. No answer may be a failure of ours (a 503 that says when to
come again is none), show or log a trace, or take five seconds. No line of the log may be another than ours or hold
what was sent, no worker may die, and the workers' memory stays as it is in the second half. Each request is made
from the seed and its number: --only 4711 sends that one alone, and prints it with its answer.
"""

from __future__ import annotations

import argparse
import io
import re
import socket
import sys
import tempfile
import threading
import time
import zlib
from collections import Counter
from collections.abc import Iterator
from contextlib import redirect_stdout, suppress
from dataclasses import dataclass, field, replace
from pathlib import Path
from typing import IO

sys.path.insert(0, str(Path(__file__).resolve().parents[1]))

from bench.processes import together, workers
from bench.servers import free_port, likely, server
from scripts.hostile import CANARY, Given, Sent, make
from webapp import create_app
from webapp.people.current import SITTING_COOKIE
from webapp.people.roles import Person
from webapp.store.opening import store

from tests.cases import keep_case
from tests.payloads import SETTINGS
from tests.people import add_person, make_link, make_site, make_token, sign_in

THREADS = 8
SLOWEST = 5.0
# What the workers keep is bounded: after 30,000 requests nearly full, and after a few thousand half so.
LONG, GROWTH, GROWTH_OF_SHORT = 50_000, 1.05, 1.2
STAMP = r"\d{4}-\d\d-\d\dT\d\d:\d\d:\d\dZ"
REQUEST = rf"{STAMP} \S+ \S+ \d{{3}} [\d.]+ ms [\w.:-]+( \w+ \w+)?"
OURS = re.compile(rf"{REQUEST}|{STAMP} WARNING A proxy sends .*|Likely is on .*")
TOKEN = re.compile(rb'name="csrf_token"[^>]* value="([^"]+)"')
COOKIE = re.compile(rb"set-cookie: ([^;]+)", re.IGNORECASE)
TRACE = re.compile(rb"Traceback \(most recent|werkzeug\.|jinja2\.|site-packages")
# There is nothing without a setting, or without a link that opens a model.
OFF = {"/.well-known/security.txt", "/open"}
# Enough that some are there to be read while others are deleted.
CASES = 300
RULES = list(create_app(SETTINGS).url_map.iter_rules())


@dataclass
class Run:
    port: int
    seed: int
    numbers: Iterator[int]
    given: Given = field(default_factory=Given)
    statuses: Counter[str] = field(default_factory=Counter)
    answered: set[str] = field(default_factory=set)
    faults: list[str] = field(default_factory=list)
    slowest: tuple[float, int] = (0.0, 0)
    lock: threading.Lock = field(default_factory=threading.Lock)

    def make(self, number: int) -> tuple[str, Sent]:
        rule, sent = make(RULES, self.seed, number, self.given)
        return rule.rule, sent

    def sign_in(self, people: Given) -> None:
        """Take the token that forms are sent with, and its cookie: without them nothing behind is reached."""
        page = b"GET /census HTTP/1.1\r\nHost: localhost\r\nConnection: close\r\n\r\n"
        answer = ask(self.port, Sent(page, True, "127.0.0.1"))
        cookie, token = COOKIE.search(answer), TOKEN.search(answer)
        assert cookie
        assert token
        self.given = replace(people, cookie=cookie[1].decode(), token=token[1].decode())

    def send_all(self) -> None:
        while True:
            with self.lock:
                number = next(self.numbers, None)
            if number is None:
                return
            rule, sent = self.make(number)
            started = time.monotonic()
            try:
                answer = ask(self.port, sent)
            except OSError as fault:
                answer = b""
                self.faults.append(f"{number} {rule}: {fault!r}")
            self.judge(number, rule, sent, answer, time.monotonic() - started)

    def judge(self, number: int, rule: str, sent: Sent, answer: bytes, seconds: float) -> None:
        head, _, body = answer.partition(b"\r\n\r\n")
        status = head[9:12].decode("latin-1")
        is_honest = status == "503" and b"\nretry-after:" in head.lower()
        wrong = {
            f"status {status}": status >= "5" and not is_honest,
            f"{seconds:.1f} s": seconds > SLOWEST and not is_honest,
            "a trace in the answer": TRACE.search(plain(head, body)) is not None,
            "no answer": not status and sent.is_whole,
        }
        with self.lock:
            self.statuses[status or "none"] += 1
            self.slowest = max(self.slowest, (seconds, number))
            self.answered |= {rule} if status.startswith(("2", "3")) else set()
            self.faults += [f"{number} {rule}: {what}" for what, is_so in wrong.items() if is_so]


def make_people(folder: Path) -> Given:
    """An admin who is signed in, has a token, keeps cases, and somebody whose password a link sets."""
    with redirect_stdout(io.StringIO()):
        app = make_site(folder)
        number = add_person(app, "Ada", is_admin=True)
        given = sign_in(app, number).get_cookie(SITTING_COOKIE)
        assert given is not None
        token = make_token(app, number, "predict", "read", "outcome")
        link = make_link(app, "reset", person=add_person(app, "Grace"))
        with app.app_context():
            cases = tuple(keep_case(store().open(), Person(number, "Ada"), "census").public_id for _ in range(CASES))
            store().close()
    return Given(sitting=f"{SITTING_COOKIE}={given.value}", bearer=token, link=link, cases=cases)


def ask(port: int, sent: Sent) -> bytes:
    answer = bytearray()
    with socket.create_connection(("127.0.0.1", port), 4 * SLOWEST, (sent.address, 0)) as line:
        # It may be refused, and the connection closed, before all of it was sent.
        with suppress(ConnectionError):
            line.sendall(sent.content)
        if not sent.is_whole:
            with suppress(OSError):
                line.shutdown(socket.SHUT_WR)
        with suppress(ConnectionError):
            while piece := line.recv(65_536):
                answer += piece
    return bytes(answer)


def plain(head: bytes, body: bytes) -> bytes:
    if b"content-encoding: gzip" not in head.lower():
        return body
    with suppress(zlib.error):
        return zlib.decompressobj(wbits=31).decompress(body)
    return body


def half(run: Run, master: int, numbers: range) -> float:
    """Send these, and tell how much memory the workers have after them."""
    run.numbers = iter(numbers)
    threads = [threading.Thread(target=run.send_all) for _ in range(THREADS)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    time.sleep(2)
    return together(workers(master), "Pss")


def read_log(log: IO[bytes]) -> list[str]:
    log.seek(0)
    lines = log.read().decode("utf-8", "replace").splitlines()
    return [f"in the log: {line[:300]!r}" for line in lines if not OURS.fullmatch(line) or CANARY in line]


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--requests", type=int, default=60_000)
    parser.add_argument("--seed", type=int, default=1)
    parser.add_argument("--only", type=int, metavar="NUMBER")
    chosen = parser.parse_args()
    run = Run(free_port(), chosen.seed, iter(()))
    with tempfile.TemporaryFile("w+b") as log, tempfile.TemporaryDirectory() as folder:
        people = make_people(Path(folder))
        address = f"sqlite:///{folder}/likely.db"
        with server(likely(run.port), run.port, output=log, LIKELY_DATABASE=address) as master:
            run.sign_in(people)
            if chosen.only is not None:
                sent = run.make(chosen.only)[1]
                print(sent.content[:3000], ask(run.port, sent)[:3000], sep="\n\n")
                return
            before, middle = workers(master.pid), chosen.requests // 2
            first = half(run, master.pid, range(middle))
            last = half(run, master.pid, range(middle, chosen.requests))
            run.faults += ["a worker died"] if workers(master.pid) != before else []
            run.faults += read_log(log)
    if last > first * (GROWTH if chosen.requests >= LONG else GROWTH_OF_SHORT):
        run.faults.append("the memory grew in the second half")
    run.faults += [
        f"no request of {rule} was a good one" for rule in {rule.rule for rule in RULES} - run.answered - OFF
    ]
    for fault in run.faults[:50]:
        print(fault)
    print(f"{run.statuses.total():,} requests to {len(RULES)} addresses: {dict(sorted(run.statuses.items()))}")
    print(f"the slowest, number {run.slowest[1]}, took {run.slowest[0]:.2f} s")
    print(f"the workers had {first:.0f} MB at half-time, and {last:.0f} MB at the end")
    print(f"{len(run.faults)} faults; to send one again: --seed {run.seed} --only NUMBER")
    sys.exit(1 if run.faults else 0)


if __name__ == "__main__":
    main()
