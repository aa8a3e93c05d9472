"""What the pages say of one model."""

from dataclasses import dataclass


@dataclass(frozen=True)
class Words:
    """What the pages say of one model. Sentences about the answer take numbers from the scorecard.

    What `yes` and `no` say has to be right after “one person” and after “17 people” alike: “survived”,
    “had rain”, “earned more”, and not “was late” or “have rain”.
    """

    title: str
    question: str
    heading: str
    lead: str
    button: str
    # "people with these answers"
    those: str
    # "had an income over $50,000" and "did not"
    yes: str = ""
    no: str = ""
    # The thing itself, as a noun: "income over $50,000".
    outcome: str = ""
    # How a sentence goes on about a second estimate, up to its number.
    instead: str = "With {reference}, and all else the same, it would be"
    warning: str = ""
    data_line: str = ""
    source: str = ""
    # One of the people, things or places in the data, and several of them.
    one: str = "person"
    many: str = "people"
    # Whether they are things or places: then a sentence goes on with “which” where it has “whom” of people.
    things: bool = False
    another: str = "Another person"
    left_out: str = ""
    # What an amount is called, and what its numbers count where that is not the unit below.
    amount: str = "amount"
    counted_in: str = ""
    # How many of the data have a smaller amount, as a sentence.
    less: str = "{n} of 100 {many} in the data have less"
    before_unit: str = ""
    after_unit: str = ""
    for_what: str = ""
    not_for: str = ""
    licence: str = ""
    # What the drawing above the form shows, where there is one.
    drawing: str = ""

    def with_rows(self, text: str, rows: int) -> str:
        """One of these sentences with the number of the data's rows in it."""
        return text.format(rows=f"{rows:,}")

    @property
    def who(self) -> str:
        return "that" if self.things else "who"

    @property
    def whom(self) -> str:
        return "which" if self.things else "whom"

    @property
    def thousand(self) -> str:
        """One of what the numbers count, where they count thousands: “$1,000”."""
        return f"{self.before_unit}1{self.after_unit}" if self.after_unit == ",000" else ""
