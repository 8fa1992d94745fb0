"""Providers of proxies as data: hosts, ports, and how a login names country and session. Pure.

What was not read in a provider's own documentation is listed as unverified.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Literal

Scheme = Literal["http", "https", "socks5"]
Page = tuple[str, str]  # host and path of a page that answers with the caller's address

_IPIFY: Page = ("api.ipify.org", "/?format=json")  # ipify.org, read 2026-11-23
_ICANHAZIP: Page = ("ipv4.icanhazip.com", "/")  # named in IPRoyal's documentation


@dataclass(frozen=True, slots=True)
class Preset:
    """One provider. `country` and `sticky` are appended to the user name or the password.

    `as_of` is the day on which the source was read; `unverified` says what it did not confirm.
    """

    word: str
    name: str
    host: str | None
    ports: Mapping[Scheme, int]
    pages: Sequence[Page]
    source: str
    as_of: str
    unverified: str = ""
    note: str = ""
    prefix: str = ""  # of the user name
    within: Literal["user", "password"] = "user"
    country: str = ""
    sticky: str = ""  # without it the provider's sessions are not ours to keep


PRESETS: Mapping[str, Preset] = {
    preset.word: preset
    for preset in (
        Preset(
            "iproyal",
            "IPRoyal",
            "geo.iproyal.com",
            {"http": 12321, "socks5": 32325},
            (_ICANHAZIP, _IPIFY),
            "docs.iproyal.com/proxies/residential/proxy: making-requests, rotation",
            "2026-11-23",
            within="password",
            country="_country-{country}",
            sticky="_session-{session}_lifetime-7d",  # 8 characters; 7 days is the most
            note="A session keeps its address for at most 7 days.",
        ),
        Preset(
            "smartproxy",
            "SmartProxy (Decodo)",
            "gate.decodo.com",
            {"http": 7000, "socks5": 7000},
            (("ip.decodo.com", "/"), _IPIFY),
            "help.decodo.com/docs/mobile-proxy-quick-start; github.com/VectorSprint/go-proxy-pool",
            "2026-11-23",
            unverified="The names of country, session and sessionduration (at most 1440 minutes)"
            " and SOCKS5 on this port come from client libraries, not from the provider.",
            prefix="user-",
            country="-country-{country}",
            sticky="-session-{session}-sessionduration-1440",
            note="A session keeps its address for at most a day.",
        ),
        Preset(
            "brightdata",
            "Bright Data",
            "brd.superproxy.io",
            {"http": 33335, "socks5": 22228},
            (("geo.brdtest.com", "/mygeo.json"), _IPIFY),
            "docs.brightdata.com: proxy-networks/config-options, api-reference/proxy/rotate_ips",
            "2026-11-23",
            unverified="SOCKS5 on port 22228 and the check page come from the provider's skill"
            " at skills.sh/brightdata, not from its documentation.",
            country="-country-{country}",
            sticky="-session-{session}",
            note="An idle session of a shared zone may get another address. Give the whole user"
            " name brd-customer-<id>-zone-<zone>. Zones that open TLS do not work.",
        ),
        Preset(
            "custom",
            "Another proxy",
            None,
            {"http": 8080, "https": 443, "socks5": 1080},
            (_IPIFY, _ICANHAZIP),
            "You name host, port, user name and password.",
            "2026-11-23",
        ),
    )
}


@dataclass(frozen=True, slots=True)
class Login:
    """What a proxy is shown. Never logged."""

    user: str
    password: str


def login(preset: Preset, given: Login, country: str | None, session: str) -> Login:
    """The login with country and session where the provider wants them."""
    if not given.user:
        return given
    wanted = preset.country.format(country=country) if country else ""
    wanted += preset.sticky.format(session=session)
    user, password = preset.prefix + given.user.removeprefix(preset.prefix), given.password
    if preset.within == "password":
        return Login(user, password + wanted)
    return Login(user + wanted, password)
