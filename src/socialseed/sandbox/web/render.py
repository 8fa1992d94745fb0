"""Fills the page templates; everything a person wrote is escaped."""

from pathlib import Path

from jinja2 import Environment, FileSystemLoader

_TEMPLATES = Environment(
    loader=FileSystemLoader(Path(__file__).parent / "templates"),
    autoescape=True,
    trim_blocks=True,
    lstrip_blocks=True,
)


def render(name: str, **values: object) -> str:
    """The page `name` with `values`."""
    return _TEMPLATES.get_template(name).render(**values)
