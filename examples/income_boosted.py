"""Income, as a model says that was fitted elsewhere."""

from pathlib import Path

from wtforms import Form

from model.declare import ChoiceField, Example, Model, NumberField, Words, Wrapped


class IncomeBoostedForm(Form):
    age = NumberField(
        "Age",
        thing="the value of Age",
        whole=True,
        between=(17, 90),
        like="37",
        changeable=True,
    )
    work = ChoiceField(
        "Work",
        thing="the value of Work",
        plural="values of Work",
        choices={
            "?": "?",
            "Federal-gov": "Federal-gov",
            "Local-gov": "Local-gov",
            "Never-worked": "Never-worked",
            "Private": "Private",
            "Self-emp-inc": "Self-emp-inc",
            "Self-emp-not-inc": "Self-emp-not-inc",
            "State-gov": "State-gov",
            "Without-pay": "Without-pay",
        },
        changeable=True,
    )
    education = ChoiceField(
        "Education",
        thing="the value of Education",
        plural="values of Education",
        choices={
            "10th": "10th",
            "11th": "11th",
            "12th": "12th",
            "1st-4th": "1st-4th",
            "5th-6th": "5th-6th",
            "7th-8th": "7th-8th",
            "9th": "9th",
            "Assoc-acdm": "Assoc-acdm",
            "Assoc-voc": "Assoc-voc",
            "Bachelors": "Bachelors",
            "Doctorate": "Doctorate",
            "HS-grad": "HS-grad",
            "Masters": "Masters",
            "Preschool": "Preschool",
            "Prof-school": "Prof-school",
            "Some-college": "Some-college",
        },
        changeable=True,
    )
    status = ChoiceField(
        "Status",
        thing="the value of Status",
        plural="values of Status",
        choices={
            "Divorced": "Divorced",
            "Married-AF-spouse": "Married-AF-spouse",
            "Married-civ-spouse": "Married-civ-spouse",
            "Married-spouse-absent": "Married-spouse-absent",
            "Never-married": "Never-married",
            "Separated": "Separated",
            "Widowed": "Widowed",
        },
        changeable=True,
    )
    race = ChoiceField(
        "Race",
        thing="the value of Race",
        plural="values of Race",
        choices={
            "Amer-Indian-Eskimo": "Amer-Indian-Eskimo",
            "Asian-Pac-Islander": "Asian-Pac-Islander",
            "Black": "Black",
            "Other": "Other",
            "White": "White",
        },
        changeable=True,
    )
    sex = ChoiceField(
        "Sex",
        thing="the value of Sex",
        plural="values of Sex",
        choices={"Female": "Female", "Male": "Male"},
        changeable=True,
    )
    hours = NumberField(
        "Hours",
        thing="the value of Hours",
        whole=True,
        between=(1, 99),
        like="40",
        changeable=True,
    )


MODEL = Model(
    name="income_boosted",
    kind="probability",
    form=IncomeBoostedForm,
    fieldsets={"The row": ("age", "work", "education", "status", "race", "sex", "hours")},
    recipe=Wrapped(
        table=Path(__file__).parent / "../data/census.csv.gz",
        target="income",
        yes=">50K",
        smallest_bin=50,
    ),
    examples=[
        Example(
            "The usual answers",
            {
                "age": 37,
                "work": "Private",
                "education": "HS-grad",
                "status": "Married-civ-spouse",
                "race": "White",
                "sex": "Male",
                "hours": 40,
            },
        ),
    ],
    words=Words.from_file(Path(__file__).with_suffix(".words.toml")),
)
