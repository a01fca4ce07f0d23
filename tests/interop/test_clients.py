"""What real clients send is stored octet for octet: see `clients`, which `make interop` prints as a table."""

from __future__ import annotations

import re
import sys
import time
from pathlib import Path

import pytest
import trustme

from smtplab.net.server import Server
from tests.interop import running, senders
from tests.interop.clients import CLIENTS, Client, is_wanted, trouble, trouble_building
from tests.interop.letters import LETTER, LONGEST, OCTETS
from tests.interop.running import STARTTLS, TIME_S, WAYS, Failed, Job

ROOT = Path(__file__).parents[2]
NAMED = {client.name: client for client in CLIENTS}
WITH_TLS = [client.name for client in CLIENTS if client.has_tls]


def here(name: str) -> Client:
    """The client, where it is installed; else the test is skipped, or fails where every client is required."""
    client = NAMED[name]
    if lack := client.lacks():
        if is_wanted(client):
            pytest.fail(f"SMTPLAB_REQUIRE_CLIENTS=1, but {lack}")
        pytest.skip(lack)
    return client


def test_the_letter_has_all_that_is_hard_to_carry() -> None:
    lines = LETTER.split(b"\r\n")
    assert b"." in lines and b".." in lines and max(map(len, lines)) == LONGEST
    assert any(octet > 127 for octet in LETTER) and b"\r\n.\r\n" in OCTETS


@pytest.mark.parametrize(("name", "way"), [(client.name, way) for client in CLIENTS for way in client.ways])
def test_a_letter_is_stored_octet_for_octet(name: str, way: str, tmp_path: Path) -> None:
    assert trouble(here(name), way, tmp_path) == ""


@pytest.mark.parametrize("name", [client.name for client in CLIENTS if client.build is not None])
def test_a_message_that_the_client_builds_holds_the_parts_it_was_given(name: str, tmp_path: Path) -> None:
    assert trouble_building(here(name), tmp_path) == ""


@pytest.mark.parametrize("name", WITH_TLS)
def test_a_client_that_trusts_another_authority_sends_nothing(name: str, tmp_path: Path) -> None:
    client = here(name)
    stranger = tmp_path / "stranger.pem"
    trustme.CA().cert_pem.write_to_path(str(stranger))
    with Server(tls=True) as server:
        with pytest.raises(Failed):
            client.send(Job(STARTTLS, server.address[1], str(stranger), tmp_path))
        assert server.errors == ()
        assert len(server.mailbox) == 0
        assert "STARTTLS" in [exchange.event for exchange in server.sessions[-1].exchanges]


def test_netcat_without_c_is_told_why_its_mail_data_has_no_end(tmp_path: Path) -> None:
    here("netcat -C")
    with Server() as server:
        reply = senders.by_bare_netcat(Job("plain", server.address[1], "", tmp_path))
        assert reply.startswith("421 ") and "CR LF" in reply
        assert len(server.mailbox) == 0
        assert server.errors == ()


def test_a_client_that_hangs_is_ended(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(running, "TIME_S", 0.2)
    began = time.monotonic()
    with pytest.raises(Failed, match="did not end within"):
        running.ran(Job("plain", 1, "", tmp_path), sys.executable, "-c", "import threading; threading.Event().wait()")
    assert time.monotonic() - began < TIME_S


def test_the_page_names_every_client_and_no_other() -> None:
    page = (ROOT / "docs" / "clients.md").read_text("utf-8")
    table = page.partition("## The clients tried\n")[2].partition("\n## ")[0]
    rows = [[cell.strip() for cell in line.split("|")[1:-1]] for line in table.splitlines() if line.startswith("| ")]
    said = {row[0]: [way for way, cell in zip(WAYS, row[1:], strict=False) if cell == "identical"] for row in rows[1:]}
    assert said == {client.name: list(client.ways) for client in CLIENTS}


def test_ci_installs_every_client_that_apt_has() -> None:
    text = (ROOT / ".ci" / "run").read_text("utf-8")
    wanted = {word for client in CLIENTS if client.name != "nodemailer" for word in client.package.split()}
    assert [package for package in sorted(wanted) if not re.search(rf"\b{re.escape(package)}\b", text)] == []
    assert "SMTPLAB_REQUIRE_CLIENTS=1" in text
