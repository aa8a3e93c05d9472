"""A hundred dots tell the classes apart by shape, on the page and in the picture that is shared."""

from __future__ import annotations

from webapp.text.dots import SHAPES, draw_classes, key, shape
from webapp.text.picture import Told, draw_picture


def test_each_of_seven_classes_has_a_shape_of_its_own_and_those_after_them_share_one() -> None:
    shapes = [shape(number) for number in range(12)]
    assert len(set(shapes[:8])) == 8
    assert set(shapes[7:]) == {"speck"}
    # A ring and a speck are round as a disc is; their widths differ.
    assert len({key(one).path for one in SHAPES}) == len(SHAPES) - 2


def test_a_hundred_dots_are_shared_among_nine_classes() -> None:
    dots = draw_classes([0.5, 0.2, 0.1, 0.05, 0.05, 0.04, 0.03, 0.02, 0.01])
    assert [dot.count for dot in dots] == [50, 20, 10, 5, 5, 4, 3, 2, 1]
    assert [dot.shape for dot in dots] == [*SHAPES, "speck"]


def test_the_shared_picture_draws_each_shape_unlike_the_others() -> None:
    drawn = {draw_picture(Told("Which?", "Wren", "", ((one, 100),))) for one in SHAPES}
    assert len(drawn) == len(SHAPES)
