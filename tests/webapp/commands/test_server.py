"""python run.py as its own process: it starts, answers, refuses to start where it must, and says why."""

from __future__ import annotations

import hashlib
import re
import signal
import socket
import stat
from collections.abc import Iterator
from pathlib import Path

import pytest

from webapp.commands import serve as serving
from webapp.settings import SETTINGS, BadSetting

from tests import photos
from tests.page import Page
from tests.payloads import get_model
from tests.processes import PATIENCE, Server, assert_refused, free_port, likely, refused_start, server
from tests.toys import write_toy

# Each test starts a server.
pytestmark = pytest.mark.slow

KEY = "for the tests only, nowhere else"
PERSON = "age=73&sex=Male&status=Widowed&race=White&education=Bachelors&work=Private&hours=40"


@pytest.fixture(scope="module")
def running() -> Iterator[Server]:
    with server(SECRET_KEY=KEY) as started:
        yield started


def multipart(size: int, start: bytes = b"") -> bytes:
    head = b'--edge\r\nContent-Disposition: form-data; name="file"; filename="a.jpg"\r\n\r\n'
    return head + start + b"\0" * (size - len(start)) + b"\r\n--edge--\r\n"


MULTIPART = "multipart/form-data; boundary=edge"
FORM = "application/x-www-form-urlencoded"


# -- it answers --------------------------------------------------------------------------------------


def test_it_says_its_address(running: Server) -> None:
    running.wait_until_it_says(f"Likely is on http://127.0.0.1:{running.port}")


def test_it_answers(running: Server) -> None:
    for path in ("/", "/healthz", "/readyz", f"/census/result?{PERSON}"):
        answer = running.ask("GET", path)
        assert answer.status == 200
        assert answer.body


def test_it_does_not_say_which_version_it_is_made_of(running: Server) -> None:
    assert not re.search(r"\d", running.ask("GET", "/").headers.get("Server", ""))


def test_every_answer_has_the_security_headers_also_where_there_is_no_page(running: Server) -> None:
    answer = running.ask("GET", "/static/nothing")
    assert answer.status == 404
    assert "default-src 'none'" in answer.headers["Content-Security-Policy"]


def test_a_request_is_one_line_of_the_log_without_the_answers(running: Server) -> None:
    running.ask("GET", f"/census/result?{PERSON}")
    running.wait_until_it_says("GET /census/result 200")
    assert "Widowed" not in running.log
    assert "age" not in running.log


def test_it_ends_when_asked_to(tmp_path: Path) -> None:
    with server(SECRET_KEY=KEY) as started:
        started.process.send_signal(signal.SIGINT)
        assert started.process.wait(PATIENCE) == 0
        assert "Traceback" not in started.log


# -- what is too large -------------------------------------------------------------------------------


@pytest.mark.parametrize("path", ["/food", "/predict"])
def test_nine_megabytes_get_an_answer_and_no_reset(running: Server, path: str) -> None:
    """A browser shows the answer only where the whole body was taken from it."""
    answer = running.ask("POST", path, multipart(9 * 1024 * 1024), Content_Type=MULTIPART)
    assert answer.status == 413
    assert "8 MB" in answer.text


def test_thirty_megabytes_get_an_answer_too(running: Server) -> None:
    assert running.ask("POST", "/food", multipart(30 * 1024 * 1024), Content_Type=MULTIPART).status == 413


@pytest.mark.parametrize("path", ["/food", "/predict"])
def test_nine_megabytes_in_chunks_are_too_large_too(running: Server, path: str) -> None:
    """Chunks do not say how long the whole will be, so the limit is kept while reading."""
    body = multipart(9 * 1024 * 1024)
    pieces = (body[start : start + 65536] for start in range(0, len(body), 65536))
    answer = running.ask("POST", path, pieces, Content_Type=MULTIPART)
    assert answer.status == 413
    assert "8 MB" in answer.text


def test_seven_megabytes_that_are_packed_get_an_answer(running: Server) -> None:
    kind = {"Content_Type": "application/json", "Content_Encoding": "gzip"}
    assert running.ask("POST", "/api/models/census/predict", b"x" * 7_000_000, **kind).status == 415


def test_a_body_that_breaks_off_is_the_senders_fault(running: Server) -> None:
    head = b"POST /api/models/census/predict HTTP/1.1\r\nHost: x\r\nContent-Type: application/json\r\n"
    with socket.create_connection(("127.0.0.1", running.port), timeout=PATIENCE) as line:
        line.sendall(head + b"Transfer-Encoding: chunked\r\n\r\nno number\r\n{}\r\n0\r\n\r\n")
        assert line.recv(4096).startswith(b"HTTP/1.1 400 ")


def test_a_body_shorter_than_it_says_is_the_senders_fault_too(running: Server) -> None:
    head = b"POST /api/models/census/predict HTTP/1.1\r\nHost: x\r\nContent-Type: application/json\r\n"
    with socket.create_connection(("127.0.0.1", running.port), timeout=PATIENCE) as line:
        line.sendall(head + b"Content-Length: 100\r\n\r\n{}")
        line.shutdown(socket.SHUT_WR)
        line.recv(4096)
    running.wait_until_it_says("POST /api/models/census/predict 400")


def test_a_photo_in_chunks_is_looked_at(running: Server) -> None:
    coffee = photos.COFFEE.read_bytes()
    pieces = iter([multipart(len(coffee), coffee)])
    answer = running.ask("POST", "/predict", pieces, Content_Type=MULTIPART)
    assert answer.status == 200
    assert "espresso" in answer.text


def test_a_form_that_is_too_long_gets_an_answer(running: Server) -> None:
    answer = running.ask("POST", "/census", b"age=" + b"7" * 9_500_000, Content_Type=FORM)
    assert answer.status == 413
    assert Page(answer.text).summary == ["What was sent is too long for this form. Fill it in here"]


def test_an_address_that_is_too_long_gets_an_answer(running: Server) -> None:
    assert 400 <= running.ask("GET", "/census/result?age=" + "7" * 20_000).status < 500


def test_the_server_is_well_after_a_sender_who_hangs_up(running: Server) -> None:
    with socket.create_connection(("127.0.0.1", running.port), timeout=PATIENCE) as broken:
        broken.sendall(b"POST /food HTTP/1.1\r\nHost: x\r\nContent-Length: 1000\r\n\r\nhalf")
    assert running.ask("GET", "/readyz").status == 200


# -- starting ----------------------------------------------------------------------------------------


def test_a_port_that_is_taken_is_said() -> None:
    with socket.socket() as taken:
        taken.bind(("127.0.0.1", 0))
        taken.listen()
        port = taken.getsockname()[1]
        result = likely("--port", str(port), SECRET_KEY=KEY)
    assert result.returncode == 2
    assert f"Port {port} on 127.0.0.1 cannot be used" in result.stderr
    assert f"python run.py --port {port + 1}" in result.stderr
    assert "Traceback" not in result.stderr
    assert "Likely is on" not in result.stdout


@pytest.mark.parametrize("host", ["0.0.0.0", "::", "192.0.2.1", "example.org"])
def test_off_this_machine_a_secret_key_is_required(host: str) -> None:
    result = refused_start("--host", host)
    assert result.returncode == 2
    assert f"SECRET_KEY must be set when serving on {host}" in result.stderr
    assert "secrets.token_hex(32)" in result.stderr
    assert "Traceback" not in result.stderr


def test_a_secret_key_that_is_too_short_is_refused() -> None:
    result = refused_start(SECRET_KEY="short")
    assert result.returncode == 2
    assert "SECRET_KEY must be at least 16 characters" in result.stderr
    assert "short" not in result.stderr.replace("at least", "")


@pytest.mark.parametrize(
    ("variable", "value", "message"),
    [
        ("LIKELY_HTTPS", "maybe", "LIKELY_HTTPS must be yes or no, not 'maybe'"),
        ("LIKELY_HTPPS", "yes", "There is no setting LIKELY_HTPPS"),
        ("WEB_CONCURRENCY", "many", "WEB_CONCURRENCY must be a whole number from 1 to 64, not 'many'"),
        ("WEB_CONCURRENCY", "0", "WEB_CONCURRENCY must be a whole number from 1 to 64, not '0'"),
        ("WEB_CONCURRENCY", "²", "WEB_CONCURRENCY must be a whole number from 1 to 64, not '²'"),
    ],
)
def test_a_bad_setting_stops_the_start(variable: str, value: str, message: str) -> None:
    result = refused_start(**{variable: value, "SECRET_KEY": KEY, "PYTHONUTF8": "1"})
    assert result.returncode == 2
    assert message in result.stderr
    assert "Traceback" not in result.stderr


@pytest.mark.parametrize("host", ["127.0.0.1", "localhost", "::1", "[::1]", "127.8.8.8"])
def test_this_machine_has_many_names(host: str) -> None:
    assert serving.is_loopback(host)


@pytest.mark.parametrize("host", ["0.0.0.0", "::", "", "10.0.0.1", "localhost.example.org", "2130706433"])
def test_what_others_can_reach_is_not_this_machine(host: str) -> None:
    assert not serving.is_loopback(host)


def test_a_key_is_made_once_and_kept_from_others(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.delenv("SECRET_KEY", raising=False)
    monkeypatch.setattr(serving, "SECRET_FILE", tmp_path / "instance" / "secret_key")
    key = serving.secret_key("127.0.0.1")
    assert len(key) == 64
    assert serving.secret_key("127.0.0.1") == key
    assert stat.S_IMODE(serving.SECRET_FILE.stat().st_mode) == 0o600


def test_a_kept_key_that_is_too_short_is_made_anew(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.delenv("SECRET_KEY", raising=False)
    monkeypatch.setattr(serving, "SECRET_FILE", tmp_path / "secret_key")
    serving.SECRET_FILE.write_text("short\n")
    assert len(serving.secret_key("localhost")) == 64


@pytest.mark.parametrize("standing", ["a file for its folder", "a folder for it", "a file that is no text"])
def test_a_key_that_cannot_be_kept_is_told_in_a_sentence(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, standing: str
) -> None:
    monkeypatch.delenv("SECRET_KEY", raising=False)
    monkeypatch.setattr(serving, "SECRET_FILE", tmp_path / "instance" / "secret_key")
    if standing == "a file for its folder":
        (tmp_path / "instance").touch()
    elif standing == "a folder for it":
        serving.SECRET_FILE.mkdir(parents=True)
    else:
        (tmp_path / "instance").mkdir()
        serving.SECRET_FILE.write_bytes(b"\xff" * 64)
    with pytest.raises(BadSetting, match=r"The key cannot be kept in .*secret_key \(.+\)\. Set SECRET_KEY"):
        serving.secret_key("127.0.0.1")


def test_a_system_without_shared_memory_is_told_in_a_sentence(monkeypatch: pytest.MonkeyPatch) -> None:
    def lacks(*arguments: object) -> None:
        raise OSError(30, "Read-only file system")

    monkeypatch.setattr(serving.multiprocessing, "set_start_method", lambda method: None)
    monkeypatch.setattr(serving.multiprocessing, "SimpleQueue", lacks)
    with pytest.raises(serving.ServerProblem, match=r"cannot share memory here \(Read-only file system\)"):
        serving.run_granian("127.0.0.1", free_port(), 1, None)


def test_the_key_of_the_environment_comes_first(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("SECRET_KEY", KEY)
    assert serving.secret_key("0.0.0.0") == KEY


def test_on_windows_it_has_one_worker_and_says_so(
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    started: list[int] = []
    monkeypatch.setenv("SECRET_KEY", KEY)
    monkeypatch.setattr("sys.platform", "win32")
    monkeypatch.setattr(serving, "run_granian", lambda host, port, workers, tls: started.append(workers))
    serving.serve("127.0.0.1", free_port(), 4, debug=False)
    assert started == [1]
    assert "On Windows Likely has one worker and does not reload" in capsys.readouterr().out


# -- its words ---------------------------------------------------------------------------------------


def test_help_names_every_command_and_option() -> None:
    text = likely("--help").stdout
    for word in (
        "train",
        "check",
        "--host",
        "--port",
        "--workers",
        "--tls-cert",
        "--tls-key",
        "--debug",
        "python run.py check",
    ):
        assert word in text
    assert "127.0.0.1" in text
    assert "5000" in text


@pytest.mark.parametrize(
    ("command", "words"),
    [("train", ["MODEL", "mirrors the table", "model/trained"]), ("check", ["MODEL", "Checksums", "1e-12"])],
)
def test_help_of_a_command_is_worth_reading(command: str, words: list[str]) -> None:
    result = likely(command, "--help")
    assert result.returncode == 0
    for word in words:
        assert word in result.stdout


@pytest.mark.parametrize("arguments", [["--port", "0"], ["--port", "many"], ["--workers", "0"], ["serve"], ["--prot"]])
def test_what_it_does_not_know_is_refused(arguments: list[str]) -> None:
    result = likely(*arguments, SECRET_KEY=KEY)
    assert result.returncode == 2
    assert "Traceback" not in result.stderr


def test_the_settings_are_listed_once_each() -> None:
    names = [setting.variable for setting in SETTINGS]
    assert len(names) == len(set(names))


def test_a_card_that_is_a_link_to_itself_is_named_in_one_sentence(tmp_path: Path) -> None:
    folder = write_toy(tmp_path / "mine")
    (folder / "trained").mkdir()
    card = folder / "trained" / "toy.json"
    card.symlink_to(card)
    assert_refused(refused_start(LIKELY_MODEL_FOLDERS=str(folder)), "toy.json cannot be read")


@pytest.mark.parametrize("number", ["NaN", "Infinity", "1e999"])
def test_a_card_with_a_number_that_is_none_is_refused_though_its_checksum_is_right(tmp_path: Path, number: str) -> None:
    (tmp_path / "rooms.py").write_text(
        "from dataclasses import replace\nfrom model.housing import MODEL as HOUSING\nMODEL = replace(HOUSING, name='rooms')\n"
    )
    (tmp_path / "trained").mkdir()
    raw = get_model("housing").card_path.read_bytes().partition(b"\n")[2]
    spoilt = re.sub(rb'"intercept": \[[^\]]+\]', b'"intercept": [' + number.encode() + b"]", raw, count=1)
    assert spoilt != raw
    card = b'{"checksum": "' + hashlib.sha256(spoilt).hexdigest().encode() + b'",\n' + spoilt
    (tmp_path / "trained" / "rooms.json").write_bytes(card)
    started = refused_start(LIKELY_MODEL_FOLDERS=str(tmp_path), SECRET_KEY=KEY)
    assert_refused(started, f"rooms.json has {number} where a number belongs. Train it again")


def test_an_expectation_that_nobody_can_meet_breaks_nothing(running: Server) -> None:
    for expected in ("100-continue", "200-ok", "a" * 500, "100-continue, 200-ok"):
        answer = running.ask("POST", "/iris", b"data=[[5,3,2,1]]", Expect=expected, Content_Type=FORM)
        assert answer.status in (200, 417)
    assert running.ask("GET", "/census").status == 200
    assert "Traceback" not in running.log
