"""Take the README's two screenshots from the running app: python scripts/screenshots.py

Starts `python run.py` and drives Debian's Chromium, as the browser tests do.
"""

from __future__ import annotations

import shutil
import socket
import subprocess
import sys
import time
from pathlib import Path

from playwright.sync_api import Page, sync_playwright

ROOT = Path(__file__).resolve().parents[1]
FOLDER = ROOT / "docs" / "screenshots"
PORT = 5059
SITE = f"http://127.0.0.1:{PORT}"
WIDTH, HEIGHT = 900, 1000


def wait() -> None:
    for _ in range(500):
        try:
            socket.create_connection(("127.0.0.1", PORT), timeout=1).close()
        except OSError:
            time.sleep(0.02)
        else:
            return
    raise TimeoutError("Likely did not start")


def take(page: Page) -> None:
    page.goto(f"{SITE}/census")
    page.get_by_role("main").get_by_role("link", name="A married manager").click()
    page.screenshot(path=FOLDER / "form.png")
    page.get_by_role("button", name="Estimate the chance").click()
    page.screenshot(path=FOLDER / "result.png")


def main() -> None:
    FOLDER.mkdir(parents=True, exist_ok=True)
    server = subprocess.Popen([sys.executable, "run.py", "--port", str(PORT)], cwd=ROOT)
    try:
        wait()
        with sync_playwright() as playwright:
            browser = playwright.chromium.launch(
                executable_path=shutil.which("chromium"), args=["--no-sandbox", "--disable-gpu"]
            )
            take(browser.new_page(viewport={"width": WIDTH, "height": HEIGHT}, color_scheme="light"))
            browser.close()
    finally:
        server.terminate()
        server.wait(timeout=30)


if __name__ == "__main__":
    main()
