"""`socialseed doctor`: what of each account's setup works, what may be done, and what to do next.

Without DATABASE_URL it finds the instance that runs in SOCIALSEED_HOME. It changes nothing, and
prints no secret.
"""

import argparse
import asyncio
import sys
from collections.abc import Iterator, Mapping, Sequence
from typing import Any, cast
from urllib.parse import quote

import orjson
from sqlalchemy.exc import SQLAlchemyError

from socialseed.accounts import doctor, platforms
from socialseed.app.embedded import SUPERUSER
from socialseed.app.home import Home, kept_ports
from socialseed.bootstrap import build_runtime
from socialseed.core import log
from socialseed.core.settings import Settings
from socialseed.runtime.runtime import Runtime

Report = dict[str, Any]
FINE, TROUBLE = 0, 1


async def examine(runtime: Runtime, handle: str | None) -> Report:
    """The platforms' checks and the setup of every account (at most 500), or of those called so.

    `ok` when nothing is wrong. With a handle only the platforms of its accounts are asked.
    """
    async with runtime.begin(None) as tx:
        ids = await doctor.list_ids(tx, handle)
        accounts = [cast(Report, await doctor.report(tx, runtime, one)) for one in ids]
    here = {one["platform"] for one in accounts}
    asked = []
    for platform, connector in runtime.connectors.by_platform.items():
        if handle is not None and platform not in here:
            continue
        found = [one.plain() for one in await platforms.reached(runtime, connector)]
        name = connector.manifest.name
        ok = all(one["ok"] for one in found)
        asked.append({"platform": platform, "name": name, "ok": ok, "checks": found})
    fine = all(one["ok"] for one in (*asked, *accounts)) and (handle is None or bool(accounts))
    return {"ok": fine, "handle": handle, "platforms": asked, "accounts": accounts}


def rendered(report: Report) -> str:
    """The report for a person at a terminal."""
    return "\n".join(_lines(report)) + "\n"


def _lines(report: Report) -> Iterator[str]:
    for platform in report["platforms"]:
        yield platform["name"]
        yield from _checks(platform["checks"])
        yield ""
    for account in report["accounts"]:
        tier = account["tier"].replace("_", " ")
        yield f"@{account['username']} on {account['name']} (tier {tier})"
        yield from _checks(account["checks"])
        yield "  May be done now:"
        yield from map(_kind, account["kinds"])
        yield ""
    if not report["accounts"]:
        asked = report["handle"]
        yield f"There is no account {asked}." if asked else "There are no accounts yet."
    yield "Everything is set up." if report["ok"] else "Something is missing: see each next step."


def _checks(checks: Sequence[Mapping[str, Any]]) -> Iterator[str]:
    for one in checks:
        yield f"  {'ok' if one['ok'] else 'MISSING':<8} {one['name']:<12} {one['detail']}"
        if one["next_step"]:
            yield f"  {'':<8} {'':<12} > {one['next_step']}"


def _kind(one: Mapping[str, Any]) -> str:
    state = "ready" if one["ready"] else "-" if one["mode"] == "forbidden" else "not yet"
    why = one["missing"][0] if one["missing"] else one["sentence"]
    step = f" > {one['next_step']}" if one["next_step"] else ""
    return f"  {one['mode']:<10} {state:<8} {one['kind'].replace('_', ' '):<17} {why}{step}"


def found_settings() -> Settings:
    """The settings, pointed at the instance that runs here unless the environment says more."""
    settings = Settings()
    home = Home(settings.home.expanduser().resolve())
    ports, changes = kept_ports(home), dict[str, object]()
    password = home.keys / "postgres"
    if settings.database_url is None and "postgres" in ports and password.is_file():
        login = f"{SUPERUSER}:{quote(password.read_text().strip(), safe='')}"
        address = f"127.0.0.1:{ports['postgres']}"
        changes["database_url"] = f"postgresql://{login}@{address}/socialseed"
    if settings.sandbox_url is None and "sandbox" in ports:
        changes["sandbox_url"] = f"http://127.0.0.1:{ports['sandbox']}"
    return settings.model_copy(update=changes)


async def _run(settings: Settings, handle: str | None) -> Report:
    async with build_runtime(settings) as runtime:
        return await examine(runtime, handle)


def main(arguments: Sequence[str]) -> int:
    """0 when everything is set up, 1 when something is missing or nothing could be looked at."""
    parser = argparse.ArgumentParser("socialseed doctor", description=__doc__)
    parser.add_argument("--account", metavar="HANDLE", help="only accounts of this handle")
    parser.add_argument("--json", action="store_true", help="machine-readable")
    chosen = parser.parse_args(arguments)
    log.configure("ERROR", "doctor")
    try:
        report = asyncio.run(_run(found_settings(), chosen.account))
    except (SQLAlchemyError, OSError):
        sys.stderr.write("The database cannot be used. Is SocialSeed running?\n")
        return TROUBLE
    except ValueError as error:
        sys.stderr.write(f"The setup could not be looked at: {error}\n")
        return TROUBLE
    if chosen.json:
        body = orjson.dumps(report, option=orjson.OPT_INDENT_2 | orjson.OPT_APPEND_NEWLINE)
        sys.stdout.write(body.decode())
    else:
        sys.stdout.write(rendered(report))
    return FINE if report["ok"] else TROUBLE


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
