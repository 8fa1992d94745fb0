"""The command line `socialseed`: runs the instance or one of its processes.

Each heavy process is a program of its own; the commands here only become it.
"""

import os
import sys
from pathlib import Path
from typing import Annotated, NoReturn

import typer

from socialseed.app.process import StartError
from socialseed.app.schema import ROOT
from socialseed.app.supervisor import Stopping
from socialseed.app.up import Commands, Wishes, up
from socialseed.core.settings import Settings

app = typer.Typer(no_args_is_help=True, add_completion=False, help="Runs SocialSeed.")
_PASS_ON = {"allow_extra_args": True, "ignore_unknown_options": True}


def main() -> None:
    """The entry of `socialseed` and `python -m socialseed.app.cli`."""
    app()


@app.command("up")
def up_command(
    demo: Annotated[bool, typer.Option(help="Make a demo workspace on the first start.")] = True,
    confirm_restore: Annotated[
        bool, typer.Option("--confirm-restore", help="Send again from a restored database.")
    ] = False,
) -> None:
    """Run everything: database, platform sandbox, API with dashboard, worker."""
    read_env_file(ROOT / ".env")
    settings = _settings()
    live = settings.platform_mode == "live"
    dashboard = settings.dashboard_dir
    wishes = Wishes(
        home=settings.home,
        port=settings.port,
        database_url=settings.database_url,
        public_url=settings.origin,
        demo=demo,
        confirm_restore=confirm_restore,
        commands=Commands(sandbox=None) if live else Commands(),
        dashboard_dir=dashboard if dashboard.is_absolute() else ROOT / dashboard,
    )
    try:
        up(wishes)
    except StartError as error:
        typer.echo(f"SocialSeed did not start. {error}", err=True)
        raise typer.Exit(1) from error
    except Stopping:
        typer.echo("SocialSeed has stopped.")


@app.command(context_settings=_PASS_ON)
def api(context: typer.Context) -> None:
    """Run the API with the dashboard (needs DATABASE_URL)."""
    _become("socialseed.app.api", context)


@app.command(context_settings=_PASS_ON)
def worker(context: typer.Context) -> None:
    """Run a worker (needs DATABASE_URL); any number of them may run."""
    _become("socialseed.app.worker", context)


@app.command(context_settings={**_PASS_ON, "help_option_names": []})
def sandbox(context: typer.Context) -> None:
    """Run the platform sandbox alone; `socialseed sandbox --help` names its options."""
    _become("socialseed.sandbox", context)


@app.command(context_settings=_PASS_ON)
def migrate(context: typer.Context) -> None:
    """Bring the database in DATABASE_URL to the newest schema."""
    _become("socialseed.app.migrate", context)


@app.command(context_settings=_PASS_ON)
def demo(context: typer.Context) -> None:
    """Make the demo workspace (needs DATABASE_URL and SOCIALSEED_SANDBOX_URL)."""
    _become("socialseed.sim.demo", context)


@app.command(context_settings=_PASS_ON)
def doctor(context: typer.Context) -> None:
    """Tell what of each account's setup works and what to do next: [--account HANDLE] [--json]."""
    read_env_file(ROOT / ".env")
    _become("socialseed.app.doctor", context)


@app.command(context_settings={**_PASS_ON, "help_option_names": []})
def plan(context: typer.Context) -> None:
    """Show an account's day as a timeline: USERNAME|ID [--on DATE]."""
    read_env_file(ROOT / ".env")
    _become("socialseed.app.plan", context)


@app.command(context_settings=_PASS_ON)
def simulate(context: typer.Context) -> None:
    """Play a population in a judging world; `socialseed simulate --help` names its options."""
    _become("socialseed.sim.simulate", context)


def read_env_file(path: Path) -> None:
    """Names that the environment does not have yet are taken from the file's NAME=value lines."""
    if not path.is_file():
        return
    for line in path.read_text().splitlines():
        name, equals, value = line.partition("=")
        if equals and not name.lstrip().startswith("#") and value.strip():
            os.environ.setdefault(name.strip(), value.strip().strip("\"'"))


def _settings() -> Settings:
    try:
        return Settings()
    except ValueError as error:
        typer.echo(f"The settings are not usable: {error}", err=True)
        raise typer.Exit(2) from error


def _become(module: str, context: typer.Context) -> NoReturn:
    os.execv(sys.executable, [sys.executable, "-m", module, *context.args])  # noqa: S606


if __name__ == "__main__":
    main()
