"""What real clients fetch by POP3 is what was stored, octet for octet: see `readers`, which `make interop` prints."""

from __future__ import annotations

import poplib
import re
from contextlib import closing
from pathlib import Path

import pytest
import trustme

from smtplab.net.server import Server
from tests.interop.clients import is_wanted
from tests.interop.readers import READERS, STLS, WAYS, Reader, trouble
from tests.interop.running import TIME_S, Failed, Job

ROOT = Path(__file__).parents[2]
NAMED = {reader.name: reader for reader in READERS}


def here(name: str) -> Reader:
    """The client, where it is installed; else the test is skipped, or fails where every client is required."""
    reader = NAMED[name]
    if lack := reader.lacks():
        if is_wanted(reader):
            pytest.fail(f"SMTPLAB_REQUIRE_CLIENTS=1, but {lack}")
        pytest.skip(lack)
    return reader


@pytest.mark.parametrize("way", WAYS)
@pytest.mark.parametrize("name", NAMED)
def test_a_letter_is_fetched_octet_for_octet(name: str, way: str, tmp_path: Path) -> None:
    assert trouble(here(name), way, tmp_path) == ""


@pytest.mark.parametrize("name", NAMED)
def test_a_client_that_trusts_another_authority_says_no_password(name: str, tmp_path: Path) -> None:
    reader = here(name)
    stranger = tmp_path / "stranger.pem"
    trustme.CA().cert_pem.write_to_path(str(stranger))
    with Server(pop3=True, tls=True) as server:
        with pytest.raises(Failed):
            reader.fetch(Job("STARTTLS", server.pop3_address[1], str(stranger), tmp_path))
        assert server.errors == ()
        events = [exchange.event for exchange in server.sessions[-1].exchanges]
        assert "STLS" in events and "PASS" not in events


def test_a_letter_that_is_changed_on_the_way_is_noticed(tmp_path: Path) -> None:
    def careless(job: Job) -> list[bytes]:
        with closing(poplib.POP3(job.host, job.port, timeout=TIME_S)) as pop:
            pop.user("alice")
            pop.pass_("wonderland")
            return [b"".join(line.lstrip(b".") + b"\r\n" for line in pop.retr(n)[1]) for n in (1, 2, 3)]

    assert "3 of 3 letters, and got b''" in trouble(Reader("careless", careless), WAYS[0], tmp_path)
    assert "letters, and got" in trouble(Reader("idle", lambda _: []), WAYS[0], tmp_path)
    assert trouble(NAMED["poplib"], STLS, tmp_path) == ""


def test_the_page_names_every_client_and_no_other() -> None:
    page = (ROOT / "docs" / "clients.md").read_text("utf-8")
    table = page.partition("| fetches by POP3 |")[2].partition("\n\n")[0]
    rows = [[cell.strip() for cell in line.split("|")[1:-1]] for line in table.splitlines()[2:]]
    assert rows == [[name, *["identical"] * len(WAYS)] for name in NAMED]


def test_ci_installs_every_client_that_apt_has() -> None:
    text = (ROOT / ".ci" / "run").read_text("utf-8")
    assert [r.package for r in READERS if r.package and not re.search(rf"\b{r.package}\b", text)] == []
