"""How fast Likely answers, as ratios to a bare Flask page in the same run.

    python bench/serve.py                     Likely and the reference
    python bench/serve.py --peers             also FastAPI and the tutorial's way (pip install fastapi uvicorn)
    python bench/serve.py --wrapped           a forest and a LightGBM model that were brought, beside FastAPI with the same

Needs wrk (apt install wrk). The reference is a bare Flask page under gunicorn with threads; the same page
under Granian, with the settings of run.py, tells what the server itself gains. Each request is about another
of 500 people of the census. Rounds alternate between the servers, and medians are printed: machines are
noisy, so a figure means something only beside the reference of its own run.
"""

from __future__ import annotations

import argparse
import json
import re
import shutil
import statistics
import subprocess
import sys
import tempfile
from contextlib import ExitStack
from dataclasses import dataclass, field
from pathlib import Path
from urllib.parse import urlencode

sys.path.insert(0, str(Path(__file__).resolve().parents[1]))

from bench.servers import free_port, granian, gunicorn, likely, people, server

PEOPLE = 500
UNITS = {"us": 0.001, "ms": 1.0, "s": 1000.0, "m": 60_000.0}


@dataclass
class Target:
    name: str
    port: int
    path: str
    # One after the other: what stands after the path's question mark, or else the bodies.
    queries: list[str] = field(default_factory=list)
    bodies: list[str] = field(default_factory=list)
    rates: dict[int, list[float]] = field(default_factory=dict)
    slowest: dict[int, list[float]] = field(default_factory=dict)


def measure(target: Target, connections: int, seconds: int, folder: Path) -> None:
    script = folder / "requests.lua"
    script.write_text(requests(target))
    command = ["wrk", "-t", "1", "-c", str(connections), "-d", f"{seconds}s", "--latency", "-s", str(script)]
    out = subprocess.run(
        [*command, f"http://127.0.0.1:{target.port}/"], capture_output=True, text=True, check=True
    ).stdout
    if "Non-2xx" in out:
        raise SystemExit(f"{target.name} answered with errors:\n{out}")
    target.rates.setdefault(connections, []).append(float(number(r"Requests/sec:\s+([\d.]+)", out)[0]))
    amount, unit = number(r"99%\s+([\d.]+)(us|ms|s|m)", out)
    target.slowest.setdefault(connections, []).append(float(amount) * UNITS[unit])


def requests(target: Target) -> str:
    """A script for wrk that asks one thing after the other; what is asked is ASCII, as Lua takes no other escapes."""
    paths = [f"{target.path}?{query}" for query in target.queries] or [target.path]
    made = [f"wrk.format('GET', {json.dumps(path)})" for path in paths]
    if target.bodies:
        headers = "{['Content-Type'] = 'application/json'}"
        made = [
            f"wrk.format('POST', {json.dumps(target.path)}, {headers}, {json.dumps(body)})" for body in target.bodies
        ]
    return (
        f"local made, at = {{}}, 0\nfunction init()\nmade = {{{', '.join(made)}}}\nend\n"
        "function request()\nat = at % #made + 1\nreturn made[at]\nend\n"
    )


def number(pattern: str, text: str) -> tuple[str, ...]:
    found = re.search(pattern, text)
    if not found:
        raise SystemExit(f"wrk printed what we cannot read:\n{text}")
    return found.groups()


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--rounds", type=int, default=5)
    parser.add_argument("--seconds", type=int, default=3)
    parser.add_argument("--peers", action="store_true", help="also FastAPI and the tutorial's way")
    parser.add_argument("--wrapped", action="store_true", help="a forest and LightGBM, beside FastAPI with the same")
    asked = parser.parse_args()
    if not shutil.which("wrk"):
        raise SystemExit("wrk is missing. Install it: apt install wrk")
    with ExitStack() as stack:
        folder = Path(stack.enter_context(tempfile.TemporaryDirectory()))
        targets = start_wrapped(stack, folder) if asked.wrapped else start(stack, asked.peers)
        for target in targets:
            # What a worker loads with its first answers would stand in the p99 of one turn alone.
            measure(target, 16, asked.seconds, folder)
            target.rates.clear()
            target.slowest.clear()
        for _ in range(asked.rounds):
            for connections in (1, 16):
                for target in targets:
                    measure(target, connections, asked.seconds, folder)
        report(targets)


def start(stack: ExitStack, peers: bool) -> list[Target]:
    asked = people(PEOPLE)
    queries, bodies = [urlencode(person) for person in asked], [json.dumps(person) for person in asked]
    bare, same, ours = free_port(), free_port(), free_port()
    stack.enter_context(server(gunicorn("bench.peers:reference()", bare), bare))
    stack.enter_context(server(granian("bench.peers:reference", same), same))
    stack.enter_context(server(likely(ours), ours))
    targets = [
        Target("reference: bare Flask page", bare, "/"),
        Target("the same page under Granian", same, "/"),
        Target("POST /api/models/census/predict", ours, "/api/models/census/predict", bodies=bodies),
        Target("GET /census", ours, "/census"),
        Target("GET /census/result", ours, "/census/result", queries),
    ]
    if peers:
        other, tutorial = free_port(), free_port()
        command = [sys.executable, "-m", "uvicorn", "bench.fastapi_peer:app", "--workers", "2"]
        stack.enter_context(server([*command, "--port", str(other), "--log-level", "warning"], other))
        stack.enter_context(server(gunicorn("bench.peers:tutorial()", tutorial), tutorial))
        targets.append(Target("FastAPI with scikit-learn", other, "/predict", bodies=bodies))
        targets.append(Target("the tutorial's way in Flask", tutorial, "/", queries))
    return targets


def start_wrapped(stack: ExitStack, folder: Path) -> list[Target]:
    """The same two files, wrapped by Likely, and loaded by FastAPI."""
    from bench.brought import MODELS, bring

    bodies = [json.dumps(person) for person in people(PEOPLE)]
    bare, ours = free_port(), free_port()
    files = {name: bring(name, folder) for name in MODELS}
    stack.enter_context(server(gunicorn("bench.peers:reference()", bare), bare))
    stack.enter_context(server(likely(ours), ours, LIKELY_MODEL_FOLDERS=str(folder), LIKELY_MODELS=" ".join(MODELS)))
    targets = [Target("reference: bare Flask page", bare, "/")]
    for name, file in files.items():
        other = free_port()
        command = [sys.executable, "-m", "uvicorn", "bench.fastapi_peer:app", "--workers", "2", "--port", str(other)]
        stack.enter_context(server([*command, "--log-level", "warning"], other, PEER_MODEL=str(file)))
        targets.append(Target(f"Likely with the {name}", ours, f"/api/models/{name}/predict", bodies=bodies))
        targets.append(Target(f"FastAPI with the {name}", other, "/predict", bodies=bodies))
    return targets


def report(targets: list[Target]) -> None:
    reference = targets[0]
    for connections in (1, 16):
        print(f"\n{connections} connection{'s' if connections > 1 else ''}")
        print(f"  {'':34} {'requests/s':>11} {'x reference':>12} {'p99 ms':>8} {'x reference':>12}")
        base = statistics.median(reference.rates[connections])
        base_slow = statistics.median(reference.slowest[connections])
        for target in targets:
            rate = statistics.median(target.rates[connections])
            slow = statistics.median(target.slowest[connections])
            print(f"  {target.name:34} {rate:11.0f} {rate / base:12.2f} {slow:8.2f} {slow / base_slow:12.2f}")


if __name__ == "__main__":
    main()
