"""How the server starts, by other servers too, with certificates, and what stops the start."""

from __future__ import annotations

import json
import re
import ssl
import subprocess
import sys
import urllib.request
from pathlib import Path

import pytest

from tests.payloads import example, get_model
from tests.processes import ENDS_WITHIN, PATIENCE, ROOT, free_port, likely, run, run_without_rights, server
from tests.serving import KEY, PREDICT, all_of_it, connect, make_certificate

# Servers are waited for, and a second test beside them would make each wait longer.
pytestmark = [pytest.mark.slow, pytest.mark.alone]

# A list that keeps a worker busy for a moment.
PEOPLE = json.dumps([example(get_model("census"))] * 5000).encode()


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    """A folder with a model in it that can be spoilt."""
    (tmp_path / "flower.py").write_text(
        "from dataclasses import replace\nfrom model.iris import MODEL as IRIS\nMODEL = replace(IRIS, name='flower', drawing='')\n"
    )
    return tmp_path


def test_a_model_that_cannot_be_read_stops_the_start_with_one_sentence(folder: Path) -> None:
    (folder / "trained").mkdir()
    (folder / "trained" / "flower.json").write_text("{}")
    result = likely("--port", str(free_port()), SECRET_KEY=KEY, LIKELY_MODEL_FOLDERS=str(folder))
    assert result.returncode == 2
    assert len(result.stderr.splitlines()) == 1, result.stderr
    assert "python run.py train flower" in result.stderr
    assert "Likely is on" not in result.stdout


# -- certificates ------------------------------------------------------------------------------------


@pytest.fixture(scope="module")
def certificate(tmp_path_factory: pytest.TempPathFactory) -> tuple[Path, Path]:
    return make_certificate(tmp_path_factory.mktemp("tls"))


def test_it_serves_https(certificate: tuple[Path, Path]) -> None:
    cert, key = certificate
    trusted = ssl.create_default_context(cafile=str(cert))
    with server("--tls-cert", str(cert), "--tls-key", str(key), SECRET_KEY=KEY) as running:
        address = f"https://127.0.0.1:{running.port}"
        running.wait_until_it_says(f"Likely is on {address}")
        with urllib.request.urlopen(f"{address}/census", context=trusted, timeout=PATIENCE) as answer:
            assert answer.status == 200
            assert "Secure" in answer.headers["Set-Cookie"]
            assert "Strict-Transport-Security" in answer.headers


def test_a_certificate_needs_its_key(certificate: tuple[Path, Path]) -> None:
    cert, _ = certificate
    alone = likely("--tls-cert", str(cert), SECRET_KEY=KEY)
    assert alone.returncode == 2
    assert "--tls-cert and --tls-key go together" in alone.stderr
    wrong = likely("--tls-cert", str(cert), "--tls-key", str(cert), "--port", str(free_port()), SECRET_KEY=KEY)
    assert wrong.returncode == 2
    assert "are no certificate and its key" in wrong.stderr
    assert "Traceback" not in wrong.stderr


# -- other servers -----------------------------------------------------------------------------------


@pytest.mark.parametrize("name", ["app", "application"])
def test_gunicorn_serves_it_too(name: str) -> None:
    command = ("-m", "gunicorn", "--bind", "127.0.0.1:{port}", "--threads", "4", f"webapp.wsgi:{name}")
    with server(other=command, SECRET_KEY=KEY) as running:
        assert running.ask("GET", "/readyz").status == 200
        assert running.ask("POST", PREDICT, PEOPLE, Content_Type="application/json").status == 200


BAD_LINE = b"GET /census/result?age=93 and more HTTP/1.1 x\r\n\r\n"


def test_gunicorn_as_deployed_passes_over_a_header_that_moves_the_site_and_logs_no_answers() -> None:
    command = ("-m", "gunicorn", "--config", "deploy/gunicorn.conf.py", "--bind", "127.0.0.1:{port}", "webapp.wsgi:app")
    with server(other=command, SECRET_KEY=KEY) as running:
        for mounted in ("/x", "/census", "x", "%0d%0a"):
            head = f"GET /census HTTP/1.1\r\nHost: here\r\nConnection: close\r\nSCRIPT_NAME: {mounted}\r\n\r\n"
            assert all_of_it(connect(running, head.encode())).startswith(b"HTTP/1.1 200 OK")
        assert b"400 Bad Request" in all_of_it(connect(running, BAD_LINE))
        running.process.terminate()
        running.process.wait(ENDS_WITHIN)
        assert "age=93" not in running.log


def test_another_server_needs_a_secret_key() -> None:
    result = run("-c", "import webapp.wsgi")
    assert result.returncode == 1
    assert "SECRET_KEY must be set when another server runs Likely" in result.stderr


def test_the_server_itself_makes_no_application() -> None:
    """It stays small: only the workers read the models and import Flask."""
    script = "import sys, webapp.commands.main; print([name for name in ('flask', 'numpy', 'granian') if name in sys.modules])"
    assert run("-c", script).stdout.strip() == "[]", sys.version


# -- a start that lacks something --------------------------------------------------------------------


@pytest.mark.parametrize("closed", ["<&-", ">&-", "2>&-", "<&- >&- 2>&-"])
def test_it_serves_though_streams_are_closed_and_a_refused_start_ends_with_2(closed: str) -> None:
    script = "import os, sys; os.execv('/bin/sh', ['sh', '-c', sys.argv[1], 'sh', sys.executable])"
    start = f'exec "$1" run.py --workers 1 --port {{port}} {closed}'
    with server(other=("-c", script, start), SECRET_KEY=KEY) as running:
        assert running.ask("GET", "/census").status == 200
        assert "Traceback" not in running.log
    refused = run("-c", script, start.format(port=free_port()), SECRET_KEY=KEY, LIKELY_MODELS="weather")
    assert refused.returncode == 2
    assert "Traceback" not in refused.stderr
    assert len(refused.stderr.splitlines()) == (0 if "2>&-" in closed else 1)


def test_a_key_that_cannot_be_kept_is_said(tmp_path: Path) -> None:
    folder = tmp_path / "instance"
    folder.mkdir(mode=0o555)
    script = (
        "import pathlib, sys, webapp.commands.serve as serve; from webapp.commands.main import main;"
        f"serve.SECRET_FILE = pathlib.Path({str(folder / 'secret_key')!r}); main()"
    )
    refused = run_without_rights("-c", script, "--port", str(free_port()))
    assert refused.returncode == 2
    assert refused.stderr.startswith(f"Error: The key cannot be kept in {folder / 'secret_key'} (Permission denied)")
    assert refused.stderr.count("\n") == 1


def test_a_python_that_lacks_what_likely_needs_says_so_in_a_sentence() -> None:
    # Without its site it has the standard library alone.
    done = subprocess.run([sys.executable, "-S", "run.py"], cwd=ROOT, capture_output=True, text=True, check=False)
    assert done.returncode == 1
    assert re.fullmatch(
        rf"Error: {re.escape(sys.executable)} has no \w+\. Start Likely by the Python that .+ README\.md says\n",
        done.stderr,
    )
