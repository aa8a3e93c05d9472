"""axe on the pages of models that `run.py new` makes of public tables: python scripts/axe_tables.py

    python scripts/axe_tables.py [--table NAME ...] [--rows 1500]

Each table of bench/public.py is handed to the command with --quick and nothing said but the target. All models are served
together, and Chromium visits every page that each of them has, in every state, light and dark, narrow and wide. What axe
finds is printed, and what scrolls sideways.
"""

from __future__ import annotations

import argparse
import shutil
import subprocess
import sys
import tempfile
from collections.abc import Iterator
from pathlib import Path
from urllib.parse import urlencode

sys.path.insert(0, str(Path(__file__).resolve().parents[1]))

from playwright.sync_api import Browser, sync_playwright

from bench.public import TABLES
from model.declare.model import Model
from model.declare.reading import read_answers
from model.predict.catalog import Catalog
from webapp.http.addresses import NEW, texts

from tests.browser.conftest import ARGUMENTS
from tests.browser.test_accessibility import assert_no_sideways_scroll, violations
from tests.processes import ROOT, environment, server

# No colour depends on the width, and no place on the colours.
SEEN = [("light", 360), ("dark", 1280)]


def draft(name: str, rows: int, folder: Path) -> None:
    """A model of so many of the table's rows."""
    public = TABLES[name]
    table = public.frame().dropna(subset=public.target)
    table = table.sample(min(rows, len(table)), random_state=0)
    path = folder / f"{name}.csv"
    table.dropna(axis="columns", how="all").to_csv(path, index=False)
    says = ["--target", public.target, *(["--yes", public.yes] if public.yes else [])]
    command = ["run.py", "new", path, *says, "--quick", "--folder", folder / "models", "--name", f"my_{name}"]
    subprocess.run([sys.executable, *command], cwd=ROOT, env=environment(), check=True, stdout=subprocess.DEVNULL)
    print(f"{name}: a model of {len(table):,} rows and {table.shape[1] - 1} columns", flush=True)


def pages(model: Model) -> Iterator[str]:
    """The path of each page in each state."""
    examples = [texts(model, read_answers(model.inputs, one.answers)[0]) for one in model.examples]
    lacking = {asked.name: "unknown" for asked in model.inputs if asked.may_be_unknown}
    yield from ("", "/card", "/batch", "/result", f"?{urlencode(examples[0])}", f"/curves?{urlencode(examples[0])}")
    yield f"/compare?{urlencode(examples[0] | {NEW + name: text for name, text in examples[-1].items()})}"
    for given in [*examples, *([{**examples[0], **lacking}] if lacking else [])]:
        yield f"/result?{urlencode(given)}"


def visit(chromium: Browser, site: str, model: Model) -> Iterator[str]:
    """What is wrong with the model's pages."""
    for scheme, width in SEEN:
        context = chromium.new_context(
            viewport={"width": width, "height": 800},
            base_url=site,
            color_scheme=scheme,  # type: ignore[arg-type]
        )
        page = context.new_page()
        for path in pages(model):
            page.goto(f"/{model.name}{path}")
            # What is folded away is read too.
            page.evaluate("document.querySelectorAll('details').forEach(one => one.open = true)")
            found = violations(page)
            try:
                assert_no_sideways_scroll(page)
            except AssertionError as fault:
                found.append(str(fault))
            yield from (f"{scheme}, {width} px, /{model.name}{path[:60]}: {one}" for one in found)
        context.close()


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--table", nargs="+", choices=TABLES, default=list(TABLES))
    parser.add_argument("--rows", type=int, default=1_500)
    asked = parser.parse_args()
    with tempfile.TemporaryDirectory() as place:
        for name in asked.table:
            draft(name, asked.rows, Path(place))
        folder, names = Path(place, "models"), [f"my_{name}" for name in asked.table]
        catalog, wrong = Catalog([folder]), 0
        with (
            server(
                LIKELY_MODEL_FOLDERS=str(folder), LIKELY_MODELS=" ".join(names), SECRET_KEY="for axe on public tables"
            ) as site,
            sync_playwright() as playwright,
        ):
            chromium = playwright.chromium.launch(executable_path=shutil.which("chromium"), args=ARGUMENTS)
            for name in names:
                found = list(visit(chromium, f"http://127.0.0.1:{site.port}", catalog[name]))
                print("\n".join([f"{name}: {len(found) or 'nothing'} found", *found]), flush=True)
                wrong += len(found)
            chromium.close()
    raise SystemExit(wrong > 0)


if __name__ == "__main__":
    main()
