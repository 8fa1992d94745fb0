"""A small writer of drawings: shapes and words on a sheet, as SVG and as PNG."""

from collections.abc import Sequence
from dataclasses import dataclass, field
from pathlib import Path
from xml.sax.saxutils import escape

import resvg_py

INK, FAINT, PAPER = "#1f2933", "#d5dae0", "#ffffff"
ZOOM = 2.0  # of the PNG, so that words stay sharp
Point = tuple[float, float]


@dataclass(slots=True)
class Sheet:
    """A drawing of so many units in width and height."""

    width: int
    height: int
    title: str
    _parts: list[str] = field(default_factory=list)

    def box(self, x: float, y: float, width: float, height: float, colour: str) -> None:
        """A filled rectangle."""
        place = f'x="{x:.1f}" y="{y:.1f}" width="{width:.1f}" height="{max(height, 0):.1f}"'
        self._parts.append(f'<rect {place} fill="{colour}"/>')

    def line(self, points: Sequence[Point], colour: str, width: float = 1.5) -> None:
        """An open line."""
        style = f'fill="none" stroke="{colour}" stroke-width="{width}"'
        self._parts.append(f'<polyline points="{_path(points)}" {style}/>')

    def area(self, points: Sequence[Point], colour: str, opacity: float = 1.0) -> None:
        """A closed, filled shape."""
        style = f'fill="{colour}" fill-opacity="{opacity}"'
        self._parts.append(f'<polygon points="{_path(points)}" {style}/>')

    def words(
        self, x: float, y: float, text: str, *, anchor: str = "start", size: int = 12
    ) -> None:
        """A line of text; `anchor`: start, middle or end stands at `x`."""
        style = f'text-anchor="{anchor}" font-size="{size}" fill="{INK}"'
        self._parts.append(f'<text x="{x:.1f}" y="{y:.1f}" {style}>{escape(text)}</text>')

    def svg(self) -> str:
        """The drawing as a document."""
        head = (
            f'<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 {self.width} {self.height}"'
            f' width="{self.width}" height="{self.height}" role="img"'
            f' font-family="DejaVu Sans, Helvetica, Arial, sans-serif">'
        )
        name = f"<title>{escape(self.title)}</title>"
        paper = f'<rect width="{self.width}" height="{self.height}" fill="{PAPER}"/>'
        return "\n".join((head, name, paper, *self._parts, "</svg>\n"))

    def save(self, folder: Path, name: str, *, png: bool = True) -> None:
        """`name`.svg stands in the folder, and `name`.png beside it."""
        folder.mkdir(parents=True, exist_ok=True)
        (folder / f"{name}.svg").write_text(self.svg(), "utf-8")
        if png:
            drawn = resvg_py.svg_to_bytes(svg_string=self.svg(), zoom=ZOOM)
            (folder / f"{name}.png").write_bytes(bytes(drawn))


def _path(points: Sequence[Point]) -> str:
    return " ".join(f"{x:.1f},{y:.1f}" for x, y in points)
