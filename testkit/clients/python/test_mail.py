"""E-mail by a real SMTP server: STARTTLS and a password, in the clear on this machine, and out of order."""

import datetime
import email
import ipaddress
import json
import socket
import ssl
import subprocess
import time
from contextlib import contextmanager

import pytest
from aiosmtpd.controller import Controller
from aiosmtpd.smtp import AuthResult, LoginPassword
from botocore.exceptions import ClientError
from conftest import PASSWORD, Server, new_name
from cryptography import x509
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.x509.oid import NameOID


class Mailbox:
    """What the server has taken, and what it answers."""

    def __init__(self):
        self.taken: list[email.message.Message] = []
        self.recipients: list[list[str]] = []
        self.refusal: str | None = None

    async def handle_DATA(self, _server, _session, envelope):
        if self.refusal:
            return self.refusal
        self.taken.append(email.message_from_bytes(envelope.content))
        self.recipients.append(envelope.rcpt_tos)
        return "250 OK"

    def wait_for(self, count: int) -> str:
        """The last word of the last mail."""
        deadline = time.monotonic() + 20
        while len(self.taken) < count:
            assert time.monotonic() < deadline, "no mail came"
            time.sleep(0.01)  # polling is how a mail on its way is seen
        return self.taken[-1].get_payload(decode=True).decode().split()[-1]


def certificate(directory):
    """A certificate for 127.0.0.1 that vouches for itself."""
    key = ec.generate_private_key(ec.SECP256R1())
    name = x509.Name([x509.NameAttribute(NameOID.COMMON_NAME, "127.0.0.1")])
    now = datetime.datetime.now(datetime.timezone.utc)
    made = (
        x509.CertificateBuilder()
        .subject_name(name)
        .issuer_name(name)
        .public_key(key.public_key())
        .serial_number(x509.random_serial_number())
        .not_valid_before(now - datetime.timedelta(days=1))
        .not_valid_after(now + datetime.timedelta(days=1))
        .add_extension(x509.SubjectAlternativeName([x509.IPAddress(ipaddress.ip_address("127.0.0.1"))]), critical=False)
        .sign(key, hashes.SHA256())
    )
    pem = directory / "certificate.pem"
    pem.write_bytes(made.public_bytes(serialization.Encoding.PEM))
    private = directory / "key.pem"
    private.write_bytes(
        key.private_bytes(
            serialization.Encoding.PEM, serialization.PrivateFormat.PKCS8, serialization.NoEncryption()
        )
    )
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    context.load_cert_chain(pem, private)
    return pem, context


@contextmanager
def smtp(mailbox, **options):
    # The controller connects to the port that it was told, so it must be told one.
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port = probe.getsockname()[1]
    controller = Controller(mailbox, hostname="127.0.0.1", port=port, **options)
    controller.start()
    try:
        yield port
    finally:
        controller.stop()


class MailingServer(Server):
    """A server that sends its mail."""

    def __init__(self, binary, directory, settings):
        super().__init__(binary, directory / "data")
        self.file = directory / "mail.json"
        self.file.write_text(json.dumps(settings))
        self.file.chmod(0o600)
        self.arguments = ["--mail", str(self.file)]

    def sign_up(self, name):
        client = {"ClientId": self.outputs["UserPoolClient"], "Username": name}
        return self.client("cognito-idp").sign_up(**client, Password=PASSWORD)

    def confirm(self, name, code):
        client = {"ClientId": self.outputs["UserPoolClient"], "Username": name}
        self.client("cognito-idp").confirm_sign_up(**client, ConfirmationCode=code)


def settings(port, **more):
    return {"server": "127.0.0.1", "port": port, "from": "Notes <notes@example.com>"} | more


def log_of(server) -> str:
    return server.log.read_text()


def test_mail_by_starttls_and_password(binary, tmp_path):
    pem, context = certificate(tmp_path)
    seen = []

    def authenticate(_server, _session, _envelope, _mechanism, login):
        seen.append(login)
        is_right = isinstance(login, LoginPassword) and login == LoginPassword(b"notes", b"secret")
        return AuthResult(success=is_right)

    mailbox, name = Mailbox(), new_name()
    options = {"tls_context": context, "require_starttls": True, "authenticator": authenticate, "auth_required": True}
    with smtp(mailbox, **options) as port:
        login = {"username": "notes", "password": "secret", "certificateAuthority": str(pem)}
        server = MailingServer(binary, tmp_path, settings(port, **login)).start()
        try:
            server.sign_up(name)
            code = mailbox.wait_for(1)
            message = mailbox.taken[0]
            assert mailbox.recipients == [[name]]
            assert message["To"] == name and message["From"] == "Notes <notes@example.com>"
            assert message["Subject"] == "Your verification code"
            assert message.get_content_type() == "text/plain"
            assert code.isdigit() and len(code) == 6
            server.confirm(name, code)
            assert seen and server.inbox() == []
        finally:
            server.stop()
    assert code not in log_of(server) and "secret" not in log_of(server)


def test_a_stranger_s_certificate_is_not_trusted(binary, tmp_path):
    _, context = certificate(tmp_path)
    mailbox = Mailbox()
    with smtp(mailbox, tls_context=context) as port:
        server = MailingServer(binary, tmp_path, settings(port)).start()
        try:
            with pytest.raises(ClientError) as caught:
                server.sign_up(new_name())
            assert caught.value.response["Error"]["Code"] == "CodeDeliveryFailureException"
        finally:
            server.stop()
    assert mailbox.taken == []


def test_mail_that_is_not_taken_is_told_and_can_be_asked_for_again(binary, tmp_path):
    mailbox, name = Mailbox(), new_name()
    with smtp(mailbox) as port:
        server = MailingServer(binary, tmp_path, settings(port, security="none")).start()
        try:
            mailbox.refusal = "554 not today"
            with pytest.raises(ClientError) as caught:
                server.sign_up(name)
            assert caught.value.response["Error"]["Code"] == "CodeDeliveryFailureException"
            mailbox.refusal = None
            again = {"ClientId": server.outputs["UserPoolClient"], "Username": name}
            server.client("cognito-idp").resend_confirmation_code(**again)
            code = mailbox.wait_for(1)
            server.confirm(name, code)
            assert code not in log_of(server)
        finally:
            if server.process.poll() is None:
                server.stop()


def test_a_mail_server_that_is_gone(binary, tmp_path):
    with smtp(Mailbox()) as port:
        pass
    server = MailingServer(binary, tmp_path, settings(port, security="none")).start()
    try:
        with pytest.raises(ClientError) as caught:
            server.sign_up(new_name())
        assert caught.value.response["Error"]["Code"] == "CodeDeliveryFailureException"
    finally:
        server.stop()
    assert "an e-mail was not taken" in log_of(server)


def test_a_file_that_says_nothing_is_refused(binary, tmp_path):
    file = tmp_path / "mail.json"
    file.write_text("{}")
    arguments = [binary, "serve", "--data-dir", str(tmp_path / "data"), "--mail", str(file), "--listen", "127.0.0.1:0"]
    ended = subprocess.run(arguments, capture_output=True, text=True, timeout=60, check=False)
    assert ended.returncode == 2 and "server" in ended.stderr and "mail.json" in ended.stderr
