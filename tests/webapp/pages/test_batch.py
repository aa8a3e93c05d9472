"""What is shown of a whole file: what it needs, its counts, its faults and its averages."""

from __future__ import annotations

import csv
import io

import pytest
from flask.testing import FlaskClient

from model.declare.model import Model

from tests.page import Page, page_of
from tests.payloads import TYPED, asked, each_typed_model, get_predictor, person
from tests.uploads import BAD, DOWNLOAD, GOOD, HEADER, MULTIPART, part, send

# -- the page ----------------------------------------------------------------------------------------


@each_typed_model
def test_the_page_says_what_a_file_needs(client: FlaskClient, model: Model) -> None:
    page = page_of(client.get(f"/{model.name}/batch"))
    assert page.heading == "Score a whole file"
    for one in model.inputs:
        assert one.name in page.text
        assert one.label in page.text
        for value in one.choices:
            assert value in page.text
    assert "Up to 50 MB" in page.description("file")
    assert f"/{model.name}/batch/template.csv" in page.links


@each_typed_model
@pytest.mark.parametrize("where", ["", "/card"])
def test_the_form_and_the_card_link_to_it(client: FlaskClient, model: Model, where: str) -> None:
    assert f"/{model.name}/batch" in page_of(client.get(f"/{model.name}{where}")).links


@each_typed_model
def test_the_template_is_scored_without_an_error(client: FlaskClient, model: Model) -> None:
    template = client.get(f"/{model.name}/batch/template.csv")
    assert template.mimetype == "text/csv"
    assert template.headers["Content-Disposition"] == f"attachment; filename={model.name}-template.csv"
    response = send(client, template.data, f"/{model.name}/batch?download=1")
    rows = list(csv.DictReader(io.StringIO(response.data.decode("utf-8-sig"))))
    assert len(rows) == len(model.examples)
    assert {row["error"] for row in rows} == {""}
    assert {name: rows[0][name] for name in model.input} == asked(model)


def test_a_photo_fits_in_no_table(client: FlaskClient) -> None:
    assert client.get("/food/batch").status_code == 404
    assert client.get("/food/batch/template.csv").status_code == 404
    assert send(client, GOOD, "/food/batch").status_code == 404
    for where in ("/food", "/food/card"):
        assert "/food/batch" not in page_of(client.get(where)).links


# -- a file that is checked --------------------------------------------------------------------------


def test_a_checked_file_is_counted_and_shown(client: FlaskClient) -> None:
    response = send(client, "\n".join([HEADER, *[GOOD] * 30, *[BAD] * 12, "1,2", ""]))
    page = page_of(response)
    assert response.status_code == 200
    assert page.heading == "30 of 43 rows can be scored"
    assert page.title.startswith("30 of 43 rows scored – ")
    assert "Rows43 Scored30 With errors13" in page.text
    (wrong,) = page.root.all("table", class_="faults")
    told = [[cell.text for cell in (*row.all("th"), *row.all("td"))] for row in wrong.all("tr")[1:]]
    assert told == [["12", "32", "Enter the person’s age"], ["1", "44", "This row has 2 cells where the header has 7"]]
    first, highest, lowest = page.root.all("table", class_="unbroken")
    assert [row.all("td")[3].text for row in first.all("tr")[1:]] == ["37"] * 20
    assert len(highest.all("tr")) == len(lowest.all("tr")) == 11
    assert response.headers["Cache-Control"] == "no-store"


def test_what_is_in_a_file_is_shown_as_text(client: FlaskClient) -> None:
    response = send(client, f"{HEADER}\n{person(age='<b>x</b>')['age']},Male,x,<i>,x,x,x\n")
    assert "<i>" not in response.text
    assert "&lt;i&gt;" in response.text


def test_a_file_without_one_good_row_says_so(client: FlaskClient) -> None:
    page = page_of(send(client, f"{HEADER}\n{BAD}\n"))
    assert page.heading == "No row can be scored"
    assert len(page.root.all("table")) == 1


def test_what_is_wrong_is_grouped_and_what_was_meant_is_guessed(client: FlaskClient) -> None:
    wrong = [",".join(person(work=work).values()) for work in ("Local-govt", "Local-govt", "Privat")]
    page = page_of(send(client, "\n".join([HEADER, GOOD, *wrong, ""])))
    (faults,) = page.root.all("table", class_="faults")
    (row,) = faults.all("tr")[1:]
    assert [cell.text for cell in (*row.all("th"), row.all("td")[0])] == ["3", "3"]
    assert [item.text for item in row.all("li")] == [
        "“Local-govt” in 2 rows. Did you mean “Local government”?",
        "“Privat” in 1 row. Did you mean “Private company”?",
    ]
    begun = page_of(send(client, "\n".join([HEADER, ",".join(person(race="Asian").values()), ""])))
    assert "“Asian” in 1 row. Did you mean “Asian or Pacific Islander”?" in begun.text


@pytest.mark.parametrize("text", ["a; b", "; ; ;", 'a"; "b'])
def test_a_text_with_what_parts_two_faults_is_one_fault(client: FlaskClient, text: str) -> None:
    cell = '"' + text.replace('"', '""') + '"'
    wrong = ",".join({**person(age="x"), "work": cell, "sex": cell}.values())
    page = page_of(send(client, "\n".join([HEADER, GOOD, wrong, ""])))
    (faults,) = page.root.all("table", class_="faults")
    assert len(faults.all("tr")[1:]) == 3
    assert [item.text for item in faults.all("li")] == [f"“{text}” in 1 row."] * 2


def test_estimates_are_drawn_and_averaged_by_group(client: FlaskClient) -> None:
    people = [person(sex=sex, age=age) for sex in ("Male", "Female") for age in (20, 40, 60)]
    page = page_of(send(client, "\n".join([HEADER, *(",".join(map(str, one.values())) for one in people), ""])))
    chances = [get_predictor("census").values({**one, "age": int(one["age"]), "hours": 40})[0] for one in people]
    assert f"Average estimate{100 * sum(chances) / 6:.0f}" in page.text
    (histogram,) = page.root.all("svg", class_="plot wide-plot")
    assert histogram.attributes["aria-label"].startswith("A histogram of 6 estimates. ")
    table = next(
        table for table in page.root.all("table") if table.all("caption") and table.all("caption")[0].text == "Sex"
    )
    rows = [[cell.text for cell in (*row.all("th"), *row.all("td"))] for row in table.all("tr")[1:]]
    assert rows == [
        ["Female", "3", f"{100 * sum(chances[3:]) / 3:.0f}"],
        ["Male", "3", f"{100 * sum(chances[:3]) / 3:.0f}"],
    ]


def test_a_row_leads_to_its_result_and_keeps_its_own_name(client: FlaskClient) -> None:
    page = page_of(send(client, f"id,{HEADER}\nP-7,{GOOD}\n"))
    (table,) = page.root.all("table", class_="unbroken")
    heads, cells = table.all("tr")
    assert [cell.text for cell in heads.all("th")][:2] == ["Line", "id"]
    assert cells.all("td")[0].text == "P-7"
    result = page_of(client.get(cells.all("a")[0].attributes["href"]))
    assert result.number == "18 out of 100"


@each_typed_model
def test_every_kind_of_model_sums_a_file_up(client: FlaskClient, model: Model) -> None:
    template = client.get(f"/{model.name}/batch/template.csv").data
    page = page_of(send(client, template, f"/{model.name}/batch"))
    assert "Averages by group" in page.text
    assert len(page.root.all("table", class_="unbroken")) == 1


def test_classes_that_as_many_rows_are_named_stand_in_the_models_order(client: FlaskClient) -> None:
    rows = ["6.3,2.9,5.6,1.8", "5.0,3.4,1.5,0.2", "5.9,2.8,4.3,1.3", "6.5,3.0,5.8,2.2"]
    head = "sepal_length,sepal_width,petal_length,petal_width"
    page = page_of(send(client, "\n".join([head, *rows, ""]), "/iris/batch"))
    (named,) = [table for table in page.root.all("table") if table.all("th")[0].text == "Likeliest"]
    counts = [(row.all("th")[0].text, row.all("td")[0].text) for row in named.all("tr")[1:]]
    assert counts == [("virginica", "2"), ("setosa", "1"), ("versicolor", "1")]


def test_what_another_kind_of_model_says_is_a_choice_that_is_off(client: FlaskClient) -> None:
    (choice,) = page_of(client.get("/census/batch")).controls("challenger")
    assert "checked" not in choice.attributes
    assert page_of(client.get("/iris/batch")).controls("challenger") == []
    file = f"{HEADER}\n{GOOD}\n{','.join(person(work='').values())}\n"
    (plain, *_) = csv.DictReader(io.StringIO(send(client, file, DOWNLOAD).text))
    assert "challenger_probability" not in plain
    body = part("csrf_token", "x\r\n") + part("challenger", "1\r\n") + part("file", f"{file}\r\n--edge--\r\n", "p.csv")
    rows = list(csv.DictReader(io.StringIO(client.post(DOWNLOAD, data=body, content_type=MULTIPART).text)))
    told = [
        client.post("/api/models/census/predict?challenger=1", json=person() | {"work": work}).json["challenger"][
            "value"
        ]
        for work in (person()["work"], "not recorded")
    ]
    assert [float(row["challenger_probability"]) for row in rows] == pytest.approx(told, abs=1e-12)
    page = page_of(client.post("/census/batch", data=body, content_type=MULTIPART))
    assert "says its own number in the column challenger_probability." in page.text
    assert f"Its average is {100 * sum(told) / 2:.0f}." in page.text
    apart = sum(abs(float(row["probability"]) - other) > 0.05 for row, other in zip(rows, told, strict=True))
    assert f"{apart} row{'s' * (apart != 1)} the two differ by more than 5 points" in page.text or apart == 0
    # What was chosen stays chosen in the form for another file.
    (choice,) = page.controls("challenger")
    assert "checked" in choice.attributes


def test_what_was_chosen_stays_chosen_where_columns_have_other_names(client: FlaskClient) -> None:
    chosen = part("csrf_token", "x\r\n") + part("challenger", "1\r\n") + part("as", "xlsx\r\n")
    body = chosen + part("file", f"{HEADER.replace('sex', 'Gender')}\n{GOOD}\n\r\n--edge--\r\n", "p.csv")
    page = page_of(client.post("/census/batch", data=body, content_type=MULTIPART))
    assert ("challenger", "1") in page.sent
    assert ("as", "xlsx") in page.sent


def test_an_empty_cell_leads_to_the_result_of_what_is_not_recorded(client: FlaskClient) -> None:
    page = page_of(send(client, f"{HEADER}\n{','.join(person(work='').values())}\n{GOOD}\n"))
    table = page.root.all("table", class_="unbroken")[0]
    assert "work=not+recorded" in table.all("a")[0].attributes["href"]
    (work,) = [one for one in page.root.all("table") if one.all("caption") and one.all("caption")[0].text == "Employer"]
    assert [row.all("th")[0].text for row in work.all("tr")[1:]] == ["Private company", "Not recorded in the census"]


# -- columns with other names, and workbooks -----------------------------------------------------------


def test_a_column_with_another_name_is_chosen_by_hand(client: FlaskClient) -> None:
    file = f"{HEADER.replace('sex', 'Gender')}\n{GOOD}\n"
    refused = send(client, file)
    page = page_of(refused)
    assert refused.status_code == 422
    (choice,) = page.controls("column-sex")
    assert "Gender" in [option.text for option in choice.all("option")]
    near = page_of(send(client, f"{HEADER.replace('age', 'Age (years)')}\n{GOOD}\n"))
    assert ("column-age", "Age (years)") in near.sent
    body = part("csrf_token", "x\r\n") + part("column-sex", "Gender\r\n") + part("file", f"{file}\r\n", "p.csv")
    response = client.post(DOWNLOAD, data=f"{body}--edge--\r\n".encode(), content_type=MULTIPART)
    (row,) = csv.DictReader(io.StringIO(response.text))
    assert (row["Gender"], row["error"]) == ("Male", "")
    assert float(row["probability"]) > 0


def guesses(page: Page) -> dict[str, str]:
    """The columns that are chosen beforehand, each of which says that it is a guess."""
    chosen = {name.removeprefix("column-"): heading for name, heading in page.sent if name.startswith("column-")}
    found = {name: heading for name, heading in chosen.items() if heading}
    for name in chosen:
        said = page.description(f"column-{name}")
        assert said == ("A guess. Choose another column if it is wrong" if name in found else "")
    return found


@pytest.mark.parametrize(
    ("of_ours", "heading", "guessed"),
    [
        ("sex", "Gender", {"sex": "Gender"}),
        ("status", "Civil status", {"status": "Civil status"}),
        ("hours", "hours-per-week", {"hours": "hours-per-week"}),
        ("work", "workclass", {"work": "workclass"}),
        ("race", "note", {}),
    ],
)
def test_a_heading_in_other_words_is_a_guess_that_is_shown_and_never_silent(
    client: FlaskClient, of_ours: str, heading: str, guessed: dict[str, str]
) -> None:
    refused = send(client, f"{HEADER.replace(of_ours, heading)}\n{GOOD}\n")
    assert refused.status_code == 422
    assert guesses(page_of(refused)) == guessed


def test_headings_that_a_declaration_names_are_guesses_too(client: FlaskClient) -> None:
    refused = send(client, "Survived,Pclass,Sex,Age,SibSp,Parch,Embarked\n0,3,male,22,1,0,S\n", "/titanic/batch")
    assert guesses(page_of(refused)) == {
        "ticket_class": "Pclass", "port": "Embarked", "siblings_spouses": "SibSp", "parents_children": "Parch",
    }  # fmt: skip


def test_the_column_of_another_input_is_no_guess(client: FlaskClient) -> None:
    refused = send(client, "other,sepal_width,petal_length,petal_width\n5.1,3.5,1.4,0.2\n", "/iris/batch")
    assert guesses(page_of(refused)) == {}


def send_chosen(client: FlaskClient, file: str, **chosen: str) -> Page:
    columns = "".join(part(f"column-{name}", f"{heading}\r\n") for name, heading in chosen.items())
    body = part("csrf_token", "x\r\n") + columns + part("file", f"{file}\r\n--edge--\r\n", "p.csv")
    return page_of(client.post("/census/batch", data=body, content_type=MULTIPART))


def test_a_column_that_was_chosen_stays_chosen_until_the_last_one_is(client: FlaskClient) -> None:
    file = f"{HEADER.replace('sex', 'Gender').replace('age', 'How old')}\n{GOOD}\n"
    page = send_chosen(client, file, sex="Gender")
    assert "The file has no column “age”." in page.text
    assert ("column-sex", "Gender") in page.sent
    # Whoever checks a file first need not choose once more to get it.
    page = send_chosen(client, file, sex="Gender", age="How old")
    assert page.heading == "Every row can be scored"
    assert {("column-sex", "Gender"), ("column-age", "How old")} <= set(page.sent)
    assert not page.controls("column-race")
    # And a file whose headings are ours does not suffer from it.
    page = send_chosen(client, f"{HEADER}\n{GOOD}\n", sex="Gender", age="How old")
    assert page.heading == "Every row can be scored"
    assert not page.controls("column-sex")


def test_a_column_that_was_chosen_for_two_inputs_is_asked_for_again(client: FlaskClient) -> None:
    page = send_chosen(
        client, f"{HEADER.replace('sex', 'Gender').replace('race', 'Origin')}\n{GOOD}\n", sex="Gender", race="Gender"
    )
    assert page.summary == ["The column “Gender” is chosen for “sex” and “race”. Choose one for each"]
    assert {("column-sex", "Gender"), ("column-race", "Gender")} <= set(page.sent)
    (choice,) = page.controls("column-race")
    assert "Origin" in [option.text for option in choice.all("option")]


def test_a_heading_that_was_chosen_and_is_not_there_is_said(client: FlaskClient) -> None:
    body = part("csrf_token", "x\r\n") + part("column-sex", "Gender\r\n") + part("file", "age\n1\n\r\n", "p.csv")
    assert client.post(DOWNLOAD, data=f"{body}--edge--\r\n".encode(), content_type=MULTIPART).status_code == 422


def test_every_model_that_a_table_can_hold_is_covered() -> None:
    assert "food" not in {model.name for model in TYPED}


def test_a_file_whose_numbers_are_not_recorded_is_averaged_by_group(client: FlaskClient) -> None:
    csv = b"sex,age,ticket_class,port,siblings_spouses,parents_children\nmale,,,,0,0\nfemale,30,1,S,0,0\n"
    page = page_of(send(client, csv, "/titanic/batch"))
    assert page.heading == "Every row can be scored"
