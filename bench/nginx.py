"""nginx with deploy/nginx.conf as it is shipped, but for the ports and the folders it writes to."""

from __future__ import annotations

import shutil
from pathlib import Path

from bench.servers import ROOT

SHIPPED = ROOT / "deploy" / "nginx.conf"
# What Debian's nginx.conf has around the files in conf.d.
AROUND = """
worker_processes auto;
pid {folder}/pid;
error_log {folder}/error.log crit;
events {{ worker_connections 768; }}
http {{ include {folder}/likely.conf; }}
"""

# Where nothing listens.
NOBODY = 1


def adapted(text: str, port: int, upstream: int, long: int, folder: Path) -> str:
    """The shipped file for other ports; what is to be replaced must be there."""
    replaced = {
        "server 127.0.0.1:5000": f"server 127.0.0.1:{upstream}",
        "server 127.0.0.1:5001": f"server 127.0.0.1:{long}",
        "    listen 80;": f"    listen 127.0.0.1:{port};",
        "    listen [::]:80;": "",
        "/var/log/nginx/": f"{folder}/",
        "/dev/shm/likely-": f"{folder}/",
    }
    for shipped, ours in replaced.items():
        if shipped not in text:
            raise SystemExit(f"{SHIPPED} has no {shipped!r} any more")
        text = text.replace(shipped, ours)
    return text


def nginx(port: int, upstream: int, folder: Path, long: int = NOBODY) -> list[str]:
    """The command that puts nginx on a port in front of another, and of one for what is long."""
    if not shutil.which("nginx"):
        raise SystemExit("nginx is missing. Install it: apt install nginx-light")
    # nginx's workers are another user, and write here.
    folder.chmod(0o755)
    (folder / "likely.conf").write_text(adapted(SHIPPED.read_text(encoding="utf-8"), port, upstream, long, folder))
    (folder / "nginx.conf").write_text(AROUND.format(folder=folder))
    return ["nginx", "-c", f"{folder}/nginx.conf", "-e", f"{folder}/start.log", "-g", "daemon off;"]
