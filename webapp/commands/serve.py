"""Serving: gunicorn where it runs, Flask's own server for debugging and where gunicorn does not run."""

from __future__ import annotations

import ipaddress
import os
import secrets
import socket
import sys
from pathlib import Path
from typing import Any

import click

from webapp import create_app
from webapp.settings import BadSetting

SECRET_FILE = Path(__file__).resolve().parents[2] / "instance" / "secret_key"
# Browsers open connections ahead of need; threads keep one idle connection from holding a worker.
THREADS = 4
# Where a worker shows that it is alive; on a disk, a slow write could look like a dead worker.
MEMORY = Path("/dev/shm")  # noqa: S108 - gunicorn makes an unnamed file there


class ServerProblem(RuntimeError):
    """The server cannot start; the text says why and what to do."""


def serve(host: str, port: int, workers: int, debug: bool) -> None:
    key = secret_key(host)
    refuse_taken_port(host, port)
    if debug:
        create_app({"SECRET_KEY": key}).run(host=host, port=port, debug=True, use_reloader=True)
        return
    say(f"Likely is on http://{shown_host(host)}:{port}  (Ctrl-C stops it)")
    if sys.platform == "win32":
        say("gunicorn does not run on Windows, so Flask's own server is used. For many people, use waitress.")
        create_app({"SECRET_KEY": key}).run(host=host, port=port, threaded=True)
        return
    run_gunicorn(host, port, workers, key)


def run_gunicorn(host: str, port: int, workers: int, key: str) -> None:
    from gunicorn.app.base import BaseApplication

    class Likely(BaseApplication):
        def load_config(self) -> None:
            for name, value in gunicorn_settings(host, port, workers).items():
                self.cfg.set(name, value)

        def load(self) -> Any:
            return create_app({"SECRET_KEY": key})

    Likely().run()


def gunicorn_settings(host: str, port: int, workers: int) -> dict[str, Any]:
    return {
        "bind": f"{shown_host(host)}:{port}",
        "workers": workers,
        "worker_class": "webapp.http.worker.SharingWorker",
        "threads": THREADS,
        # One copy of the scorecards, shared by all workers.
        "preload_app": True,
        "loglevel": "warning",
        "timeout": 30,
        "graceful_timeout": 10,
        "keepalive": 5,
        "worker_tmp_dir": str(MEMORY) if MEMORY.is_dir() else None,
        "control_socket_disable": True,
    }


def secret_key(host: str) -> str:
    """The key from the environment; on loopback one that is made once and kept."""
    given = os.environ.get("SECRET_KEY", "")
    if given:
        return given
    if not is_loopback(host):
        raise BadSetting(
            f"SECRET_KEY must be set when serving on {host}: at least 16 characters that nobody can guess. "
            'Make one with: python -c "import secrets; print(secrets.token_hex(32))"'
        )
    return kept_secret()


def kept_secret() -> str:
    try:
        kept = SECRET_FILE.read_text().strip()
    except FileNotFoundError:
        kept = ""
    if len(kept) < 16:
        kept = secrets.token_hex(32)
        SECRET_FILE.parent.mkdir(exist_ok=True)
        SECRET_FILE.touch(mode=0o600)
        SECRET_FILE.write_text(kept + "\n")
    return kept


def is_loopback(host: str) -> bool:
    if host == "localhost":
        return True
    try:
        return ipaddress.ip_address(host.strip("[]")).is_loopback
    except ValueError:
        return False


def shown_host(host: str) -> str:
    return f"[{host}]" if ":" in host and not host.startswith("[") else host


def refuse_taken_port(host: str, port: int) -> None:
    family = socket.AF_INET6 if ":" in host else socket.AF_INET
    with socket.socket(family) as tried:
        tried.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        try:
            tried.bind((host.strip("[]"), port))
        except PermissionError:
            raise ServerProblem(f"Port {port} needs more rights than this user has. Try --port 5000") from None
        except OSError as fault:
            if os.environ.get("WERKZEUG_RUN_MAIN") == "true":
                return
            raise ServerProblem(
                f"Port {port} on {host} cannot be used ({fault.strerror}). "
                f"Stop what is using it, or choose another: python run.py --port {port + 1}"
            ) from None


def say(line: str) -> None:
    click.echo(line)
    sys.stdout.flush()
