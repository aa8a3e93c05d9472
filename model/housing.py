"""What did homes cost in a district of Boston, by their number of rooms?"""

from wtforms import Form

from .declare import Candidate, Curve, Example, Model, NumberField, Recipe, Words


class HousingForm(Form):
    rooms = NumberField(
        "Rooms in a usual home of the district", subject="Rooms", thing="the number of rooms",
        between=(3, 9), like="6.5", unit="rooms", beyond="The data has no district outside that range",
        hint="An average, from 3 to 9, like 6.5", phrase="Homes of {}", changeable=True,
    )  # fmt: skip


MODEL = Model(
    name="housing", kind="amount", form=HousingForm, order=4,
    fieldsets={"The district": ("rooms",)},
    recipe=Recipe(
        table="housing.csv", target="price",
        candidates=(Candidate((Curve("rooms", knots=(5.5, 6, 6.5, 7, 8.5)),)),),
        range_by="residuals",
        tutorial=("rooms",), grouped_by="town", other_folds=("",), clusters="town", seeds=10, rising=("rooms",),
    ),
    examples=(
        Example("Homes of five rooms", {"rooms": 5}),
        Example("Homes of six and a half rooms", {"rooms": 6.5}),
        Example("Homes of eight rooms", {"rooms": 8}),
    ),
    words=Words(
        title="Boston housing",
        question="What did a home cost in a district of Boston in 1970?",
        heading="Estimate what homes cost in a district of Boston",
        lead="From {rows} districts in 1970. The price is the median of owner-occupied homes: half cost more, half less.",
        button="Estimate the price", those="districts with homes of this size",
        warning="It knows the number of rooms and nothing else. Prices are those of 1970.",
        data_line="{rows} districts of Boston in 1970",
        source="the 1970 census, published by Harrison and Rubinfeld in 1978",
        one="district", many="districts", things=True, another="Another district",
        left_out="The number does not allow for what else a home has, or for prices since 1970. In the data, "
        "$50,000 means $50,000 or more.",
        amount="price", less="Homes cost less than this in {n} of 100 {many} in the data",
        counted_in="thousands of dollars", before_unit="$", after_unit=",000",
        for_what="Learning how a price and its range follow from one number.",
        not_for="Pricing a home.",
        licence="Data: David Harrison and Daniel Rubinfeld (1978), by way of StatLib and mlxtend.",
        maker="the Likely authors",
    ),
)  # fmt: skip
