"""One exercise of each notebook, in the real page: failed, hinted, and solved."""

from __future__ import annotations

from collections.abc import Callable

import pytest
from playwright.sync_api import Page, expect

from smtplab.course.files import spec
from tests.browser.book import BOOK, run

# For each: lines that fail, and what the check says of them.
WRONG = {
    "00.1": ('b"BYE\\r\\n"', "is no command of SMTP"),
    "01.1": ('b"HELO me.example.com\\r\\n", b"DATA\\r\\n"', "DATA while no recipient was accepted"),
    "02.1": ('b"HELO me.example.com\\r\\n", b"Subject: Lunch\\r\\n"', "came as a command"),
    "03.3": (
        'b"HELO me.example.com\\r\\n", b"MAIL FROM:<me@example.com>\\r\\n", b"RCPT TO:<alice@example.com>\\r\\n", b"DATA\\r\\n", '
        'b"Subject: x\\r\\n\\r\\nclub@books.example\\r\\n.\\r\\n", b"QUIT\\r\\n"',
        "A bounce follows the envelope",
    ),
    "04.1": ('b"HELO me.example.com\\r\\n", b"QUIT\\r\\n"', "The server accepted no letter"),
    "05.2": (
        'b"HELO me.example.com\\r\\n", b"MAIL FROM:<me@example.com>\\r\\n", b"DATA\\r\\n"',
        "DATA while no recipient",
    ),
    "06.1": ('b"MAIL FROM:<me@example.com>\\r\\n"', "MAIL before HELO or EHLO"),
    "07.1": (
        'b"HELO me.example.com\\r\\n", b"MAIL FROM:<me@example.com>\\r\\n", b"RCPT TO:<alice@example.com>\\r\\n", b"DATA\\r\\n", '
        'b"Subject: x\\r\\n\\r\\n.\\r\\n", b"QUIT\\r\\n"',
        "The stored letter's body is ''",
    ),
    "08.1": (
        'b"EHLO me.example.com\\r\\n", b"MAIL FROM:<me@example.com> BODY=8BITMIME SIZE=100\\r\\n", b"QUIT\\r\\n"',
        "The server answered your MAIL with 555",
    ),
    "09.1": (
        'b"HELO me.example.com\\r\\n", b"MAIL FROM:<me@example.com>\\r\\n", b"RCPT TO:<alice@example.com>\\r\\n", b"RCPT TO:<bob@example.com>\\r\\n", '
        'b"RCPT TO:<carol@example.com>\\r\\n", b"DATA\\r\\n", b"To: alice@example.com\\r\\nCc: bob@example.com\\r\\nBcc: carol@example.com\\r\\n\\r\\nHi.\\r\\n.\\r\\n", b"QUIT\\r\\n"',
        'has the header "Bcc: carol@example.com"',
    ),
    "10.1": (
        'b"EHLO me.example.com\\r\\n", b"MAIL FROM:<me@example.com>\\r\\n", b"RCPT TO:<busy@example.com>\\r\\n", '
        'b"RCPT TO:<nobody@example.com>\\r\\n", b"RCPT TO:<busy@example.com>\\r\\n", b"QUIT\\r\\n"',
        "It had been answered 450: that means later",
    ),
    "11.2": (
        'b"EHLO me.example.com\\r\\n", b"MAIL FROM:<me@example.com>\\r\\n", b"RCPT TO:<bob@example.com>\\r\\n", b"QUIT\\r\\n"',
        "Turn its clock on",
    ),
    "12.2": (
        'b"EHLO me.example.com\\r\\n", b"MAIL FROM:<me@example.com>\\r\\n", b"RCPT TO:<alice@example.com>\\r\\n", b"RCPT TO:<bob@example.com>\\r\\n", '
        'b"RCPT TO:<carol@example.com>\\r\\n", b"DATA\\r\\n", b"Subject: x\\r\\n\\r\\nHello.\\r\\n.\\r\\n", b"QUIT\\r\\n"',
        "You sent 8 pieces, and waited as often; it can be done in 3.",
    ),
    "13.1": (
        'b"EHLO me.example.com\\r\\n", b"AUTH PLAIN AGNhcm9sAHJhaW4yMWNhdA==\\r\\n", b"QUIT\\r\\n"',
        "and not by AUTH LOGIN",
    ),
}
ATTEMPT = """import socket
with socket.create_connection({ex}.server.address, timeout=5) as sock:
    sock.recv(1024)
    for line in [{lines}]:
        sock.sendall(line)
        sock.recv(1024)
{ex}.check()
"""


def cell_of(page: Page, word: str) -> int:
    """The number of the first code cell whose source has this word."""
    found = page.evaluate(
        f"(word) => {BOOK}.content.widgets.findIndex((c) => c.model.type === 'code' && c.model.sharedModel.getSource().includes(word))",
        word,
    )
    assert found >= 0, f"no cell has {word}"
    return int(found)


def answered(page: Page, cell: int, source: str) -> str:
    """What a cell shows when its source is this: its outputs, as plain text."""
    page.evaluate(f"([n, text]) => {BOOK}.content.widgets[n].model.sharedModel.setSource(text)", [cell, source])
    run(page, cell)
    return page.evaluate(
        f"(n) => {BOOK}.content.widgets[n].model.outputs.toJSON().map((o) => [o.data?.['text/plain'] ?? o.text ?? ''].flat().join('')).join('\\n')",
        cell,
    )


@pytest.mark.parametrize("name", WRONG)
def test_an_exercise_is_failed_hinted_and_solved(
    name: str, open_notebook: Callable[..., Page], run_all: Callable[[Page], None]
) -> None:
    page = open_notebook(name[:2])
    run_all(page)
    card = cell_of(page, f'exercise("{name}")')
    source = page.evaluate(f"(n) => {BOOK}.content.widgets[n].model.sharedModel.getSource()", card)
    ex = source.partition(" = exercise(")[0].split()[-1]
    attempt = cell_of(page, f"{ex}.check()")
    lines, message = WRONG[name]

    said = " ".join(answered(page, attempt, ATTEMPT.format(ex=ex, lines=lines)).split())
    assert "Not yet" in said and message in said

    page.evaluate(f"async (n) => {{ await {BOOK}.content.scrollToItem(n, 'start'); }}", card)
    hint = page.get_by_role("button", name=f"Hint for exercise {name}").or_(
        page.locator(f'button[title="Hint for exercise {name}"]')
    )
    hint.first.click()
    expect(page.get_by_text("Hint 1:").first).to_be_visible()

    solution = spec.load(name).parts[0].solution.replace("ex.", f"{ex}.")
    said = " ".join(answered(page, attempt, f"{solution}\n{ex}.check()").split())
    assert "Passed: the server saw it all." in said
