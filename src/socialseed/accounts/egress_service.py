"""What may be done with a way out: make it, change it, delete it while nobody leaves through it."""

import ipaddress
from collections.abc import Mapping
from typing import cast
from uuid import UUID

from pydantic import SecretStr
from sqlalchemy import insert, select, text

from socialseed.accounts import egress
from socialseed.accounts.egress_presets import PRESETS, Preset, Scheme
from socialseed.accounts.egress_schemas import EgressChange, EgressIn
from socialseed.accounts.models import EgressRow
from socialseed.connectors.egress import listed_hosts
from socialseed.core.errors import conflict, invalid, not_found
from socialseed.core.events import Event
from socialseed.core.settings import Settings
from socialseed.runtime.keyring import data_key
from socialseed.runtime.runtime import Runtime
from socialseed.runtime.tx import Tx

_TAKEN = text(
    "SELECT 1 FROM egresses WHERE workspace_id = :workspace AND lower(name) = lower(:name)"
    " AND id <> :id"
)
_IN_USE = text("SELECT count(*) FROM social_accounts WHERE egress_id = :id")
_DELETE = text("DELETE FROM egresses WHERE id = :id AND workspace_id = :workspace")


async def create(runtime: Runtime, tx: Tx, new: EgressIn) -> UUID:
    """The id of a new way out; it is looked at soon. Raises INVALID naming the field, CONFLICT."""
    preset, egress_id = PRESETS[new.preset], tx.new_id()
    host, port = _where(runtime.settings, preset, new.scheme, new.host, new.port)
    _check_login(preset, new.user is not None, new.password is not None)
    await _check_name(tx, new.name, egress_id)
    key = await data_key(runtime, tx, tx.tenant)
    values = {
        "id": egress_id,
        "workspace_id": tx.tenant,
        "name": new.name,
        "preset": new.preset,
        "scheme": new.scheme,
        "host": host,
        "port": port,
        "country": new.country,
        "user_sealed": _sealed(key, tx, egress_id, "user_sealed", new.user),
        "password_sealed": _sealed(key, tx, egress_id, "password_sealed", new.password),
        "session": egress.new_session(),
        "created_at": tx.now,
        "updated_at": tx.now,
    }
    await tx.session.execute(insert(EgressRow).values(**values))
    _tell(tx, "created", egress_id, new.name, "was added.")
    await _look_soon(tx, egress_id)
    return egress_id


async def change(runtime: Runtime, tx: Tx, egress_id: UUID, given: EgressChange) -> None:
    """What is given is changed. A changed way out is unknown until it was looked at, which is soon.

    Raises NOT_FOUND, INVALID naming the field, CONFLICT.
    """
    row = await _locked(tx, egress_id)
    wanted = {name: getattr(given, name) for name in given.model_fields_set}
    name = wanted.pop("name", None)
    if name is not None and name != row.name:
        await _check_name(tx, name, egress_id)
        row.name = name
        _tell(tx, "updated", egress_id, name, "has a new name.")
    if wanted:
        await _reconnected(runtime, tx, row, wanted)
    row.updated_at = tx.now
    await tx.session.flush()


async def _reconnected(
    runtime: Runtime, tx: Tx, row: EgressRow, wanted: Mapping[str, object]
) -> None:
    scheme = cast(Scheme, wanted.get("scheme") or row.scheme)
    host = cast(str | None, wanted.get("host")) or row.host
    moved = wanted.get("scheme") is not None and wanted.get("port") is None
    port = cast(int | None, wanted.get("port")) or (None if moved else row.port)
    row.host, row.port = _where(runtime.settings, PRESETS[row.preset], scheme, host, port)
    row.scheme = scheme
    if "country" in wanted:
        row.country = cast(str | None, wanted["country"])
    key = await data_key(runtime, tx, tx.tenant)
    for column, field in (("user_sealed", "user"), ("password_sealed", "password")):
        if field in wanted:
            secret = cast(SecretStr | None, wanted[field])
            setattr(row, column, _sealed(key, tx, row.id, column, secret))
    _check_login(PRESETS[row.preset], row.user_sealed is not None, row.password_sealed is not None)
    row.state, row.last_error, row.exit_address = "unknown", None, None
    row.version += 1
    await tx.session.flush()
    await egress.cleared(tx, row.id)
    _tell(tx, "updated", row.id, row.name, f"has a new {', '.join(sorted(wanted))}.")
    await _look_soon(tx, row.id)


async def delete(tx: Tx, egress_id: UUID) -> None:
    """The way out is gone. Raises NOT_FOUND, or CONFLICT `egress_in_use` while accounts have it."""
    row = await _locked(tx, egress_id)
    name, used = row.name, await tx.session.scalar(_IN_USE, {"id": egress_id})
    if used:
        detail = f"{used} accounts leave through it: give them another way out first."
        raise conflict("egress_in_use", detail)
    tx.session.expunge(row)
    await tx.session.execute(_DELETE, {"id": egress_id, "workspace": tx.tenant})
    _tell(tx, "deleted", egress_id, name, "was deleted.")


async def _locked(tx: Tx, egress_id: UUID) -> EgressRow:
    found = await tx.session.scalar(
        select(EgressRow)
        .where(EgressRow.id == egress_id, EgressRow.workspace_id == tx.tenant)
        .with_for_update()
    )
    if found is None:
        raise not_found("egress")
    return found


def _where(
    settings: Settings, preset: Preset, scheme: Scheme, host: str | None, port: int | None
) -> tuple[str, int]:
    if scheme not in preset.ports:
        known = ", ".join(preset.ports)
        raise invalid("unknown_scheme", f"{preset.name} offers: {known}.", "/scheme")
    host, port = host or preset.host, port or preset.ports[scheme]
    if host is None:
        raise invalid("host_needed", "Name the proxy's host.", "/host")
    if not _may_be(settings, host, port):
        detail = "A proxy on a private address must be listed in SOCIALSEED_EGRESS_HOSTS."
        raise invalid("private_host", detail, "/host")
    return host, port


def _may_be(settings: Settings, host: str, port: int) -> bool:
    """Whether the host may be one; names are looked up and checked again when connecting."""
    if settings.platform_mode == "sandbox" or f"{host}:{port}" in listed_hosts(
        settings.egress_hosts
    ):
        return True
    try:
        return ipaddress.ip_address(host).is_global
    except ValueError:
        return "." in host and not host.endswith((".localhost", ".local", ".internal"))


def _check_login(preset: Preset, user: bool, password: bool) -> None:
    if not user and (password or preset.sticky):
        raise invalid("user_needed", "Give the proxy's user name.", "/user")
    if user and not password and preset.sticky:
        raise invalid("password_needed", "Give the proxy's password.", "/password")


async def _check_name(tx: Tx, name: str, egress_id: UUID) -> None:
    values = {"workspace": tx.tenant, "name": name, "id": egress_id}
    if await tx.session.scalar(_TAKEN, values) is not None:
        raise conflict("egress_exists", f"A way out is called “{name}” already.")


def _sealed(
    key: bytes, tx: Tx, egress_id: UUID, column: str, secret: SecretStr | None
) -> bytes | None:
    plain = secret.get_secret_value() if secret is not None else None
    return egress.sealed(key, tx.tenant, egress_id, column, plain)


async def _look_soon(tx: Tx, egress_id: UUID) -> None:
    payload = {"workspace_id": str(tx.tenant), "egress_id": str(egress_id)}
    await tx.defer(egress.CHECK_ONE, payload)


def _tell(tx: Tx, kind: str, egress_id: UUID, name: str, told: str) -> None:
    data = {"egress_id": str(egress_id), "name": name}
    tx.emit(Event(f"egress.{kind}", f"The proxy “{name}” {told}", data=data))
