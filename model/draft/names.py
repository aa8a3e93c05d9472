"""What a column is called: its input's name and label, and the unit and the meaning that the name lets on."""

import keyword
import re
import shlex
import unicodedata
from collections.abc import Collection
from itertools import chain, count

from model.declare.contradictions import TAKEN
from model.declare.inputs import first_upper
from model.files.headings import simplify

# The last word of a column's name, and the unit that it tells.
UNITS = {
    **{unit: unit for unit in "mm cm m km kg mg g ml l lb oz ft mph kwh kw hp mpg ms s min".split()},
    **{unit: unit for unit in "hours days weeks months years minutes seconds miles".split()},
    "yrs": "years", "yr": "years", "hrs": "hours", "hr": "hours", "mins": "minutes", "sec": "s", "secs": "s",
    "inches": "inches", "lbs": "lb", "pct": "%", "percent": "%", "usd": "$", "eur": "€", "gbp": "£", "kmh": "km/h",
}  # fmt: skip
SYMBOLS = "[%$€£¥₹]"
DEGREES = {"c": "°C", "celsius": "°C", "f": "°F", "fahrenheit": "°F"}
# Words that only their capitals part, as in LivingArea; BMI, pH, iPhone, McDonald and GDPgrowth are none.
CAPITALS = re.compile(r"[A-Z]?[a-z]{2,}(?:[A-Z][a-z]+)+")
SENSITIVE = (
    r"sex|gender|race|ethnic\w*|hispanic|age|relig\w*|nationality|disab\w*|marital\w*|pregnan\w*|caste|native\w*"
)
CODES = r"code|type|class|group|region|zone|category|cluster|kind|zip|postcode|district|department|dept|site|block"
IDS = r"id|ids|uid|uuid|guid|key|rownames?|row|index|no|nr|number|record|serial"
SUBJECTS = r"id|subject|patient|person|customer|client|user|participant|respondent|pid"
PEOPLE = ("name", "surname", "firstname", "lastname", "fullname", "first_name", "last_name", "full_name")
AFTERWARDS = r"after|afterwards|outcome|followup"
BORN = r"birth\w*|geburt\w*|geboren|naissance|born|dob|start\w*|since|hired?|joined|opened|built|founded"
IRREGULAR = {"person": "people", "child": "children", "man": "men", "woman": "women"}
WHO = {*IRREGULAR, *"patient passenger customer client user student pupil employee worker applicant voter".split(),
       *"member respondent participant subject driver player donor borrower citizen mother baby infant".split()}  # fmt: skip


def is_called(heading: str, words: str) -> bool:
    """Whether one of these words stands in a column's heading."""
    return bool(re.search(rf"(^|_)({words})(_|$)", apart(heading)))


def ends_in(heading: str, words: str) -> bool:
    return bool(re.search(rf"(^|_)({words})$", apart(heading)))


def apart(heading: str) -> str:
    """The words of a heading: passenger_id of “PassengerId”."""
    return re.sub(r"[\W_]+", "_", re.sub(r"(?<=[a-z])(?=[A-Z])", "_", heading)).strip("_").lower()


def plain_name(heading: str) -> str:
    """Small letters, digits and _, a letter first."""
    name = (
        apart(unicodedata.normalize("NFKD", heading.replace("ß", "ss")).encode("ascii", "ignore").decode()) or "column"
    )
    return f"n_{name}" if name[0].isdigit() else name


def safe_name(heading: str, taken: Collection[str]) -> str:
    """A name that Python, a form and an address can take, and that no other column has."""
    name = plain_name(heading)
    # Two more mean something else to pandas.
    if name in {*TAKEN, "self", "count"} or keyword.iskeyword(name) or name.startswith("new_"):
        name = f"{name.removeprefix('new_')}_asked"
    return next(one for one in chain([name], map(f"{name}_{{}}".format, count(2))) if one not in taken)


def quoted(heading: str) -> str:
    """A heading as it is typed in a command, whatever a shell makes of its signs."""
    if heading.isidentifier():
        return heading
    # Windows knows no other quotation marks than double ones.
    return shlex.quote(heading) if re.search(r'["$`\\!]', heading) else f'"{heading}"'


def label_of(heading: str, with_unit: bool = False) -> str:
    """The heading as a person reads it, without the unit where that stands beside the field."""
    plain = re.sub(r"(?i)^(#|no\.?|nr\.?)\s*of\b", "Number of", heading)
    plain = " ".join(re.sub(r"[_.]+", " ", plain).split())
    if unit_of(heading) and not with_unit:
        without = re.sub(rf"^{SYMBOLS}\s|[\s(\[°]*({SYMBOLS}|[^\W_]+)[\s)\]]*$", "", plain, count=1)
        plain = re.sub(r"[\s(\[]+in$", "", without) or plain
    elif CAPITALS.fullmatch(plain):
        plain = re.sub(r"(?<=[a-z])[A-Z]", lambda found: f" {found[0].lower()}", plain)
    return first_upper(plain.rstrip("?: ")) or heading


def distinct_label(label: str, taken: Collection[str]) -> str:
    """The label with a number where another has the same letters, so that a file's headings tell them apart."""
    letters = {simplify(one) for one in taken}
    return next(one for one in chain([label], map(f"{label} ({{}})".format, count(2))) if simplify(one) not in letters)


def unit_of(heading: str) -> str:
    """What numbers under this heading count, if its last word or a sign at its end or its beginning says so."""
    if sign := re.search(rf"({SYMBOLS})[\s)\]]*$", heading) or re.match(rf"({SYMBOLS})\s", heading):
        return sign[1]
    *before, last = apart(heading).split("_")
    if any(word in ("temp", "temperature") for word in before) and last in DEGREES:
        return DEGREES[last]
    return UNITS.get(last, "") if before else ""


def plural_of(noun: str) -> str:
    if noun in IRREGULAR:
        return IRREGULAR[noun]
    if re.search(r"[^aeiou]y$", noun):
        return f"{noun[:-1]}ies"
    return f"{noun}es" if re.search(r"(s|x|z|ch|sh)$", noun) else f"{noun}s"


def a(noun: str) -> str:
    return f"{'An' if noun[:1].lower() in 'aeiou' else 'A'} {noun}"
