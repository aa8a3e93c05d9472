"""Programs that keep cases by http without a pause, whoever is killed meanwhile."""

from __future__ import annotations

import http.client
import json
import threading
import time

from bench.sites import bearer, predictor_of

ANSWERS = json.dumps(dict(predictor_of("titanic").model.examples[0].answers)).encode()
PATH = "/api/models/titanic/predict?keep=1"


class Load:
    """Programs that keep cases without a pause, and send what nobody answered once more under its key."""

    def __init__(self, key: str, programs: int = 4) -> None:
        self.headers = bearer(key) | {"Content-Type": "application/json"}
        self.told: dict[str, str] = {}
        self.port = 0
        self.ends = threading.Event()
        self.threads = [threading.Thread(target=self.run, args=(number,), daemon=True) for number in range(programs)]

    def begin(self, port: int) -> None:
        self.port = port
        for thread in self.threads:
            thread.start()

    def run(self, program: int) -> None:
        number = 0
        while not self.ends.is_set():
            key = f"{program}-{number}"
            if kept := self.keep(key):
                self.told[key] = kept
                number += 1
            else:
                self.ends.wait(0.05)

    def end(self) -> None:
        self.ends.set()
        for thread in self.threads:
            thread.join(15)

    def keep(self, key: str) -> str:
        line = http.client.HTTPConnection("127.0.0.1", self.port, timeout=10)
        try:
            line.request("POST", PATH, ANSWERS, self.headers | {"Idempotency-Key": key})
            answer = line.getresponse()
            body = json.loads(answer.read())
            return str(body["kept"]["id"]) if answer.status == 200 else ""
        except (OSError, http.client.HTTPException, ValueError):
            return ""
        finally:
            line.close()

    def wait_for(self, more: int) -> None:
        wanted, deadline = len(self.told) + more, time.monotonic() + 30
        while len(self.told) < wanted:
            assert time.monotonic() < deadline, f"{len(self.told)} were kept, and no more come"
            time.sleep(0.01)
