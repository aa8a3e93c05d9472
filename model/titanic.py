"""Did a passenger of the Titanic survive?"""

from wtforms import Form

from .declare import Candidate, ChoiceField, Curve, Example, Model, NumberField, Pair, Recipe, Table, Words


class TitanicForm(Form):
    sex = ChoiceField(
        "Sex", thing="the passenger’s sex", plural="sexes the lists recorded",
        choices={"female": "Female", "male": "Male"}, phrase="Being {}",
    )  # fmt: skip
    age = NumberField(
        "Age", thing="the passenger’s age", between=(0, 100), like="29", may_be_unknown=True,
        not_recorded="Not recorded in the lists",
        beyond="The oldest passenger in the data was 80", unit="years", under_one=(12, "months"), phrase="Being {} old",
        hint="From 0 to 100. For a baby under 1, enter a part of a year, like 0.5",
    )  # fmt: skip
    ticket_class = ChoiceField(
        "Ticket class", thing="the ticket class", plural="ticket classes", may_be_unknown=True,
        choices={"1": "First class", "2": "Second class", "3": "Third class"},
        phrase="A ticket for {}", changeable=True, ordered=True, headings=("Pclass", "class"),
    )  # fmt: skip
    port = ChoiceField(
        "Port where the passenger came on board", thing="the port", plural="ports", may_be_unknown=True,
        choices={"S": "Southampton", "C": "Cherbourg", "Q": "Queenstown"}, phrase="Coming on board at {}", names=True,
        headings=("Embarked",),
    )  # fmt: skip
    siblings_spouses = NumberField(
        "Brothers, sisters, husband or wife on board", subject="Brothers, sisters, husband or wife",
        thing="how many brothers, sisters, husband or wife were on board", whole=True, between=(0, 8),
        like="1", may_be_unknown=True, beyond="No passenger in the data had more than 8",
        hint="A whole number from 0 to 8", phrase="{} brothers, sisters or spouse on board",
        phrase_of_none="No brothers, sisters or spouse on board", phrase_of_one="One brother, sister or spouse on board",
        headings=("SibSp",),
    )  # fmt: skip
    parents_children = NumberField(
        "Parents or children on board", subject="Parents or children",
        thing="how many parents or children were on board", whole=True, between=(0, 9),
        like="2", may_be_unknown=True, beyond="No passenger in the data had more than 9",
        hint="A whole number from 0 to 9", phrase="{} parents or children on board",
        phrase_of_none="No parents or children on board", phrase_of_one="One parent or child on board",
        headings=("Parch",),
    )  # fmt: skip


AGE = Curve("age", knots=(0, 15, 80))
PARENTS = Curve("parents_children", knots=(0, 9))
PLAIN = (
    Table("sex"),
    Table("ticket_class"),
    AGE,
    Table("port"),
    Curve("siblings_spouses", knots=(0, 2, 5)),
    PARENTS,
    Pair(Table("sex"), Table("ticket_class")),
)
AGE_BY_SEX = Pair(AGE, Table("sex"))
PARENTS_BY_CLASS = Pair(PARENTS, Table("ticket_class"))
PAIRS = {
    "sex by class, age by sex": (AGE_BY_SEX,),
    "sex by class, age by sex, parents by class": (AGE_BY_SEX, PARENTS_BY_CLASS),
}

MODEL = Model(
    name="titanic", kind="probability", form=TitanicForm, order=2, shows_alike=5, compares_with="sex",
    fieldsets={
        "The passenger": ("sex", "age"),
        "The voyage": ("ticket_class", "port", "siblings_spouses", "parents_children"),
    },
    recipe=Recipe(
        table="titanic.csv", target="survived", yes="1",
        candidates=[
            Candidate((*PLAIN, *pairs), C=C, name=f"{name}, C={C:g}")
            for name, pairs in PAIRS.items() for C in (0.5, 1.0, 2.0)
        ],
        smallest_bin=40, groups={"sex": (), "ticket_class": (), "age": (13, 18, 30, 45, 60)},
        tutorial=("age", "sex", "port"), reference_only=("fare",),
        other_folds=("ticket",), clusters="ticket", seeds=10, refits=200,
    ),
    examples=(
        Example("A woman of 29 in first class",
                {"sex": "female", "age": 29, "ticket_class": "1", "port": "C",
                 "siblings_spouses": 0, "parents_children": 0}),
        Example("A man of 22 in third class",
                {"sex": "male", "age": 22, "ticket_class": "3", "port": "S",
                 "siblings_spouses": 0, "parents_children": 0}),
        Example("A boy of 4 in second class, with his parents",
                {"sex": "male", "age": 4, "ticket_class": "2", "port": "S",
                 "siblings_spouses": 0, "parents_children": 2}),
    ),
    words=Words(
        title="Titanic survival",
        question="Did a passenger of the Titanic survive?",
        heading="Estimate the chance that a passenger of the Titanic survived",
        lead="From the records of {rows} passengers in April 1912. They were real people, and most of them died.",
        button="Estimate the chance", those="passengers with these answers",
        yes="survived", no="died", outcome="survival",
        warning="This describes one night in 1912. It says nothing about anyone’s chances today.",
        data_line="{rows} passengers of the Titanic, April 1912",
        source="the passenger lists of the Titanic",
        one="passenger", many="passengers", another="Another passenger",
        left_out="The number does not allow for what the lists leave out, like where someone was that night.",
        for_what="Learning how a model reads a passenger list, and who was let down that night.",
        not_for="Any claim about a named person, and any question about ships today.",
        licence="Data: Thomas Cason and Frank E. Harrell Jr., from Encyclopedia Titanica.",
        maker="the Likely authors",
    ),
)  # fmt: skip
