"""Print what two servers with one PostgreSQL lose when one of them is killed: python bench/keep_two.py

Both have the same secret and stand behind nginx with deploy/nginx.conf, which the second one is added to. Programs keep
cases through nginx with one token, and a browser reads its cases with one sitting; after a while one server and its
workers are ended by SIGKILL. Needs Debian's postgresql and nginx-light.
"""

from __future__ import annotations

import http.client
import os
import signal
import sys
import tempfile
import time
from collections import Counter
from pathlib import Path

sys.path.insert(0, str(Path(__file__).resolve().parents[1]))

from sqlalchemy import select

from bench.databases import postgresql
from bench.load import Load
from bench.nginx import nginx
from bench.processes import children
from bench.servers import free_port, likely, server
from bench.sites import add_person, make_token, sign_in
from webapp import create_app
from webapp.people.current import SITTING_COOKIE
from webapp.store.opening import Store
from webapp.store.tables import kept_case

SECRET = "for the benchmark only"
BEFORE, AFTER = 300, 300


def reads_cases(port: int, sitting: str) -> bool:
    """Whether the sitting still holds; nginx, which allows one address so much, is asked until it lets that through."""
    deadline = time.monotonic() + 30
    while (status := read_cases(port, sitting)) in (429, 502) and time.monotonic() < deadline:
        time.sleep(0.1)
    return status == 200


def read_cases(port: int, sitting: str) -> int:
    line = http.client.HTTPConnection("127.0.0.1", port, timeout=10)
    try:
        line.request("GET", "/history", headers={"Cookie": f"{SITTING_COOKIE}={sitting}"})
        answer = line.getresponse()
        return answer.status if b"Your kept cases" in answer.read() or answer.status != 200 else 0
    finally:
        line.close()


def main() -> None:
    first, second, front = free_port(), free_port(), free_port()
    with postgresql() as address, tempfile.TemporaryDirectory() as place:
        store = Store(address)
        store.change("upgrade")
        app = create_app({"DATABASE": address, "SECRET_KEY": SECRET})
        ada = add_person(app, "Ada", {"titanic": "analyst"})
        load = Load(make_token(app, ada, "predict"))
        cookie = sign_in(app, ada).get_cookie(SITTING_COOKIE)
        assert cookie
        command = nginx(front, first, Path(place))
        settings = Path(place) / "likely.conf"
        one = f"server 127.0.0.1:{first};"
        settings.write_text(settings.read_text().replace(one, f"{one}\n    server 127.0.0.1:{second};"))
        common = {"LIKELY_DATABASE": address, "SECRET_KEY": SECRET, "LIKELY_PREDICTIONS": "off", "LIKELY_PROXIES": "1"}
        with (
            server(likely(first), first, **common),
            server(likely(second), second, **common) as killed,
            server(command, front),
        ):
            load.begin(front)
            load.wait_for(BEFORE)
            reads = reads_cases(front, cookie.value)
            for number in (killed.pid, *children(killed.pid)):
                os.kill(number, signal.SIGKILL)
            started, had = time.monotonic(), len(load.told)
            load.wait_for(1)
            pause = time.monotonic() - started
            load.wait_for(AFTER)
            reads_after = all(reads_cases(front, cookie.value) for _ in range(5))
            load.end()
        with store.open().read() as connection:
            rows = connection.execute(select(kept_case.c.key, kept_case.c.public_id)).all()
        store.close()
    there = {key.removeprefix("api "): public_id for key, public_id in rows}
    lost = sum(there.get(key) != public_id for key, public_id in load.told.items())
    twice = sum(number - 1 for number in Counter(key for key, _ in rows).values())
    print(
        f"{had:,} kept before one server was killed, {len(load.told) - had:,} after; the next one after {pause:.2f} s"
    )
    print(f"{lost} lost, {twice} there twice; the sitting holds before: {reads}, after: {reads_after}")
    sys.exit(0 if lost == twice == 0 and reads and reads_after else 1)


if __name__ == "__main__":
    main()
