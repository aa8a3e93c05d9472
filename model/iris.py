"""Which kind of iris is this flower?"""

from wtforms import Form

from .declare import Candidate, Discriminant, Example, Model, NumberField, Recipe, Slope, Words

INSIDE = "Irises of these kinds are not known outside that range"


def length(part: str, between: tuple[float, float], like: str) -> NumberField:
    return NumberField(
        f"{part} in centimetres", subject=part, thing=f"the {part.lower()} in centimetres",
        between=between, like=like, unit="cm", beyond=INSIDE, phrase=f"A {part.lower()} of {{}}",
        hint=f"From {between[0]:g} to {between[1]:g}", changeable=True,
    )  # fmt: skip


PARTS = ("sepal_length", "sepal_width", "petal_length", "petal_width")


SLOPES = tuple(Slope(part, scaled=False) for part in PARTS)


class IrisForm(Form):
    sepal_length = length("Sepal length", (3, 10), "5.1")
    sepal_width = length("Sepal width", (1, 6), "3.5")
    petal_length = length("Petal length", (0.5, 9), "1.4")
    petal_width = length("Petal width", (0.05, 4), "0.2")


def flowers() -> object:
    """The 150 flowers that scikit-learn brings, under our names."""
    from sklearn.datasets import load_iris

    table = load_iris(as_frame=True).frame
    table.columns = [*PARTS, "kind"]
    return table


MODEL = Model(
    name="iris", kind="classes", form=IrisForm, order=3, drawing="iris.svg",
    fieldsets={
        "Sepals, the outer leaves": ("sepal_length", "sepal_width"),
        "Petals, the inner leaves": ("petal_length", "petal_width"),
    },
    recipe=Recipe(
        table=flowers, target="kind", classes={"0": "setosa", "1": "versicolor", "2": "virginica"},
        candidates=(
            Candidate(SLOPES, C=30.0, name="logistic regression"), Discriminant(SLOPES),
        ),
        smallest_bin=20, close_within=0.2, seeds=10,
    ),
    examples=(
        Example("A small iris with short petals",
                {"sepal_length": 5.1, "sepal_width": 3.5, "petal_length": 1.4, "petal_width": 0.2}),
        Example("A larger iris",
                {"sepal_length": 6.0, "sepal_width": 2.9, "petal_length": 4.5, "petal_width": 1.5}),
        Example("One that is hard to tell",
                {"sepal_length": 6.1, "sepal_width": 2.8, "petal_length": 4.9, "petal_width": 1.7}),
    ),
    words=Words(
        title="Iris flowers",
        question="Which kind of iris is this flower?",
        heading="Find out which kind of iris a flower is",
        lead="From {rows} flowers measured in the 1930s. Measure four parts of the flower with a ruler.",
        button="Name the flower", those="flowers with these measurements", yes="is",
        warning="It knows three kinds of iris only. Any other flower gets one of the three names all the same.",
        data_line="{rows} flowers of three kinds, measured in the 1930s",
        source="Edgar Anderson’s flowers, published by R. A. Fisher in 1936",
        one="flower", many="flowers", things=True, another="Another flower",
        left_out="The number does not allow for other kinds of iris, or for faults in measuring.",
        for_what="Learning how a model tells three kinds apart.",
        not_for="Naming a flower that may be of another kind.",
        drawing="The sepals are the three outer leaves of the flower, and hang down. The petals are the three inner "
        "ones, and stand up. Measure one of each: its length from base to tip, and its width where it is widest.",
        licence="Data: R. A. Fisher (1936) and Edgar Anderson, as scikit-learn ships it (BSD 3-Clause).",
        maker="the Likely authors",
    ),
)  # fmt: skip
