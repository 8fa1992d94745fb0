"""What ways out take and give over HTTP. A login goes in and never comes out."""

import ipaddress
import re
from datetime import datetime
from typing import Annotated, Literal
from uuid import UUID

from pydantic import AfterValidator, BaseModel, ConfigDict, Field, SecretStr, StringConstraints

from socialseed.accounts.schemas import Line

Preset = Literal["iproyal", "smartproxy", "brightdata", "custom"]
Scheme = Literal["http", "https", "socks5"]
State = Literal["unknown", "ok", "failing"]
_NAME = re.compile(r"(?=.{1,253}$)[a-z0-9](?:[a-z0-9-]{0,62}[.])*[a-z0-9-]{1,63}")
LONGEST_SECRET = 200  # SOCKS5 takes 255 bytes; country and session need the rest


def _host(value: str) -> str:
    host = value.strip().lower().rstrip(".").removeprefix("[").removesuffix("]")
    try:
        return str(ipaddress.ip_address(host))
    except ValueError:
        if not _NAME.fullmatch(host) or host.replace(".", "").isdigit():
            raise ValueError("Write a host name or an address, without scheme and port.") from None
    return host


def _user(value: SecretStr) -> SecretStr:
    if ":" in value.get_secret_value():
        raise ValueError("A proxy's user name has no colon.")
    return _line(value)


def _line(value: SecretStr) -> SecretStr:
    plain = value.get_secret_value()
    if not plain.isprintable() or len(plain.encode("utf-8", "replace")) > LONGEST_SECRET:
        raise ValueError(f"Use at most {LONGEST_SECRET} bytes without control characters.")
    return value


Host = Annotated[str, StringConstraints(max_length=260), AfterValidator(_host)]
Port = Annotated[int, Field(ge=1, le=65535)]
Country = Annotated[
    str, StringConstraints(strip_whitespace=True, to_lower=True, pattern=r"^[A-Za-z]{2}$")
]
User = Annotated[SecretStr, AfterValidator(_user)]
Password = Annotated[SecretStr, AfterValidator(_line)]


class _Body(BaseModel):
    model_config = ConfigDict(extra="forbid")


class EgressIn(_Body):
    """A new way out. Host and port are the provider's unless given; `custom` needs a host."""

    name: Line
    preset: Preset = "custom"
    scheme: Scheme = "http"
    host: Host | None = None
    port: Port | None = None
    country: Country | None = None
    user: User | None = None
    password: Password | None = None


class EgressChange(_Body):
    """Only what is given changes; null takes country, user or password away."""

    name: Line | None = None
    scheme: Scheme | None = None
    host: Host | None = None
    port: Port | None = None
    country: Country | None = None
    user: User | None = None
    password: Password | None = None


class EgressOut(BaseModel):
    id: UUID
    name: str
    preset: Preset
    scheme: Scheme
    host: str
    port: int
    country: str | None
    has_login: bool
    sticky: bool
    state: State
    checked_at: datetime | None
    last_error: str | None
    exit_address: str | None
    accounts: int
    created_at: datetime


class EgressPage(BaseModel):
    items: list[EgressOut]
    next_cursor: str | None


class PresetOut(BaseModel):
    """A provider as it can be chosen. `unverified` says what its source did not confirm."""

    preset: Preset
    name: str
    host: str | None
    ports: dict[Scheme, int]
    sticky: bool
    country: bool
    note: str
    source: str
    as_of: str
    unverified: str


class PresetsOut(BaseModel):
    items: list[PresetOut]
