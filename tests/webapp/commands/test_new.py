"""`run.py new`: from a table to a model on its pages, without a question off a terminal."""

from __future__ import annotations

import random
import re
import shutil
from datetime import date, timedelta
from pathlib import Path

import polars as pl
import pytest
import xlsxwriter
from click.testing import CliRunner, Result

from model.predict.catalog import Catalog
from webapp import create_app
from webapp.commands.main import main

from tests import processes
from tests.drafts import table_of
from tests.payloads import SETTINGS

# Each test drafts a model of its own.
pytestmark = pytest.mark.slow

ROWS = 240


def sick(row: int) -> str:
    return "yes" if random.Random(row).random() < 0.2 + 0.5 * (row % 60 > 30) else "no"


def write_patients(folder: Path) -> Path:
    table = table_of(
        ROWS,
        age=lambda row: "NA" if row % 40 == 3 else 20 + row % 60,
        sex=["male", "female"],
        patient=lambda row: f"P{row}",
        sick=sick,
    )
    table.to_csv(folder / "patients.csv", index=False)
    return folder / "patients.csv"


@pytest.fixture
def run(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> object:
    """The command, in a folder of its own with a table."""
    write_patients(tmp_path)
    monkeypatch.chdir(tmp_path)
    return lambda *arguments, **more: CliRunner().invoke(main, ["new", "patients.csv", *arguments], **more)


@pytest.fixture(scope="module")
def drafted(tmp_path_factory: pytest.TempPathFactory) -> tuple[Path, Result]:
    """A folder with a model that the command made, and what it printed."""
    folder = tmp_path_factory.mktemp("drafted")
    path = write_patients(folder)
    result = CliRunner().invoke(
        main, ["new", str(path), "--target", "sick", "--quick", "--folder", str(folder / "mine")]
    )
    assert result.exit_code == 0, result.output
    return folder / "mine", result


def test_it_tells_what_it_made_of_each_column_and_where_the_page_is(drafted: tuple[Path, Result]) -> None:
    folder, result = drafted
    assert "patients.csv: 240 rows. sick is “yes” or not (“yes” counts as yes)" in result.output
    assert "  patient  all different → dropped\n" in result.output
    assert f"Serve it: LIKELY_MODEL_FOLDERS={folder} python run.py" in result.output
    assert "Open:     http://127.0.0.1:5000/patients" in result.output
    assert "Not yet written by a person: warning, source, yes, no, one (python run.py words patients)" in result.output


def test_the_declaration_reads_as_if_a_person_had_written_it(drafted: tuple[Path, Result]) -> None:
    text = (drafted[0] / "patients.py").read_text()
    assert (
        """class PatientsForm(Form):
    age = NumberField(
        "Age", thing="the value of Age", whole=True, between=(20, 79), like="50",
        hint="A whole number from 20 to 79", beyond="The data goes no further", may_be_unknown=True,
    )
    sex = ChoiceField(
        "Sex", thing="the value of Sex", plural="values of Sex",
        choices={"female": "Female", "male": "Male"},
    )
"""
        in text
    )
    assert (
        """TABLE = Tidied(
    Path(__file__).parent / "../patients.csv",
    age=Numbers("age"),
    sex=Choices("sex"),
    sick=Choices("sick", required=True),
)
"""
        in text
    )
    assert 'recipe=Recipe(  # guess: “yes” counts as yes\n        table=TABLE, target="sick", yes="yes",' in text
    assert max(map(len, text.splitlines())) <= 120


def test_every_page_of_the_model_answers_and_calls_itself_a_draft(drafted: tuple[Path, Result]) -> None:
    client = create_app(SETTINGS | {"MODEL_FOLDERS": [drafted[0]]}).test_client()
    form = client.get("/patients")
    assert "Estimate the chance that sick is “yes”" in form.text
    examples = re.findall(r'href="(/patients\?[^"]+)"', form.text)
    results = [address.replace("?", "/result?").replace("&amp;", "&") for address in examples]
    assert len(results) == 3
    for address in ("/", "/patients/card", *results):
        page = client.get(address)
        assert page.status_code == 200
        assert "Draft: words not yet written" in page.text
    assert "rows with these answers had sick “yes”" in client.get(results[0]).text


def test_serving_the_model_reads_no_table_and_imports_no_pandas(drafted: tuple[Path, Result], tmp_path: Path) -> None:
    shutil.copytree(drafted[0], tmp_path / "mine")
    script = """
import sys
from webapp import create_app

client = create_app({"SECRET_KEY": "for the tests only"}).test_client()
print(client.get("/patients/result?age=33&sex=male").status_code, {"pandas", "sklearn", "polars"} & set(sys.modules))
"""
    result = processes.run("-c", script, LIKELY_MODEL_FOLDERS=str(tmp_path / "mine"))
    assert result.stdout.endswith("200 set()\n"), result.stderr


def test_an_amount_that_the_inputs_multiply_is_learnt_as_such_and_has_every_page(tmp_path: Path) -> None:
    dice = random.Random(2)
    table = table_of(
        160,
        area=lambda row: 20 + row * 37 % 160,
        city=["Oslo", "Bergen", "Tromsø"],
        rooms=lambda row: "" if row % 9 == 4 else row % 5,
    )
    table["price"] = [
        f"${1_000 * 1.03 ** float(row.area) * {'Oslo': 3}.get(row.city, 1) * dice.uniform(0.8, 1.25):,.2f}"
        for row in table.itertuples()
    ]
    path = tmp_path / "homes.csv"
    table.to_csv(path, index=False)
    folder = tmp_path / "mine"
    made = CliRunner().invoke(main, ["new", str(path), "--target", "price", "--quick", "--folder", str(folder)])
    assert made.exit_code == 0, made.output
    assert "price is an amount (the inputs multiply it)" in made.output
    assert 'range_by="residuals", multiplies=True,' in " ".join((folder / "homes.py").read_text().split())
    checked = CliRunner().invoke(main, ["check", "homes"], env={"LIKELY_MODEL_FOLDERS": str(folder)})
    assert "agreement: card and pickle differ by at most" in checked.output
    client = create_app(SETTINGS | {"MODEL_FOLDERS": [folder]}).test_client()
    page = client.get("/homes/result?area=150&city=Oslo&rooms=unknown").text
    assert "This model has no sum to show" in page
    assert client.get("/homes/card").status_code == 200
    near = [client.post("/api/models/homes/predict", json={"area": 150, "city": city, "rooms": 2}).json["amount"]
            for city in ("Oslo", "Bergen")]  # fmt: skip
    assert 2.5 < near[0] / near[1] < 3.5


def test_an_amount_of_few_rows_with_few_estimates_is_learnt_and_no_part_of_it_has_fewer_than_ten(
    tmp_path: Path,
) -> None:
    """Two colours have two estimates, between which several fifths end; and a fifth of 40 rows is eight."""
    table = table_of(40, colour=["red", "blue", "blue"], sold=lambda row: f"{104.43 + 7 * (row * 11 % 40) / 3:.2f}")
    table.to_csv(tmp_path / "shirts.csv", index=False)
    folder = tmp_path / "mine"
    made = CliRunner().invoke(
        main, ["new", str(tmp_path / "shirts.csv"), "--target", "sold", "--quick", "--folder", str(folder)]
    )
    assert made.exit_code == 0, made.output
    page = create_app(SETTINGS | {"MODEL_FOLDERS": [folder]}).test_client().get("/shirts/card").text
    assert "fell in the range" in page
    assert "parts of equally many" not in page
    # No end of a range is the least or the largest amount that a row has.
    (errors,) = Catalog([folder]).predictor("shirts").card.engine["ranges"]
    amounts = table["sold"].astype(float)
    assert errors["least"] < amounts.min() < amounts.max() < errors["most"]


def test_a_parquet_file_is_scored_as_it_was_learnt_from_whatever_its_columns_are(tmp_path: Path) -> None:
    """Lengths of time and lists, of which Polars makes no text, and days."""
    table = pl.DataFrame(
        {
            "took": [timedelta(minutes=7 * row % 600) for row in range(120)],
            "day": [date(2024, 1, 1) + timedelta(days=5 * row) for row in range(120)],
            "parts": [[row % 3, 1] for row in range(120)],
            "late": [sick(row) == "yes" for row in range(120)],
        }
    )
    path, folder = tmp_path / "trips.parquet", tmp_path / "mine"
    table.write_parquet(path)
    made = CliRunner().invoke(main, ["new", str(path), "--target", "late", "--quick", "--folder", str(folder)])
    assert made.exit_code == 0, made.output
    assert "took" in (folder / "trips.py").read_text()
    for name in ("scored.csv", "scored.parquet"):
        arguments = ["score", "trips", str(path), str(tmp_path / name)]
        done = CliRunner().invoke(main, arguments, env={"LIKELY_MODEL_FOLDERS": str(folder)})
        assert done.exit_code == 0, done.output
    kept, scored = pl.read_parquet(tmp_path / "scored.parquet"), pl.read_csv(tmp_path / "scored.csv")
    assert kept.select(table.columns).equals(table)
    assert kept["error"].null_count() == scored["error"].null_count() == 120
    assert scored["took"][3] == "0:21:00"
    assert scored["parts"][3] == "[0, 1]"


def test_where_rows_have_weights_the_card_tells_of_whom_they_stand_for(tmp_path: Path) -> None:
    # Every tenth of those who are well was asked, and all who are ill.
    dice, asked = random.Random(4), []
    while len(asked) < 900:
        age, chance = 20 + dice.randrange(60), dice.random()
        if chance < 0.04 + 0.002 * (age - 20):
            asked.append((age, "yes", 1))
        elif dice.random() < 0.1:
            asked.append((age, "no", 10))
    share = sum(weight for _, ill, weight in asked if ill == "yes") / sum(weight for *_, weight in asked)
    rows = "".join(f"{age},{ill},{weight}\n" for age, ill, weight in asked)
    (tmp_path / "asked.csv").write_text(f"age,ill,stands_for\n{rows}")
    options = ["--target", "ill", "--weights", "stands_for", "--quick", "--folder", str(tmp_path / "mine")]
    result = CliRunner().invoke(main, ["new", str(tmp_path / "asked.csv"), *options])
    assert result.exit_code == 0, result.output
    evaluation = Catalog([tmp_path / "mine"]).predictor("asked").card.evaluation
    assert evaluation.line is not None
    assert evaluation.line.intercept.low < 0 < evaluation.line.intercept.high
    assert evaluation.figures["base_rate"] == pytest.approx(share, abs=1e-3)
    client = create_app(SETTINGS | {"MODEL_FOLDERS": [tmp_path / "mine"]}).test_client()
    card = re.sub(r"<[^>]+>", "", client.get("/asked/card").text)
    assert f"Actual{share * 100:.1f} out of 100 had ill “yes”, counted by their weights" in card
    assert f"rests on {evaluation.drawn} of them, drawn so that one that counts twice as much" in card
    assert 400 < (evaluation.drawn or 0) < 900
    assert "look larger than chance" not in card


def test_pages_tell_a_number_below_nought_with_a_minus(tmp_path: Path) -> None:
    table = table_of(120, frost=lambda row: (row * 7 % 50 - 25) / 10, burst=lambda row: sick(row + 60))
    table.to_csv(tmp_path / "pipes.csv", index=False)
    folder = tmp_path / "mine"
    made = CliRunner().invoke(
        main, ["new", str(tmp_path / "pipes.csv"), "--target", "burst", "--quick", "--folder", str(folder)]
    )
    assert made.exit_code == 0, made.output
    client = create_app(SETTINGS | {"MODEL_FOLDERS": [folder]}).test_client()
    assert "from −2.5 to 2.4" in client.get("/pipes").text
    assert "from −2.5 to 2.4" in client.get("/pipes/batch").text
    assert "Frost must be from −2.5 to 2.4" in client.get("/pipes/result?frost=-9").text
    pages = [client.get(f"/pipes/result?frost={typed}").text for typed in ("-1.2", "−1.2")]
    assert all("Frost (−1.2)" in page for page in pages)
    # What a program or a form reads again has the hyphen that programs know.
    assert all('value="-1.2"' in page for page in pages)


def test_words_are_read_anew_without_training(drafted: tuple[Path, Result]) -> None:
    words = drafted[0] / "patients.words.toml"
    before = words.read_text()
    try:
        for old, new in [
            ("Nobody has said yet what this may be used for. Do not decide about anyone by it.", "For learning only."),
            ('source = "the file patients.csv"', 'source = "a clinic"'), ("had sick “yes”", "were sick"),
            ("had another", "were well"), ('one = "row"', 'one = "patient"'),
        ]:  # fmt: skip
            assert old in words.read_text()
            words.write_text(words.read_text().replace(old, new))
        page = create_app(SETTINGS | {"MODEL_FOLDERS": [drafted[0]]}).test_client().get("/patients")
        assert "For learning only." in page.text
        assert "Draft" not in page.text
        left = CliRunner().invoke(main, ["words", "patients"], env={"LIKELY_MODEL_FOLDERS": str(drafted[0])})
        assert left.output == "patients: every word that only a person can write is written\n"
    finally:
        words.write_text(before)


def test_words_lists_what_is_left_to_write(drafted: tuple[Path, Result]) -> None:
    result = CliRunner().invoke(main, ["words", "patients"], env={"LIKELY_MODEL_FOLDERS": str(drafted[0])})
    assert f'{drafted[0]}/patients.words.toml: source = "the file patients.csv"' in result.output.splitlines()


def test_again_keeps_every_edit_and_shows_what_changes(
    drafted: tuple[Path, Result], monkeypatch: pytest.MonkeyPatch
) -> None:
    folder = drafted[0]
    monkeypatch.setattr("webapp.commands.new.train", lambda draft, folder: None)
    path = folder / "patients.py"
    before = path.read_text()
    path.write_text(before.replace('"Age", thing', '"Age in years", thing'))
    table = str(folder.parent / "patients.csv")
    result = CliRunner().invoke(
        main, ["new", table, "--target", "sick", "--folder", str(folder), "--again", "--drop", "sex"]
    )
    assert result.exit_code == 0, result.output
    assert '-    sex=Choices("sex"),' in result.output
    assert '"Age in years", thing' in path.read_text()
    assert "sex" not in path.read_text()
    # What was said once need not be said again.
    again = CliRunner().invoke(main, ["new", table, "--target", "sick", "--folder", str(folder), "--again"])
    assert f"{path}: nothing changes" in again.output


@pytest.mark.parametrize(
    ("arguments", "says"),
    [
        (["--target", "illness"], "Error: --target: there is no column 'illness'. There are: age, sex, patient, sick"),
        (["--target", "sick", "--yes", "maybe"], "Error: --yes: sick has no 'maybe'. It has 'no', 'yes'"),
        (["--target", "sick", "--name", "census"], "Error: --name: 'census' has another meaning here"),
        (["--target", "sick", "--name", "My Model"], "Error: --name: 'My Model' must be small letters, digits and _"),
        (["--target", "sick", "--again"], "Error: There is no draft of mine/patients.py to compare with"),
    ],
)
def test_what_cannot_be_done_is_told_in_a_sentence(run, arguments: list[str], says: str) -> None:  # type: ignore[no-untyped-def]
    result = run(*arguments)
    assert result.exit_code == 1
    assert result.output.startswith(says)
    assert not Path("mine").exists()


def test_where_a_column_is_missing_it_is_told_which_sheet_was_read(tmp_path: Path) -> None:
    path = tmp_path / "people.xlsx"
    with xlsxwriter.Workbook(path) as book:
        for sheet, heading in (("About", "note"), ("People", "sick")):
            book.add_worksheet(sheet).write_column(0, 0, [heading, "yes", "no"])
    result = CliRunner().invoke(main, ["new", str(path), "--target", "sick", "--folder", str(tmp_path / "mine")])
    assert result.exit_code == 1
    assert result.output == (
        "Error: --target: there is no column 'sick'. There are: note (of 2 sheets the first, “About”, is read)\n"
    )


def test_of_a_table_of_one_column_it_is_not_said_that_others_could_be_kept(tmp_path: Path) -> None:
    table_of(40, sick=sick).to_csv(tmp_path / "sick.csv", index=False)
    result = CliRunner().invoke(main, ["new", str(tmp_path / "sick.csv"), "--target", "sick"])
    assert result.output == "Error: sick.csv has no column but sick that a form could ask for\n"


def test_a_declaration_that_is_there_is_not_overwritten(run) -> None:  # type: ignore[no-untyped-def]
    Path("mine").mkdir()
    Path("mine/patients.py").write_text("# mine")
    result = run("--target", "sick")
    assert result.output.startswith("Error: mine/patients.py is there already. Draft it anew with --again")
    assert Path("mine/patients.py").read_text() == "# mine"


def test_on_a_terminal_it_asks_three_questions(run, monkeypatch: pytest.MonkeyPatch) -> None:  # type: ignore[no-untyped-def]
    monkeypatch.setattr("webapp.commands.new.is_terminal", lambda: True)
    monkeypatch.setattr("webapp.commands.new.train", lambda draft, folder: None)
    result = run("--target", "sick", input="no\n\npatient\n")
    assert result.output.count("?") == 3
    assert 'yes="no"' in Path("mine/patients.py").read_text()
    words = Path("mine/patients.words.toml").read_text()
    assert 'question = "Is sick “no”?"' in words
    assert 'many = "patients"\nthings = false' in words
