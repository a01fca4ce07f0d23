"""Reference tables say what catalogue and table say, and the figure is drawn from the diagram's own layout."""

from __future__ import annotations

import subprocess
import sys

from smtplab.protocol.catalogue import CATALOGUE
from smtplab.protocol.smtp import SYNTAX, State
from smtplab.protocol.transcript import Transcript
from smtplab.views import diagram, figures, tables
from tests.views import samples
from tests.views.marks import Page


def test_every_reply_code_has_a_row() -> None:
    assert [row[0] for row in tables.reply_codes().rows] == [str(code) for code in CATALOGUE]
    assert {row[0][0] for row in tables.reply_codes(4, 5).rows} == {"4", "5"}


def test_every_command_and_every_state_has_a_row() -> None:
    assert [row[0] for row in tables.commands().rows] == list(SYNTAX.values())
    assert [row[0] for row in tables.states().rows] == [state.name.lower() for state in State]


def test_a_table_is_shown_as_html_and_as_text() -> None:
    for table in (tables.reply_codes(), tables.commands(), tables.states()):
        drawn = Page(table._repr_html_())
        assert len([tag for tag, _ in drawn.elements if tag == "tr"]) == len(table) + 1
        assert len(repr(table).split("\n")) == len(table) + 2


def test_a_figure_has_every_state_and_every_label() -> None:
    drawn = figures.figure(Transcript.parse(samples.SESSION_1))
    said = " ".join(text.get_text().replace("\n", " ") for text in drawn.axes[0].texts)
    for state in ("connected", "refused", "greeted", "ready", "mail", "rcpt", "data", "closed"):
        assert state in said.split()
    for arrow in diagram.arrows():
        if arrow.route.label is not None:
            assert " ".join(map(str, diagram.label(arrow))) in said
    assert "(15)" in said, "the step that took the last arrow"


def test_a_figure_draws_any_session_at_any_position() -> None:
    for name in ("messy", "extended", "session 2", "empty"):
        of = samples.all_samples()[name]
        for position in (0, len(of) // 2, None):
            figures.figure(of, position)
    figures.figure()


def test_no_view_imports_matplotlib_or_ipywidgets_until_a_figure_is_asked_for() -> None:
    code = (
        "import sys, pkgutil, importlib, smtplab.views as views\n"
        "for found in pkgutil.iter_modules(views.__path__):\n"
        "    importlib.import_module('smtplab.views.' + found.name)\n"
        "print([name for name in ('matplotlib', 'ipywidgets', 'anywidget') if name in sys.modules])\n"
    )
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, timeout=60, check=True)
    assert done.stdout.strip() == "[]"
