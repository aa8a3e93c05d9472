"""Drafting anew keeps what a person wrote."""

from __future__ import annotations

from model.draft.merge import merge

OLD = "one\ntwo\nthree\nfour\nfive\n"


def test_what_is_new_comes_in_beside_an_edit() -> None:
    assert merge(OLD, OLD.replace("two", "zwei"), OLD.replace("four", "vier")) == ("one\nzwei\nthree\nvier\nfive\n", 0)


def test_where_both_changed_a_line_the_persons_stands() -> None:
    assert merge(OLD, OLD.replace("two", "zwei"), OLD.replace("two", "deux")) == (OLD.replace("two", "zwei"), 1)


def test_a_line_that_a_person_took_out_stays_out() -> None:
    assert merge(OLD, OLD.replace("two\n", ""), OLD.replace("four", "vier")) == ("one\nthree\nvier\nfive\n", 0)


def test_a_file_that_nobody_edited_becomes_the_new_one() -> None:
    assert merge(OLD, OLD, "six\n" + OLD) == ("six\n" + OLD, 0)


def test_an_edit_that_the_new_draft_makes_as_well_is_no_conflict() -> None:
    assert merge(OLD, OLD.replace("two", "zwei"), OLD.replace("two", "zwei")) == (OLD.replace("two", "zwei"), 0)
