"""Income, learnt from census.csv.gz.

A draft: what is a guess says so. Change what you know better, and train again.
"""

from pathlib import Path

from wtforms import Form

from model.declare import (
    Boosted,
    Candidate,
    ChoiceField,
    Curve,
    Example,
    Model,
    NumberField,
    Recipe,
    Table,
    Words,
)
from model.draft import Choices, Numbers, Tidied


class IncomeStepsForm(Form):
    age = NumberField(
        "Age",
        thing="the value of Age",
        whole=True,
        between=(17, 90),
        like="37",
        hint="A whole number from 17 to 90",
        beyond="The data goes no further",
    )
    work = ChoiceField(
        "Work",
        thing="the value of Work",
        plural="values of Work",
        choices={
            "Federal-gov": "Federal-gov",
            "Local-gov": "Local-gov",
            "Never-worked": "Never-worked",
            "Private": "Private",
            "Self-emp-inc": "Self-emp-inc",
            "Self-emp-not-inc": "Self-emp-not-inc",
            "State-gov": "State-gov",
            "Without-pay": "Without-pay",
        },
        may_be_unknown=True,
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
    )
    sex = ChoiceField(
        "Sex",
        thing="the value of Sex",
        plural="values of Sex",
        choices={"Female": "Female", "Male": "Male"},
    )
    hours = NumberField(
        "Hours",
        thing="the value of Hours",
        whole=True,
        between=(1, 99),
        like="40",
        hint="A whole number from 1 to 99",
        beyond="The data goes no further",
    )


# How each column of the table is read: the inputs, then what is told of them.
TABLE = Tidied(
    Path(__file__).parent / "../data/census.csv.gz",
    age=Numbers("age"),
    work=Choices("work"),
    education=Choices("education"),
    status=Choices("status"),
    race=Choices("race"),
    sex=Choices("sex"),
    hours=Numbers("hours"),
    income=Choices("income", required=True),
)

BLOCKS = (
    Curve("age", knots=(17, 19, 29, 37, 47, 63, 90), straight=True),
    Table("work"),
    Table("education"),
    Table("status"),
    Table("race"),
    Table("sex"),
    Curve("hours", knots=(1, 17, 40, 44, 60, 99), straight=True),
)

MODEL = Model(
    name="income_steps",
    kind="probability",
    form=IncomeStepsForm,
    fieldsets={
        "The person": ("age", "work", "education", "status", "race", "sex", "hours"),
    },
    recipe=Recipe(
        table=TABLE,
        target="income",
        yes=">50K",
        # Cross-validation takes a blend of curves and steps, or whatever of these is clearly better.
        candidates=[
            *(Candidate(BLOCKS, C=C, name=f"curves, C = {C:g}") for C in (0.1, 1, 10)),
            Boosted(pairs=10, bags=4),
        ],
        blends=(0.25, 0.5, 0.75),
        folds=5,
        inner_folds=3,
        unknown="learnt",
        smallest_bin=100,
        groups={"age": (18, 25, 35, 45, 55, 65, 75), "race": (), "sex": ()},
        shows_rows=False,  # no page and no file that is served has a row of the table, or a count under 10
    ),
    examples=[
        Example(
            "A person with a low chance",
            {
                "age": 29,
                "work": "Private",
                "education": "HS-grad",
                "status": "Divorced",
                "race": "White",
                "sex": "Male",
                "hours": 41,
            },
        ),
        Example(
            "A person with a middling chance",
            {
                "age": 28,
                "work": "Private",
                "education": "Bachelors",
                "status": "Never-married",
                "race": "White",
                "sex": "Female",
                "hours": 44,
            },
        ),
        Example(
            "A person with a high chance",
            {
                "age": 37,
                "work": "Self-emp-inc",
                "education": "Some-college",
                "status": "Married-civ-spouse",
                "race": "White",
                "sex": "Male",
                "hours": 51,
            },
        ),
    ],
    words=Words.from_file(Path(__file__).with_suffix(".words.toml")),
)
