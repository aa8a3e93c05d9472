"""Serving: Granian, and Flask's own server while somebody works on the code."""

from __future__ import annotations

import atexit
import ipaddress
import multiprocessing
import os
import secrets
import signal
import socket
import subprocess
import sys
import threading
import traceback
from functools import partial
from multiprocessing.queues import SimpleQueue
from pathlib import Path
from typing import Any

import click

from model.predict.card import NotTrained, Tampered
from model.predict.catalog import BadModel, UnknownModel
from webapp.http import log
from webapp.settings import BadSetting

ROOT = Path(__file__).resolve().parents[2]
SECRET_FILE = ROOT / "instance" / "secret_key"
# Each slow body holds a thread while it comes.
THREADS = 64
# Connections that a worker holds, silent ones too; more of them wait before they are accepted.
CONNECTIONS = 2048
# Connections, and what a worker has open besides.
OPEN_FILES = CONNECTIONS + 512
LONGEST_HEADERS = 64 * 1024
MILLISECONDS_FOR_HEADERS = 10_000
# How long a request that has begun may take once the server was asked to end.
SECONDS_TO_END = 30


class ServerProblem(RuntimeError):
    """The server cannot start; the text says why and what to do."""


# What stops the start and is the person's to put right.
REFUSALS = (BadSetting, ServerProblem, BadModel, UnknownModel, NotTrained, Tampered)


def serve(host: str, port: int, workers: int, debug: bool, tls: tuple[Path, Path] | None = None) -> None:
    # The workers start afresh, and read it there.
    os.environ["SECRET_KEY"] = secret_key(host)
    refuse_taken_port(host, port)
    if debug:
        from webapp import create_app

        create_app().run(host=host, port=port, debug=True, use_reloader=True, ssl_context=tls)
        return
    if sys.platform == "win32":
        workers = 1
        click.echo("On Windows Likely has one worker and does not reload.")
    run_granian(host, port, workers, tls)


def run_granian(host: str, port: int, workers: int, tls: tuple[Path, Path] | None) -> None:
    multiprocessing.set_start_method("spawn")
    allow_open_files(OPEN_FILES)
    reports: SimpleQueue[str] = multiprocessing.SimpleQueue()
    server = granian(host, port, workers, tls)
    problems: list[str] = []

    def listen() -> None:
        """The first worker that is ready has the address said; the first that is not ends the server."""
        if not (report := reports.get()):
            # Before that, a worker that dies ends the start: it would not fare better the second time.
            server.respawn_failed_workers = True
            click.echo(f"Likely is on {'https' if tls else 'http'}://{shown_host(host)}:{port}  (Ctrl-C stops it)")
        while not report:
            report = reports.get()
        problems.append(report)
        server.signal_handler_interrupt()

    def reload(*signalled: Any) -> None:
        """Start the workers anew, if what they would read can be read."""
        trial = f"import sys; sys.path.insert(0, {str(ROOT)!r}); import webapp.wsgi"
        command = [sys.executable, "-c", trial]
        tried = subprocess.run(command, capture_output=True, encoding="utf-8", errors="replace")  # noqa: S603 - our own
        if tried.returncode:
            reason = (tried.stderr.strip() or f"the trial ended with {tried.returncode}").splitlines()[-1]
            log.write(f"ERROR Not reloaded, the workers go on as they are: {reason}")
        else:
            server.signal_handler_reload()

    if sys.platform != "win32":
        server.on_startup(lambda: signal.signal(signal.SIGHUP, reload))
    threading.Thread(target=listen, daemon=True).start()
    server.serve(target_loader=partial(load_app, reports), wrap_loader=False)
    if problems:
        raise ServerProblem(problems[0])


def granian(host: str, port: int, workers: int, tls: tuple[Path, Path] | None) -> Any:
    from granian import Granian
    from granian.constants import HTTPModes, Interfaces, SSLProtocols
    from granian.http import HTTP1Settings
    from granian.log import LogLevels

    certificate, key = tls or (None, None)
    try:
        return Granian(
            "webapp.wsgi:app",
            address=address_of(host),
            port=port,
            interface=Interfaces.WSGI,
            http=HTTPModes.http1,
            http1_settings=HTTP1Settings(MILLISECONDS_FOR_HEADERS, max_buffer_size=LONGEST_HEADERS),
            workers=workers,
            blocking_threads=THREADS,
            backlog=2 * CONNECTIONS,
            backpressure=CONNECTIONS,
            workers_kill_timeout=SECONDS_TO_END,
            ssl_cert=certificate,
            ssl_key=key,
            ssl_protocol_min=SSLProtocols.tls12,
            log_level=LogLevels.error,
            log_dictconfig=LOG,
        )
    except OSError as fault:
        raise ServerProblem(f"{certificate} and {key} are no certificate and its key ({fault.strerror})") from None


# What Granian says of itself goes where all else is said, and requests are logged by the app.
LOG = {
    "handlers": {"likely": {"class": "webapp.http.log.Failures"}},
    "loggers": {"_granian": {"handlers": ["likely"], "propagate": False}},
}


def load_app(reports: SimpleQueue[str]) -> Any:
    """The application, in a worker. Where it cannot be made, the reason goes to the server, which then ends."""
    threading.Thread(target=end_with_the_server, daemon=True).start()
    try:
        from webapp.wsgi import app
    except Exception as problem:
        if not isinstance(problem, REFUSALS):
            traceback.print_exc()
        reports.put(str(problem) or type(problem).__name__)
        # The server would replace a worker that ends by itself.
        threading.Event().wait()
    reports.put("")
    # Where a client has left, Granian does not wait for the thread that still answers it, and Python would end under it.
    atexit.register(os._exit, 0)
    return app


def end_with_the_server() -> None:
    """A server that was killed leaves no workers behind that hold its port."""
    server = multiprocessing.parent_process()
    assert server is not None
    server.join()
    os.kill(os.getpid(), signal.SIGTERM)


def allow_open_files(number: int) -> None:
    """Many systems allow 1,024 or 256 open files unless they are asked for more."""
    if sys.platform == "win32":
        return
    import resource

    now, most = resource.getrlimit(resource.RLIMIT_NOFILE)
    if most != resource.RLIM_INFINITY:
        number = min(number, most)
    if now != resource.RLIM_INFINITY and now < number:
        resource.setrlimit(resource.RLIMIT_NOFILE, (number, most))


def address_of(host: str) -> str:
    """The number of a host's name, since Granian takes no names."""
    try:
        return str(socket.getaddrinfo(host.strip("[]"), None, type=socket.SOCK_STREAM)[0][4][0])
    except OSError:
        raise ServerProblem(f"There is no address for the host {host}. Try --host 127.0.0.1") from None


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
