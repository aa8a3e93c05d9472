"""Lighthouse's scores, as on a telephone: python scripts/lighthouse.py [--details]

Starts `python run.py` and lets Lighthouse visit a page of each kind in Debian's Chromium (Node and npm
are needed; npm fetches the rest). A result is kept from search engines on purpose, which Lighthouse
counts as a fault: the SEO of results is marked with *, and is what it would be without that fault.
"""

from __future__ import annotations

import argparse
import json
import os
import shutil
import subprocess
import sys
import tempfile
from pathlib import Path
from typing import Any
from urllib.parse import urlencode

sys.path.insert(0, str(Path(__file__).resolve().parents[1]))

from bench.servers import PERSON, free_port, likely, server
from scripts.node import tool

LIGHTHOUSE = "lighthouse@13.5.0"
NODE = 22
CATEGORIES = {"performance": 98, "accessibility": 100, "best-practices": 100, "seo": 100}
PAGES = {
    "index": "/",
    "form": "/census",
    "result": f"/census/result?{urlencode(PERSON)}",
    "card": "/census/card",
    "API": "/api/",
    "batch": "/census/batch",
}
NOT_LISTED = "is-crawlable"
TRIES = 5
ARGUMENTS = "--headless=new --no-sandbox --disable-gpu"

Report = dict[str, Any]


def visit(command: list[str], address: str, folder: Path) -> Report:
    report = folder / "report.json"
    environment = {**os.environ, "CHROME_PATH": shutil.which("chromium") or "chromium"}
    # A trace on a busy machine may lack its beginning, and Lighthouse then asks to be run again.
    for _ in range(TRIES):
        said = subprocess.run(
            [*command, address, "--quiet", "--output=json", f"--output-path={report}", f"--chrome-flags={ARGUMENTS}"],
            cwd=folder,
            env=environment,
            capture_output=True,
            text=True,
        )
        if "NO_NAVSTART" not in said.stderr:
            break
    if said.returncode:
        raise SystemExit(f"Lighthouse could not visit {address}:\n{said.stderr}")
    told: Report = json.loads(report.read_text(encoding="utf-8"))
    return told


def score(report: Report, category: str, but: str = "") -> int:
    """Lighthouse's own sum out of 100: the weighted mean of the audits, one of which may be left out."""
    counted = [one for one in report["categories"][category]["auditRefs"] if one["id"] != but]
    scored = [(report["audits"][one["id"]]["score"], one["weight"]) for one in counted]
    weighed = [(value, weight) for value, weight in scored if value is not None and weight]
    return round(100 * sum(value * weight for value, weight in weighed) / sum(weight for _, weight in weighed))


def scores(report: Report, kind: str) -> dict[str, int]:
    found = {name: round(100 * (report["categories"][name]["score"] or 0)) for name in CATEGORIES}
    if kind == "result" and report["audits"][NOT_LISTED]["score"] == 0:
        found["seo"] = score(report, "seo", but=NOT_LISTED)
    return found


def faults(report: Report) -> list[str]:
    """Every audit that found something and counts for a score."""
    ids = {one["id"] for name in CATEGORIES for one in report["categories"][name]["auditRefs"] if one["weight"]}
    wrong = [report["audits"][name] for name in ids]
    return [
        f"{one['id']} ({one['score']:.2f}): {one['title']} {one.get('displayValue', '')}".rstrip()
        for one in wrong
        if one["score"] is not None and one["score"] < 1
    ]


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--details", action="store_true", help="also what costs points")
    asked = parser.parse_args()
    command = tool(LIGHTHOUSE, "lighthouse", NODE)
    port, reached = free_port(), True
    print(f"{'':8}" + "".join(f"{name:>16}" for name in CATEGORIES))
    with server(likely(port), port), tempfile.TemporaryDirectory() as folder:
        for kind, path in PAGES.items():
            report = visit(command, f"http://127.0.0.1:{port}{path}", Path(folder))
            found = scores(report, kind)
            reached = reached and all(found[name] >= least for name, least in CATEGORIES.items())
            shown = [f"{found[name]}{'*' if (kind, name) == ('result', 'seo') else ''}" for name in CATEGORIES]
            print(f"{kind:8}" + "".join(f"{one:>16}" for one in shown))
            for fault in faults(report) if asked.details else ():
                print(f"        {fault}")
    print(f"to reach: {', '.join(f'{name} {least}' for name, least in CATEGORIES.items())}")
    print("* without is-crawlable: results are kept from search engines on purpose")
    sys.exit(0 if reached else 1)


if __name__ == "__main__":
    main()
