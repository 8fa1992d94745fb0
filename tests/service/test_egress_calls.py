"""Calls through real proxies: what a proxy did tells what to believe, and nothing goes round."""

import asyncio
import ssl
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest
from cryptography import x509
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import ec
from pydantic import SecretStr

from socialseed.connectors.egress import Allowed
from socialseed.connectors.gateway import Gateway
from socialseed.connectors.http import Call, Http, Reply, open_client
from socialseed.connectors.types import Egress
from socialseed.core.errors import Remedy, UpstreamError
from socialseed.core.settings import Settings
from tests.support.proxies import LocalProxy, proxy

ANSWER = b'HTTP/1.1 201 Made\r\ncontent-length: 11\r\n\r\n{"data": {}}'[:-1]
PLATFORM = "api.x.com"


class Platform:
    """A platform that answers every request, over TLS when it has a certificate."""

    def __init__(self, tls: ssl.SSLContext | None = None, answer: bytes = ANSWER) -> None:
        self.tls, self.answer = tls, answer
        self.received: list[bytes] = []

    async def __aenter__(self) -> "Platform":
        self.server = await asyncio.start_server(self._serve, "127.0.0.1", 0, ssl=self.tls)
        self.port = self.server.sockets[0].getsockname()[1]
        return self

    async def __aexit__(self, *_: object) -> None:
        self.server.close()

    async def _serve(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        try:
            while True:
                self.received.append(await reader.readuntil(b"}"))
                writer.write(self.answer)
        except (OSError, asyncio.IncompleteReadError):
            pass
        writer.close()


def way(one: LocalProxy, login: str = "", name: str = "one") -> Egress:
    """The egress that leads to a proxy."""
    at = f"{login}@" if login else ""
    return Egress(name, name, f"{one.scheme}://{at}127.0.0.1:{one.port}")


def post(egress: Egress) -> Call:
    return Call("POST", PLATFORM, "/2/tweets", True, json={"text": "x"}, egress=egress)


@asynccontextmanager
async def plain(platform: Platform, seconds: float = 5.0) -> AsyncIterator[Http]:
    """A client whose platforms are a plain-http base, as in sandbox mode."""
    settings = Settings(call_deadline_seconds=seconds)
    async with open_client(settings, None, Gateway(f"http://127.0.0.1:{platform.port}")) as http:
        yield http


@pytest.fixture(scope="module")
def certificate(tmp_path_factory: pytest.TempPathFactory) -> tuple[ssl.SSLContext, ssl.SSLContext]:
    """The server's side and the client's side of a certificate for the platform's real name."""
    key = ec.generate_private_key(ec.SECP256R1())
    name = x509.Name([x509.NameAttribute(x509.NameOID.COMMON_NAME, PLATFORM)])
    now = datetime.now(UTC)
    made = (
        x509.CertificateBuilder()
        .subject_name(name)
        .issuer_name(name)
        .public_key(key.public_key())
        .serial_number(x509.random_serial_number())
        .not_valid_before(now - timedelta(days=1))
        .not_valid_after(now + timedelta(days=1))
        .add_extension(x509.SubjectAlternativeName([x509.DNSName(PLATFORM)]), critical=False)
        .add_extension(x509.BasicConstraints(ca=True, path_length=None), critical=True)
        .sign(key, hashes.SHA256())
    )
    path: Path = tmp_path_factory.mktemp("tls") / "both.pem"
    secret = key.private_bytes(
        serialization.Encoding.PEM,
        serialization.PrivateFormat.PKCS8,
        serialization.NoEncryption(),
    )
    path.write_bytes(secret + made.public_bytes(serialization.Encoding.PEM))
    server = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    server.load_cert_chain(path)
    return server, ssl.create_default_context(cafile=str(path))


@asynccontextmanager
async def live(trust: ssl.SSLContext, one: LocalProxy, seconds: float = 5.0) -> AsyncIterator[Http]:
    """A client of the real platforms, which may use this one private proxy."""
    settings = Settings(
        call_deadline_seconds=seconds,
        platform_mode="live",
        twitter_client_secret=SecretStr("a secret"),
        egress_hosts=f"127.0.0.1:{one.port}",
    )
    async with open_client(settings, None, Gateway(None), trust=trust) as http:
        yield http


async def refused(http: Http, egress: Egress) -> UpstreamError:
    with pytest.raises(UpstreamError) as caught:
        await http.call(post(egress))
    return caught.value


SCHEMES = pytest.mark.parametrize("scheme", ["http", "socks5"])


@SCHEMES
async def test_a_call_leaves_through_the_proxy_with_its_login(scheme):
    login = {"kim-session-1:p@ss/word"}
    async with Platform() as platform, proxy(scheme, accepts=login) as one:
        async with plain(platform) as http:
            reply = await http.call(post(way(one, "kim-session-1:p%40ss%2Fword")))
    assert isinstance(reply, Reply) and reply.status == 201
    assert (len(platform.received), one.relayed) == (1, 1)
    assert b"proxy-authorization" not in platform.received[0].lower()


@SCHEMES
async def test_the_real_platform_is_reached_in_a_tunnel_by_its_name(scheme, certificate):
    server, trust = certificate
    async with Platform(server) as platform:
        routes = {PLATFORM: ("127.0.0.1", platform.port)}
        async with proxy(scheme, routes=routes) as one, live(trust, one) as http:
            reply = await http.call(post(way(one)))
    assert reply.status == 201
    # The name is looked up on the far side; the body is sealed for the platform.
    assert one.targets == [f"{PLATFORM}:443"]


@SCHEMES
async def test_a_proxy_that_is_gone_means_that_nothing_was_sent(scheme):
    async with Platform() as platform, plain(platform) as http:
        async with proxy(scheme) as one:
            assert (await http.call(post(way(one)))).status == 201
        error = await refused(http, way(one))
        assert (error.remedy, error.code) == (Remedy.RETRY, "egress_down")
        assert len(platform.received) == 1
        await one.start()
        assert (await http.call(post(way(one)))).status == 201
        await one.kill()


@pytest.mark.parametrize("status", [403, 407, 502])
async def test_a_refused_connect_is_proof_that_nothing_was_sent(status, certificate):
    server, trust = certificate
    async with Platform(server) as platform, proxy("http", refuse=status) as one:
        async with live(trust, one) as http:
            error = await refused(http, way(one))
    assert (error.remedy, error.code) == (Remedy.RETRY, "egress_down")
    assert str(status) in error.detail
    assert platform.received == []


@SCHEMES
@pytest.mark.parametrize("mode", ["swallow", "garbage"])
async def test_a_proxy_that_lets_nothing_through_is_down(scheme, mode, certificate):
    server, trust = certificate
    async with Platform(server) as platform, proxy(scheme, mode=mode) as one:
        async with live(trust, one, seconds=0.5) as http:
            error = await refused(http, way(one, "kim:word"))
    assert (error.remedy, error.code) == (Remedy.RETRY, "egress_down")
    assert platform.received == []
    assert "word" not in f"{error} {error.detail}"


@SCHEMES
async def test_a_wrong_login_is_down_and_is_not_told(scheme):
    async with Platform() as platform, proxy(scheme, accepts={"kim:right"}) as one:
        async with plain(platform) as http:
            error = await refused(http, way(one, "kim:hush-hush"))
    assert (error.remedy, error.code) == (Remedy.RETRY, "egress_down")
    assert platform.received == []
    assert "hush" not in f"{error} {error.detail}"
    assert "hush" not in repr(way(one, "kim:hush-hush"))


async def test_a_socks_server_that_refuses_the_target_is_down():
    async with Platform() as platform, proxy("socks5", refuse=1) as one:
        async with plain(platform) as http:
            error = await refused(http, way(one))
    assert (error.remedy, error.code) == (Remedy.RETRY, "egress_down")
    assert platform.received == []


@SCHEMES
async def test_an_answer_that_a_proxy_lost_is_unknown(scheme):
    async with Platform() as platform, proxy(scheme, mode="cut") as one:
        async with plain(platform) as http:
            error = await refused(http, way(one))
    assert error.remedy is Remedy.RECONCILE
    assert len(platform.received) == 1


@SCHEMES
async def test_an_answer_that_a_tunnel_lost_is_unknown(scheme, certificate):
    server, trust = certificate
    async with Platform(server, answer=b"") as platform:
        routes = {PLATFORM: ("127.0.0.1", platform.port)}
        async with proxy(scheme, routes=routes) as one, live(trust, one, 1.0) as http:
            error = await refused(http, way(one))
    assert (error.remedy, error.code) == (Remedy.RECONCILE, "timed_out")
    assert len(platform.received) == 1


async def test_a_platform_with_a_wrong_certificate_was_told_nothing(certificate):
    server, _ = certificate
    async with Platform(server) as platform:
        routes = {PLATFORM: ("127.0.0.1", platform.port)}
        async with proxy("http", routes=routes) as one:
            async with live(ssl.create_default_context(), one) as http:
                error = await refused(http, way(one))
    assert (error.remedy, error.code) == (Remedy.RETRY, "unreachable")
    assert platform.received == []


async def test_each_egress_has_its_own_client_and_few_are_kept():
    async with Platform() as platform, proxy("http") as one, plain(platform) as http:
        http.ways.most = 3
        for number in range(8):
            await http.call(post(way(one, name=f"way{number}")))
        assert http.ways.open == 3
    assert one.relayed == 8
    assert http.ways.open == 0


async def test_a_client_that_is_dropped_ends_its_call_first():
    async with Platform() as platform, proxy("http") as one, plain(platform) as http:
        http.ways.most = 1
        calls = [http.call(post(way(one, name=f"way{number}"))) for number in range(12)]
        replies = await asyncio.gather(*calls)
        assert [reply.status for reply in replies] == [201] * 12
        assert http.ways.open == 1


@pytest.mark.parametrize(
    ("addresses", "private", "listed", "allowed"),
    [
        (["93.184.216.34"], False, "", True),
        (["93.184.216.34", "10.0.0.7"], False, "", False),
        (["127.0.0.1"], False, "", False),
        (["169.254.169.254"], False, "other.example:3128", False),
        (["::ffff:10.0.0.1"], False, "", False),
        (["10.0.0.7"], False, "gate.example:3128", True),
        (["127.0.0.1"], True, "", True),
        ([], True, "", False),
    ],
)
async def test_only_public_or_listed_proxies_are_connected_to(addresses, private, listed, allowed):
    async def find(host: str, port: int) -> list[str]:
        return list(map(str, addresses))

    rule = Allowed(private, frozenset(filter(None, [listed])), find)
    if allowed:
        assert await rule.address("Gate.example", 3128) == addresses[0]
    else:
        with pytest.raises(UpstreamError, match="egress_down"):
            await rule.address("Gate.example", 3128)
