"""Node's tools for scripts: each in a pinned version, and under a Node that is new enough for it."""

from __future__ import annotations

import shutil
import subprocess

# What npm's package "node" brings where the machine's own Node is too old.
BROUGHT = "node@22.23.3"


def own_version() -> int:
    """The machine's own Node, 20 for v20.20.2; without Node and npm nothing here can run."""
    for needed in ("node", "npx"):
        if not shutil.which(needed):
            raise SystemExit(f"{needed} is missing. Install it: apt install nodejs npm")
    said = subprocess.run(["node", "--version"], capture_output=True, text=True, check=True).stdout
    return int(said.strip().lstrip("v").split(".")[0])


def tool(package: str, command: str, lowest: int) -> list[str]:
    """The start of a command line that runs a package's command, fetched by npm if it is not there yet."""
    brought = [] if own_version() >= lowest else ["--package", BROUGHT]
    return ["npx", "--yes", *brought, "--package", package, "--", command]
