"""A page as the tests read it: its words, its messages, and its form as a browser would send it."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, field
from html.parser import HTMLParser
from urllib.parse import parse_qs, urlsplit

from werkzeug.test import TestResponse

EMPTY = frozenset({"area", "base", "br", "col", "hr", "img", "input", "link", "meta", "source", "wbr"})
# A paragraph or list item ends where the next one, or its parent, does.
ENDS_ITSELF = frozenset({"p", "li", "dt", "dd", "option", "tr", "td", "th", "thead", "tbody"})
Pairs = list[tuple[str, str]]


@dataclass(eq=False)
class Element:
    tag: str
    attributes: dict[str, str]
    parent: Element | None = None
    children: list[Element | str] = field(default_factory=list)

    def elements(self) -> Iterator[Element]:
        # In the order of the page; one generator inside of another for each level would take twice as long.
        waiting = self.children[::-1]
        while waiting:
            element = waiting.pop()
            if isinstance(element, Element):
                yield element
                waiting += element.children[::-1]

    def all(self, tag: str, **attributes: str) -> list[Element]:
        wanted = {name.rstrip("_").replace("_", "-"): value for name, value in attributes.items()}
        return [
            element
            for element in self.elements()
            if element.tag == tag and wanted.items() <= element.attributes.items()
        ]

    def above(self, tag: str) -> Element | None:
        element = self.parent
        while element is not None and element.tag != tag:
            element = element.parent
        return element

    @property
    def text(self) -> str:
        return " ".join(self._text().split())

    def _text(self) -> str:
        return "".join(child if isinstance(child, str) else child._text() for child in self.children)


class Page(HTMLParser):
    def __init__(self, html: str) -> None:
        super().__init__(convert_charrefs=True)
        self.root = self.here = Element("", {})
        self.feed(html)
        self.close()

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        if tag in ENDS_ITSELF and self.here.tag == tag and self.here.parent:
            self.here = self.here.parent
        element = Element(tag, {name: value or "" for name, value in attrs}, self.here)
        self.here.children.append(element)
        if tag not in EMPTY:
            self.here = element

    def handle_startendtag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.here.children.append(Element(tag, {name: value or "" for name, value in attrs}, self.here))

    def handle_endtag(self, tag: str) -> None:
        ended: Element | None = self.here
        while ended is not None and ended.tag != tag:
            ended = ended.parent
        if ended is not None and ended.parent is not None:
            self.here = ended.parent

    def handle_data(self, data: str) -> None:
        self.here.children.append(data)

    # -- what a reader sees ----------------------------------------------------------------------

    @property
    def title(self) -> str:
        return self.root.all("title")[0].text

    @property
    def heading(self) -> str:
        (heading,) = self.root.all("h1")
        return heading.text

    @property
    def number(self) -> str:
        """A result's number, without the range that its heading goes on with."""
        return self.heading.partition(", probably ")[0]

    @property
    def text(self) -> str:
        (main,) = self.root.all("main")
        return main.text

    @property
    def links(self) -> list[str]:
        return [link.attributes.get("href", "") for link in self.root.all("a")]

    # -- the form --------------------------------------------------------------------------------

    @property
    def form(self) -> Element:
        (form,) = self.root.all("form", method="post")
        return form

    def controls(self, name: str) -> list[Element]:
        return [
            element
            for element in self.form.elements()
            if element.tag in ("input", "select", "textarea") and element.attributes.get("name") == name
        ]

    @property
    def sent(self) -> Pairs:
        """What a browser would send on pressing the button now, photos aside."""
        return [pair for element in self.form.elements() for pair in sent_by(element)]

    @property
    def answers(self) -> Pairs:
        """The same without the form's token, and without what is blank."""
        return [(name, value) for name, value in self.sent if name != "csrf_token" and value]

    # -- its messages ----------------------------------------------------------------------------

    @property
    def summary(self) -> list[str]:
        """The messages in the summary at the top of the page."""
        box = self._summary_box()
        return [item.text for item in box.all("li")] if box else []

    @property
    def summary_links(self) -> list[str]:
        box = self._summary_box()
        return [link.attributes["href"] for link in box.all("a")] if box else []

    def _summary_box(self) -> Element | None:
        for heading in self.root.all("h2"):
            if heading.text == "There is a problem":
                return heading.parent
        return None

    def description(self, name: str) -> str:
        """What a screen reader adds to a field: its hint and its message."""
        described = []
        for control in self.controls(name):
            fieldset = control.above("fieldset")
            described += control.attributes.get("aria-describedby", "").split()
            if fieldset:
                described += fieldset.attributes.get("aria-describedby", "").split()
        return " ".join(self.with_id(one).text for one in dict.fromkeys(described))

    def is_invalid(self, name: str) -> bool:
        """Whether the field is marked as wrong; ARIA has no such mark for a group of radio buttons."""
        marked = [c for c in self.controls(name) if c.attributes.get("type") not in ("radio", "checkbox")]
        return all(control.attributes.get("aria-invalid") == "true" for control in marked)

    def with_id(self, identity: str) -> Element:
        (found,) = [e for e in self.root.elements() if e.attributes.get("id") == identity]
        return found


def sent_by(element: Element) -> Pairs:
    name = element.attributes.get("name")
    if not name or "disabled" in element.attributes:
        return []
    if element.tag == "textarea":
        return [(name, element.text)]
    if element.tag == "select":
        options = element.all("option")
        chosen = [option for option in options if "selected" in option.attributes] or options[:1]
        return [(name, option.attributes.get("value", option.text)) for option in chosen]
    if element.tag != "input":
        return []
    kind = element.attributes.get("type", "text")
    if kind in ("radio", "checkbox"):
        return [(name, element.attributes.get("value", "on"))] if "checked" in element.attributes else []
    return [] if kind in ("file", "submit", "button") else [(name, element.attributes.get("value", ""))]


def page_of(response: TestResponse) -> Page:
    assert response.mimetype == "text/html", response.mimetype
    return Page(response.text)


def address_query(response: TestResponse) -> dict[str, str]:
    """The answers in the address that a valid form leads to."""
    assert response.status_code == 303, page_of(response).summary
    return {name: value for name, (value,) in parse_qs(urlsplit(response.location).query).items()}
