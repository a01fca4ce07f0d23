"""How each real client is made to send: one function for each, and one more where it builds the message itself.

All take a `Job` and raise `Failed`. Rules: those of `clients`.
"""

from __future__ import annotations

import base64
import json
import re
import smtplib
import ssl
import subprocess
import threading
from collections.abc import Sequence
from email.message import EmailMessage
from email.policy import SMTP
from typing import Any

from tests.interop.letters import HELO, LETTER, OCTETS, PASSWORD, SENDER, SUBJECT, TEXT, USER, typed_lines
from tests.interop.running import TIME_S, Failed, Job, environment, nodemailer_folder, ran


# ------------------------------------------------------------------------------------------------------ in Python
def by_smtplib(job: Job, message: EmailMessage | None = None) -> None:
    """smtplib, of the Python that runs this."""
    try:
        with smtplib.SMTP(job.host, job.port, local_hostname=HELO, timeout=job.limit_s) as smtp:
            if job.is_secure:
                smtp.starttls(context=ssl.create_default_context(cafile=job.ca_file))
            if job.logs_in:
                smtp.login(USER, PASSWORD)
            if message is not None:
                smtp.send_message(message)
                return
            smtp.sendmail(SENDER, job.recipients, LETTER, mail_options=["BODY=8BITMIME"])
    except OSError as error:  # SMTPException is one
        raise Failed(repr(error)) from error


def by_aiosmtplib(job: Job, message: EmailMessage | None = None) -> None:
    """aiosmtplib, which is smtplib for asyncio."""
    import asyncio

    import aiosmtplib

    how: dict[str, Any] = {"start_tls": job.is_secure}
    if job.is_secure:
        how["tls_context"] = ssl.create_default_context(cafile=job.ca_file)
    if job.logs_in:
        how.update(username=USER, password=PASSWORD)
    if message is None:
        how.update(sender=SENDER, recipients=job.recipients, mail_options=["BODY=8BITMIME"])
    how.update(hostname=job.host, port=job.port, local_hostname=HELO, timeout=float(job.limit_s))
    try:
        asyncio.run(aiosmtplib.send(message or LETTER, **how))
    except (OSError, aiosmtplib.SMTPException) as error:
        raise Failed(repr(error)) from error


def _email_message(job: Job) -> EmailMessage:
    message = EmailMessage(policy=SMTP)
    message["From"], message["To"], message["Subject"] = SENDER, job.recipient, SUBJECT
    message.set_content(TEXT)
    message.add_attachment(OCTETS, maintype="application", subtype="octet-stream", filename="octets.bin")
    return message


def smtplib_builds(job: Job) -> None:
    by_smtplib(job, _email_message(job))


def aiosmtplib_builds(job: Job) -> None:
    by_aiosmtplib(job, _email_message(job))


# ------------------------------------------------------------------------------------------------------- commands
def _swaks(job: Job) -> list[str]:
    words = ["swaks", "--server", job.host, "--port", str(job.port), "--helo", HELO, "--from", SENDER]
    words += ["--to", ",".join(job.recipients), "--timeout", str(job.limit_s), "--suppress-data"]
    if job.is_secure:
        words += ["--tls", "--tls-verify", "--tls-ca-path", job.ca_file]
    if job.logs_in:
        words += ["--auth", "PLAIN", "--auth-user", USER, "--auth-password", PASSWORD]
    return words


def by_swaks(job: Job) -> None:
    """swaks, which wants LF line ends in its file, and adds the last one itself."""
    letter = job.kept("letter-swaks.eml", LETTER.replace(b"\r\n", b"\n").removesuffix(b"\n"))
    ran(job, *_swaks(job), "--data", f"@{letter}")


def swaks_builds(job: Job) -> None:
    text = job.kept("text.txt", TEXT.encode())
    attached = job.kept("octets.bin", OCTETS)
    more = ["--attach-type", "application/octet-stream", "--attach-name", "octets.bin", "--attach", f"@{attached}"]
    ran(job, *_swaks(job), "--header", f"Subject: {SUBJECT}", "--body", f"@{text}", *more)


def _curl(job: Job) -> list[str]:
    words = ["curl", "--disable", "--silent", "--show-error", "--noproxy", "*", "--max-time", str(job.limit_s)]
    words += ["--url", f"smtp://{job.host}:{job.port}/{HELO}", "--mail-from", SENDER]
    words += [word for recipient in job.recipients for word in ("--mail-rcpt", recipient)]
    if job.is_secure:
        words += ["--ssl-reqd", "--cacert", job.ca_file]
    return [*words, "--user", f"{USER}:{PASSWORD}"] if job.logs_in else words


def by_curl(job: Job) -> None:
    """curl, which sends the file's octets as they are."""
    ran(job, *_curl(job), "--upload-file", job.file)


def curl_builds(job: Job) -> None:
    text = job.kept("text.txt", TEXT.replace("\n", "\r\n").encode())
    attached = job.kept("octets.bin", OCTETS)
    parts = ["--form", f"=<{text};type=text/plain;charset=utf-8;encoder=quoted-printable"]
    parts += ["--form", f"=@{attached};type=application/octet-stream;encoder=base64"]
    ran(job, *_curl(job), "--header", f"Subject: {SUBJECT}", *parts)


def by_msmtp(job: Job) -> None:
    """msmtp, which reads the letter as sendmail does, with LF."""
    words = ["msmtp", f"--host={job.host}", f"--port={job.port}", f"--from={SENDER}", f"--domain={HELO}"]
    words += [f"--timeout={job.limit_s}"]
    words += ["--tls=on", f"--tls-trust-file={job.ca_file}"] if job.is_secure else ["--tls=off"]
    words += ["--auth=plain", f"--user={USER}", f"--passwordeval=echo {PASSWORD}"] if job.logs_in else ["--auth=off"]
    ran(job, *words, *job.recipients, given=LETTER.replace(b"\r\n", b"\n"))


PERL = r"""
my ($host, $port, $helo, $from, $to, $file, $ca, $user, $password) = @ARGV;
my $smtp = Net::SMTP->new($host, Port => $port, Hello => $helo, Timeout => 8) or die "connect: $@";
if ($ca) { $smtp->starttls(SSL_ca_file => $ca, SSL_verify_mode => 1) or die "starttls: " . $smtp->message; }
if ($user) { $smtp->auth($user, $password) or die "auth: " . $smtp->message; }
$smtp->mail($from, Bits => 8) or die "mail: " . $smtp->message;
$smtp->to($to) or die "to: " . $smtp->message;
$smtp->data or die "data: " . $smtp->message;
open my $letter, "<:raw", $file or die $!;
while (<$letter>) { $smtp->datasend($_) or die "datasend"; }
$smtp->dataend or die "dataend: " . $smtp->message;
$smtp->quit;
"""


def by_perl(job: Job) -> None:
    """Net::SMTP, which is what git send-email sends with."""
    words = [job.host, str(job.port), HELO, SENDER, job.recipient, job.lf_file, job.ca_file if job.is_secure else ""]
    ran(job, "perl", "-MNet::SMTP", "-e", PERL, *words, *([USER, PASSWORD] if job.logs_in else []))


NODE = """
const [folder, transport, message] = process.argv.slice(1);
const done = require(folder).createTransport(JSON.parse(transport)).sendMail(JSON.parse(message));
done.then(() => process.exit(0), error => { console.log(String(error)); process.exit(1); });
"""


def _node(job: Job, message: dict[str, Any]) -> None:
    # By its number: nodemailer asks the name service itself, for localhost too.
    how: dict[str, Any] = {"host": "127.0.0.1", "port": job.port, "name": HELO, "connectionTimeout": 8000}
    how["ignoreTLS"] = not job.is_secure
    if job.is_secure:
        with open(job.ca_file, encoding="ascii") as file:
            how.update(requireTLS=True, tls={"ca": file.read(), "servername": job.host})
    if job.logs_in:
        how["auth"] = {"user": USER, "pass": PASSWORD}
    ran(job, "node", "-e", NODE, nodemailer_folder(), json.dumps(how), json.dumps(message))


def by_nodemailer(job: Job) -> None:
    """nodemailer, given the letter whole."""
    _node(job, {"envelope": {"from": SENDER, "to": [job.recipient]}, "raw": {"path": job.file}})


def nodemailer_builds(job: Job) -> None:
    attached = {"filename": "octets.bin", "path": job.kept("octets.bin", OCTETS)}
    _node(job, {"from": SENDER, "to": job.recipient, "subject": SUBJECT, "text": TEXT, "attachments": [attached]})


# --------------------------------------------------------------------------------------------------- typed by hand
class Typist:
    """A command in whose standard input somebody types, and whose replies somebody reads, one at a time."""

    def __init__(self, job: Job, words: Sequence[str]) -> None:
        self._process = subprocess.Popen(
            words, stdin=subprocess.PIPE, stdout=subprocess.PIPE, stderr=subprocess.STDOUT, cwd=job.folder,
            env=environment(job.folder), bufsize=0,
        )  # fmt: skip
        self._limit = threading.Timer(TIME_S, self._process.kill)
        self._limit.start()
        self._words = words

    def reply(self) -> str:
        """The last line of the next reply; lines of the client's own are passed over. Raises Failed at the end."""
        assert self._process.stdout is not None
        last = b""
        for line in iter(self._process.stdout.readline, b""):
            if re.match(rb"\d{3}(?: |\r?\n)", line):
                return line.decode("utf-8", "replace").strip()
            last = line
        raise Failed(f"{self._words[0]} ended, or took {TIME_S:g} s: {last.decode('utf-8', 'replace').strip()}")

    def type(self, *lines: bytes) -> None:
        assert self._process.stdin is not None
        try:
            rest = memoryview(b"".join(line + b"\n" for line in lines))
            while rest:
                rest = rest[self._process.stdin.write(rest) :]
        except BrokenPipeError:
            raise Failed(f"{self._words[0]} has ended") from None

    def say(self, line: bytes, code: str) -> None:
        """Types one command, and awaits this reply."""
        self.type(line)
        if not (reply := self.reply()).startswith(code):
            raise Failed(f"{line[:40]!r} was answered {reply!r}, not {code}")

    def close(self) -> None:
        self._limit.cancel()
        if self._process.stdin is not None:
            self._process.stdin.close()
        try:
            self._process.wait(2)
        except subprocess.TimeoutExpired:
            self._process.kill()
            self._process.wait()
        if self._process.stdout is not None:
            self._process.stdout.close()


def typed(job: Job, *words: str) -> str:
    """Types a whole session; gives the reply to the mail data."""
    typist = Typist(job, words)
    try:
        typist.reply()
        typist.say(b"EHLO " + HELO.encode(), "250")
        if job.logs_in:
            typist.say(b"AUTH PLAIN " + base64.b64encode(f"\0{USER}\0{PASSWORD}".encode()), "235")
        typist.say(f"MAIL FROM:<{SENDER}> BODY=8BITMIME".encode(), "250")
        typist.say(f"RCPT TO:<{job.recipient}>".encode(), "250")
        typist.say(b"DATA", "354")
        typist.type(*typed_lines(), b".")
        reply = typist.reply()
        if reply.startswith("250"):
            typist.say(b"QUIT", "221")
        return reply
    finally:
        typist.close()


def _taken(reply: str) -> None:
    if not reply.startswith("250"):
        raise Failed(f"the mail data was answered {reply!r}")


def by_telnet(job: Job) -> None:
    """telnet, which types CR LF and needs no escape character here."""
    _taken(typed(job, "telnet", "-E", job.host, str(job.port)))


def by_netcat(job: Job) -> None:
    """netcat with -C, which makes each LF typed a CR LF."""
    _taken(typed(job, "nc", "-C", job.host, str(job.port)))


def by_bare_netcat(job: Job) -> str:
    """netcat as it is, whose lines end in a bare LF; gives the reply to the mail data."""
    return typed(job, "nc", job.host, str(job.port))


def by_s_client(job: Job) -> None:
    """openssl s_client: a terminal behind STARTTLS. Without -quiet a line that begins with Q would end it."""
    words = ["openssl", "s_client", "-quiet", "-crlf", "-starttls", "smtp", "-name", HELO]
    words += ["-connect", f"{job.host}:{job.port}", "-servername", job.host, "-verify_hostname", job.host]
    _taken(typed(job, *words, "-verify_return_error", "-CAfile", job.ca_file))
