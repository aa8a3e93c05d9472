"""Was a person's income over $50,000? From the 1994 United States census."""

from wtforms import Form

from .declare import Candidate, ChoiceField, Curve, Example, Model, NumberField, Pair, Recipe, Table, Words

OUTSIDE = "The census data has no one outside that range"


class CensusForm(Form):
    age = NumberField(
        "Age", thing="the person’s age", whole=True, between=(17, 90), like="37", beyond=OUTSIDE,
        hint="A whole number from 17 to 90", phrase="Being {} old", unit="years",
    )  # fmt: skip
    sex = ChoiceField(
        "Sex", thing="the person’s sex", plural="sexes the census recorded",
        choices={"Female": "Female", "Male": "Male"}, phrase="Being {}",
    )  # fmt: skip
    status = ChoiceField(
        "Marital status", thing="the person’s marital status", plural="marital statuses",
        choices={
            "Never-married": "Never married",
            "Married-civ-spouse": "Married, living together",
            "Married-spouse-absent": "Married, living apart",
            "Married-AF-spouse": "Married to someone in the armed forces",
            "Separated": "Separated", "Divorced": "Divorced", "Widowed": "Widowed",
        },
        phrase="Marital status “{}”", changeable=False,
    )  # fmt: skip
    race = ChoiceField(
        "Race, as the 1994 census recorded it", thing="the person’s race", plural="races the census recorded",
        choices={
            "Amer-Indian-Eskimo": "American Indian or Eskimo",
            "Asian-Pac-Islander": "Asian or Pacific Islander",
            "Black": "Black", "Other": "Other", "White": "White",
        },
        phrase="Race “{}”",
    )  # fmt: skip
    education = ChoiceField(
        "Highest level of education finished", thing="the highest level of education finished",
        plural="levels of education",
        choices={
            "School": {
                "Preschool": "Preschool", "1st-4th": "1st to 4th grade", "5th-6th": "5th or 6th grade",
                "7th-8th": "7th or 8th grade", "9th": "9th grade", "10th": "10th grade", "11th": "11th grade",
                "12th": "12th grade, no diploma", "HS-grad": "High school diploma",
            },
            "College": {
                "Some-college": "Some college, no degree", "Assoc-voc": "Associate degree, vocational",
                "Assoc-acdm": "Associate degree, academic", "Bachelors": "Bachelor’s degree",
            },
            "After college": {
                "Masters": "Master’s degree", "Prof-school": "Professional school degree", "Doctorate": "Doctorate",
            },
        },
        phrase="Education “{}”", changeable=True, ordered=True, only_more=True,
    )  # fmt: skip
    work = ChoiceField(
        "Employer", thing="the person’s employer", plural="employers", may_be_unknown=True,
        not_recorded="Not recorded in the census",
        choices={
            "Private": "Private company",
            "Self-emp-not-inc": "Self-employed, not incorporated", "Self-emp-inc": "Self-employed, incorporated",
            "Federal-gov": "Federal government", "State-gov": "State government", "Local-gov": "Local government",
            "Without-pay": "Works without pay", "Never-worked": "Never worked",
        },
        phrase="Employer “{}”", changeable=True, never_chosen=("Without-pay", "Never-worked"),
    )  # fmt: skip
    hours = NumberField(
        "Hours of work in a usual week", subject="Hours of work", thing="the hours of work in a usual week",
        whole=True, between=(1, 99), like="40", beyond="The census recorded no others",
        hint="A whole number from 1 to 99. The census gave everyone at least 1", phrase="Working {} a week", unit="hours", changeable=True,
    )  # fmt: skip


# In pairs, choices that are alike share their points: few people have both of two rare answers.
EDUCATION = Table("education", together=(
    ("Preschool", "1st-4th", "5th-6th", "7th-8th", "9th", "10th", "11th", "12th"),
    ("HS-grad", "Some-college", "Assoc-voc", "Assoc-acdm"),
    ("Masters", "Prof-school", "Doctorate"),
))  # fmt: skip
STATUS = Table("status", together=(
    ("Married-civ-spouse", "Married-AF-spouse"), ("Married-spouse-absent", "Separated", "Divorced"),
))  # fmt: skip
WORK = Table("work", together=(
    ("Self-emp-not-inc", "Without-pay", "Never-worked"), ("Federal-gov", "State-gov", "Local-gov"),
))  # fmt: skip
AGE = Curve("age", knots=(17, 25, 35, 50, 65, 90))
HOURS = Curve("hours", knots=(1, 30, 40, 50, 99))
PLAIN = (AGE, Table("sex"), Table("status"), Table("race"), Table("education"), Table("work"), HOURS)
SEX_BY_STATUS = Pair(Table("sex"), Table("status"))
COARSE_AGE, COARSE_HOURS = Curve("age", knots=(17, 30, 50, 90)), Curve("hours", knots=(1, 40, 60, 99))
HOURS_BY_STATUS = Pair(COARSE_HOURS, STATUS)
WEIGHT = 0.08
OTHER_PAIRS = tuple(
    Pair(first, second, WEIGHT)
    for first, second in (
        (COARSE_AGE, EDUCATION), (COARSE_AGE, STATUS), (COARSE_AGE, Table("sex")), (COARSE_AGE, WORK),
        (COARSE_HOURS, WORK), (COARSE_HOURS, Table("sex")), (WORK, EDUCATION), (WORK, STATUS), (EDUCATION, STATUS),
    )
)  # fmt: skip

MODEL = Model(
    name="census", kind="probability", form=CensusForm, order=1,
    fieldsets={
        "About the person": ("age", "sex", "status", "race"),
        "Education and work": ("education", "work", "hours"),
    },
    recipe=Recipe(
        table="census.csv.gz", target="income", yes=">50K",
        candidates=(
            Candidate((*PLAIN, SEX_BY_STATUS, HOURS_BY_STATUS), C=10.0, name="two pairs"),
            *(Candidate((*PLAIN, SEX_BY_STATUS, HOURS_BY_STATUS, *OTHER_PAIRS), C=C, name=f"eleven pairs, C={C:g}")
              for C in (3.0, 10.0, 30.0)),
        ),
        inner_folds=2, seeds=10, other_seeds=3, refits=50,
        groups={"sex": (), "race": (), "age": (25, 35, 45, 55, 65)},
        tutorial=("age", "work", "education", "status", "race", "sex", "hours"), speaks_for="weight",
    ),
    examples=(
        Example("A married manager of 52 with a degree",
                {"age": 52, "sex": "Male", "status": "Married-civ-spouse", "race": "White",
                 "education": "Bachelors", "work": "Private", "hours": 45}),
        Example("A single nurse of 29",
                {"age": 29, "sex": "Female", "status": "Never-married", "race": "Black",
                 "education": "Assoc-acdm", "work": "Local-gov", "hours": 38}),
        Example("A student of 19 with a part-time job",
                {"age": 19, "sex": "Male", "status": "Never-married", "race": "Asian-Pac-Islander",
                 "education": "Some-college", "work": None, "hours": 15}),
    ),
    words=Words(
        title="Census income",
        question="Was a person’s income over $50,000 in 1994?",
        heading="Estimate the chance that a person’s income was over $50,000",
        lead="From the answers of {rows} people in the 1994 United States census.",
        button="Estimate the chance",
        those="people with these answers",
        yes="had an income over $50,000", no="did not", no_in_full="did not have an income over $50,000",
        outcome="income over $50,000",
        warning="Do not use this to make decisions about a person. "
        "It describes 1994, including that year’s unequal pay.",
        data_line="{rows} people in the 1994 United States census",
        source="the 1994 United States census",
        left_out="The number does not allow for changes since 1994.",
        for_what="Learning how a model reads a census record, and seeing how pay differed in 1994.",
        not_for="Decisions about a person: pay, credit, housing, hiring. It describes 1994, "
        "its unequal pay included, and knows nothing of the person but these answers.",
        licence="Data: Barry Becker and Ronny Kohavi, 1996, UCI Machine Learning Repository, CC BY 4.0.",
        maker="the Likely authors",
    ),
)  # fmt: skip
