"""A mail server that behaves as its first argument says.

Prints a line of JSON with its port and the certificate of its authority, then one for each mail
that it took, until it is killed. Needs a folder of its own as second argument. One that is "mute"
takes the first mail of the kind "done" and does not say so.
"""

import asyncio
import datetime
import ipaddress
import json
import pathlib
import ssl
import sys
import time

from aiosmtpd.controller import Controller
from aiosmtpd.smtp import AuthResult, LoginPassword
from cryptography import x509
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import ec

behaviour, folder = sys.argv[1], pathlib.Path(sys.argv[2])


def tell(**facts):
    print(json.dumps(facts), flush=True)


def certified(name, key, issuer_name, issuer_key, extensions):
    now = datetime.datetime.now(datetime.timezone.utc)
    builder = (
        x509.CertificateBuilder()
        .subject_name(name)
        .issuer_name(issuer_name)
        .public_key(key.public_key())
        .serial_number(x509.random_serial_number())
        .not_valid_before(now - datetime.timedelta(hours=1))
        .not_valid_after(now + datetime.timedelta(days=30))
    )
    for extension, critical in extensions:
        builder = builder.add_extension(extension, critical)
    return builder.sign(issuer_key, hashes.SHA256())


def common_name(text):
    return x509.Name([x509.NameAttribute(x509.NameOID.COMMON_NAME, text)])


def write_pem(name, *parts):
    path = folder / name
    path.write_bytes(b"".join(parts))
    return path


def make_certificates():
    """An authority of its own, and a certificate by it for this machine."""
    ca_key, key = (ec.generate_private_key(ec.SECP256R1()) for _ in range(2))
    ca_name, name = common_name("Authority of a test"), common_name("localhost")
    ca = certified(
        ca_name, ca_key, ca_name, ca_key,
        [(x509.BasicConstraints(ca=True, path_length=None), True)],
    )
    names = [x509.DNSName("localhost"), x509.IPAddress(ipaddress.ip_address("127.0.0.1"))]
    certificate = certified(
        name, key, ca_name, ca_key,
        [
            (x509.SubjectAlternativeName(names), False),
            (x509.ExtendedKeyUsage([x509.ExtendedKeyUsageOID.SERVER_AUTH]), False),
        ],
    )
    pem = serialization.Encoding.PEM
    plain = serialization.NoEncryption()
    private = key.private_bytes(pem, serialization.PrivateFormat.PKCS8, plain)
    ca_path = write_pem("ca.pem", ca.public_bytes(pem))
    chain_path = write_pem("server.pem", certificate.public_bytes(pem), private)
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    context.load_cert_chain(chain_path)
    return ca_path, context


class Handler:
    is_mute = behaviour == "mute"

    async def handle_RCPT(self, server, session, envelope, address, options):
        if behaviour == "refuse":
            return f"550 5.1.1 <{address}> is nobody here"
        if behaviour == "greylist":
            return "451 4.7.1 come back later"
        envelope.rcpt_tos.append(address)
        return "250 OK"

    async def handle_DATA(self, server, session, envelope):
        if behaviour == "drop":
            server.transport.abort()
            return "451 gone"
        if behaviour == "slow":
            await asyncio.sleep(3600)
        if behaviour == "full":
            return "452 4.3.1 the disk is full"
        if behaviour == "spam":
            return "554 5.7.1 looks like spam"
        tell(
            sender=envelope.mail_from,
            recipients=envelope.rcpt_tos,
            tls=session.ssl is not None or behaviour == "implicit",
            user=getattr(session.auth_data, "login", b"").decode(),
            hello=session.host_name,
            content=envelope.content.decode(),
            taken_ms=time.time_ns() // 1_000_000,
        )
        if self.is_mute and b"-done." in envelope.content:
            self.is_mute = False
            await asyncio.sleep(3600)
        return "250 OK"


def authenticate(server, session, envelope, mechanism, data):
    known = LoginPassword(b"trapline@post", b"right & secret+")
    # "Not handled": the server itself shall answer.
    return AuthResult(success=data == known, handled=False, auth_data=data)


class AnyPort(Controller):
    """Lets the system choose the port."""

    def _trigger_server(self):
        self.port = self.server.sockets[0].getsockname()[1]
        super()._trigger_server()


ca, context = make_certificates()
settings = {}
if behaviour == "implicit":
    settings = {"ssl_context": context}
elif behaviour in ("starttls", "auth"):
    settings = {"tls_context": context, "require_starttls": True}
if behaviour == "auth":
    settings |= {"authenticator": authenticate, "auth_required": True}
controller = AnyPort(Handler(), hostname="127.0.0.1", port=0, ready_timeout=60, **settings)
controller.start()
tell(port=controller.port, ca=str(ca))
sys.stdin.read()
