"""Serving: Granian, and Flask's own server while somebody works on the code."""

import ipaddress
import multiprocessing
import os
import secrets
import signal
import socket
import subprocess
import sys
import threading
from functools import partial
from multiprocessing.queues import SimpleQueue
from pathlib import Path
from typing import Any

import click

from webapp.http import log
from webapp.settings import BadSetting, settings_from
from webapp.store.owner import lacks_owner

from .worker import load_app, make_seats

ROOT = Path(__file__).resolve().parents[2]
SECRET_FILE = ROOT / "instance" / "secret_key"
# Each slow body holds a thread while it comes.
THREADS = 64
# Connections that a worker holds, silent ones too; more of them wait before they are accepted.
CONNECTIONS = 2048
# Connections, and what a worker has open besides.
OPEN_FILES = CONNECTIONS + 512
# What Granian says of itself goes where all else is said, and requests are logged by the app.
LOG = {
    "handlers": {"likely": {"class": "webapp.http.log.Failures"}},
    "loggers": {"_granian": {"handlers": ["likely"], "propagate": False}},
}


class ServerProblem(RuntimeError):
    """The server cannot start; the text says why and what to do."""


def serve(host: str, port: int, workers: int, debug: bool, tls: tuple[Path, Path] | None = None) -> None:
    # The workers start afresh, and read it there.
    os.environ["SECRET_KEY"] = secret_key(host)
    if debug:
        from webapp import create_app

        app = create_app()
        say_who_is_missing()
        # They are read once, at the start.
        words = [path for folder in app.config["MODEL_FOLDERS"] for path in folder.glob("*.words.toml")]
        watched = [*(ROOT / "static").iterdir(), *words]
        app.run(host=host, port=port, debug=True, ssl_context=tls, extra_files=watched)
        return
    if sys.platform == "win32":
        workers = 1
        click.echo("On Windows Likely has one worker and does not reload.")
    run_granian(host, port, workers, tls)


def run_granian(host: str, port: int, workers: int, tls: tuple[Path, Path] | None) -> None:
    multiprocessing.set_start_method("spawn")
    try:
        reports: SimpleQueue[str] = multiprocessing.SimpleQueue()
        seats = make_seats(workers)
    except OSError as fault:
        # Of shared memory and the system's locks, which a system may be without.
        raise ServerProblem(f"Workers cannot share memory here ({fault.strerror}). Let /dev/shm be written") from None
    server = granian(free_address(host, port), port, workers, tls)
    problems: list[str] = []
    # The workers wait for the end of this pipe; it comes when the server ends, and also when it is killed.
    ending, kept_open = multiprocessing.Pipe(duplex=False)

    def stop(*signalled: Any) -> None:
        # First, so that the server does not take the workers' end for a failure.
        server.signal_handler_interrupt()
        kept_open.close()

    def heed_signals() -> None:
        signal.signal(signal.SIGHUP, reload)
        for asked_to_end in (signal.SIGTERM, signal.SIGINT):
            signal.signal(asked_to_end, stop)

    def listen() -> None:
        """The first worker that is ready has the address said; the first that is not ends the server."""
        if not (report := reports.get()):
            # Before that, a worker that dies ends the start: it would not fare better the second time.
            server.respawn_failed_workers = True
            shown = f"[{host}]" if ":" in host and not host.startswith("[") else host
            said = f"Likely is on {'https' if tls else 'http'}://{shown}:{port}"
            if log.AS_JSON:
                log.tell("INFO", said)
            else:
                click.echo(f"{said}  (Ctrl-C stops it)")
            say_who_is_missing()
        while not report:
            report = reports.get()
        problems.append(report)
        stop()

    def reload(*signalled: Any) -> None:
        """Start the workers anew, if what they would read can be read."""
        script = f"import sys; sys.path.insert(0, {str(ROOT)!r}); import webapp.wsgi"
        if tls:
            # An empty password, so that a key that needs one fails and does not ask for it.
            script += f"; import ssl; ssl.SSLContext().load_cert_chain({str(tls[0])!r}, {str(tls[1])!r}, '')"
        trial = [sys.executable, "-c", script]
        tried = subprocess.run(trial, capture_output=True, encoding="utf-8", errors="replace")  # noqa: S603 - our own
        if tried.returncode:
            reason = (tried.stderr.strip() or f"the trial ended with {tried.returncode}").splitlines()[-1]
            log.tell("ERROR", f"Not reloaded, the workers go on as they are: {reason}")
        else:
            server.signal_handler_reload()

    # As for the command that scores: the last digits of its tables hang on how many threads share a product.
    os.environ.setdefault("OPENBLAS_NUM_THREADS", "1")
    # Photos and files take long pieces of memory. From this size on the C library gives each back at once; left alone, it
    # raises the size with the longest that was freed, and the workers keep what they no longer need.
    os.environ.setdefault("MALLOC_MMAP_THRESHOLD_", "262144")
    # What is free at the end of the memory goes back from this size on. A page that is signed or compressed takes 320 kB for
    # a moment, and under the usual 128 kB the system would take that back, and fill it with noughts anew, each time.
    os.environ.setdefault("MALLOC_TRIM_THRESHOLD_", "1048576")
    # Else each thread has a store of free memory for itself, and what one page has just let go is no use to the next.
    os.environ.setdefault("MALLOC_ARENA_MAX", "1")
    if sys.platform != "win32":
        allow_open_files()
        server.on_startup(heed_signals)
    threading.Thread(target=listen, daemon=True).start()
    try:
        server.serve(target_loader=partial(load_app, reports, ending, seats), wrap_loader=False)
    finally:
        # Granian leaves by SystemExit where a worker ended before it was told to.
        if problems:
            raise ServerProblem(problems[0])


def say_who_is_missing() -> None:
    """Where nobody can sign in yet, say what makes the first account; the link itself is for no log."""
    address = settings_from(os.environ)["DATABASE"]
    if address and lacks_owner(address):
        words = "Nobody can sign in, and nobody has to. For an owner’s account: python run.py person owner"
        log.tell("INFO", words)


def granian(address: str, port: int, workers: int, tls: tuple[Path, Path] | None) -> Any:
    from granian import Granian
    from granian.constants import HTTPModes, Interfaces, SSLProtocols
    from granian.http import HTTP1Settings
    from granian.log import LogLevels

    certificate, key = tls or (None, None)
    try:
        return Granian(
            "webapp.wsgi:app",
            address=address,
            port=port,
            interface=Interfaces.WSGI,
            http=HTTPModes.http1,
            # In milliseconds and in bytes; and in seconds how long what has begun may take once the server shall end.
            http1_settings=HTTP1Settings(header_read_timeout=10_000, max_buffer_size=64 * 1024),
            workers_kill_timeout=30,
            workers=workers,
            blocking_threads=THREADS,
            backlog=2 * CONNECTIONS,
            backpressure=CONNECTIONS,
            ssl_cert=certificate,
            ssl_key=key,
            ssl_protocol_min=SSLProtocols.tls12,
            log_level=LogLevels.error,
            log_dictconfig=LOG,
        )
    except OSError as fault:
        raise ServerProblem(f"{certificate} and {key} are no certificate and its key ({fault.strerror})") from None


def allow_open_files() -> None:
    """Many systems allow 1,024 or 256 open files unless they are asked for more."""
    import resource

    now, most = resource.getrlimit(resource.RLIMIT_NOFILE)
    # Some systems write -1 for what has no limit.
    if 0 <= now < OPEN_FILES:
        resource.setrlimit(resource.RLIMIT_NOFILE, (min(OPEN_FILES, most) if most >= 0 else OPEN_FILES, most))


def free_address(host: str, port: int) -> str:
    """The number of a host's name, since Granian takes no names, if nobody else has the port."""
    try:
        family, *_, address = socket.getaddrinfo(host.strip("[]"), port, type=socket.SOCK_STREAM)[0]
    except OSError:
        raise ServerProblem(f"There is no address for the host {host}. Try --host 127.0.0.1") from None
    with socket.socket(family) as tried:
        tried.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        try:
            tried.bind(address)
        except PermissionError:
            raise ServerProblem(f"Port {port} needs more rights than this user has. Try --port 5000") from None
        except OSError as fault:
            raise ServerProblem(
                f"Port {port} on {host} cannot be used ({fault.strerror}). "
                f"Stop what is using it, or choose another: python run.py --port {port + 1}"
            ) from None
    return str(address[0])


def secret_key(host: str) -> str:
    """The key from the environment; on loopback one that is made once and kept."""
    if given := os.environ.get("SECRET_KEY"):
        return given
    if not is_loopback(host):
        raise BadSetting(
            f"SECRET_KEY must be set when serving on {host}: at least 16 characters that nobody can guess. "
            'Make one with: python -c "import secrets; print(secrets.token_hex(32))"'
        )
    try:
        return kept_key()
    except (OSError, UnicodeDecodeError) as fault:
        why = fault.strerror if isinstance(fault, OSError) else "it is no text"
        raise BadSetting(
            f"The key cannot be kept in {SECRET_FILE} ({why}). Set SECRET_KEY, or let it be kept"
        ) from None


def kept_key() -> str:
    kept = SECRET_FILE.read_text("ascii").strip() if SECRET_FILE.exists() else ""
    if len(kept) < 16:
        kept = secrets.token_hex(32)
        SECRET_FILE.parent.mkdir(exist_ok=True)
        SECRET_FILE.touch(mode=0o600)
        SECRET_FILE.write_text(kept + "\n")
    return kept


def is_loopback(host: str) -> bool:
    try:
        return host == "localhost" or ipaddress.ip_address(host.strip("[]")).is_loopback
    except ValueError:
        return False
