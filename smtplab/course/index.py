"""index(): where something is taught in the course, and which exercise tests it; by code, command or concept.

    index("503")    index("RCPT")    index("dot")    index("01.2")    index()

Everything here is read from tags (`tags`); what a code or a command is comes from the catalogue and the table.
"""

from __future__ import annotations

from collections.abc import Iterable
from difflib import get_close_matches

from ..protocol.catalogue import CATALOGUE
from ..protocol.smtp import SENTENCE
from . import card
from .card import Shown
from .tags import Topic, spoken, topics


def index(what: str | int = "") -> Shown:
    """Where this is taught and tested: a reply code, a command, a word of a concept, or an exercise. All, without it."""
    known = topics()
    said = str(what).strip()
    found = _found(known, said)
    if not said:
        return _all(known)
    if not found:
        return _nothing(known, said)
    listed = [_listed(topic) for topic in found]
    return Shown("\n\n".join(each.plain for each in listed), "".join(each.html for each in listed))


def _found(known: list[Topic], said: str) -> list[Topic]:
    exact = [each for each in known if said.lower() == each.name.lower()]
    tests = [each for each in known if any(test.key == said for test in each.tested)]
    words = spoken("concept", said).lower().split()
    like = [each for each in known if each.kind == "concept" and all(word in each.name.lower() for word in words)]
    return exact or tests or like


def _listed(topic: Topic) -> Shown:
    rows = [("taught", cell.words, cell.link) for cell in dict.fromkeys(topic.taught)]
    rows += [("asked", cell.words, cell.link) for cell in dict.fromkeys(topic.asked)]
    rows += [("tested", f"exercise {test.key}: {test.title}", "") for test in topic.tested]
    title = f"{topic.name}: {_meaning(topic)}" if _meaning(topic) else topic.name
    return card.listing(title, [row[:2] for row in rows], links=[row[2] for row in rows])


def _meaning(topic: Topic) -> str:
    """What it is, from the catalogue or the table; "" for a concept, which its cell explains."""
    if topic.kind == "code" and topic.name.isdigit() and int(topic.name) in CATALOGUE:
        return CATALOGUE[int(topic.name)].meaning
    return SENTENCE.get(topic.name, "") if topic.kind == "command" else ""


def _all(known: Iterable[Topic]) -> Shown:
    names = {"Concepts": "concept", "Reply codes": "code", "Commands": "command"}
    rows = [(head, ", ".join(each.name for each in known if each.kind == kind)) for head, kind in names.items()]
    paragraphs = [f"{head}: {text}." for head, text in rows if text]
    return card.lines(*paragraphs, '`index("503")` says where one of them is taught, and what tests it.')


def _nothing(known: list[Topic], said: str) -> Shown:
    names = {each.name.lower(): each.name for each in known}
    like = [names[name] for name in get_close_matches(said.lower(), names, 3, 0.5)]
    if said.isdigit() and int(said) in CATALOGUE:
        return card.lines(f"No notebook teaches {said} by itself. `explain({said})` takes it apart.")
    more = f"Did you mean {' or '.join(like)}?" if like else "`index()` lists all that there is."
    return card.lines(f"Nothing in the course is called {said[:60]!r}. {more}")
