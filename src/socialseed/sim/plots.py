"""The drawings of a simulation, from its summary: what was done when, and how accounts stood."""

from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any

from socialseed.sim.svg import FAINT, Sheet
from socialseed.sim.wanted import LIGHTS, PHASES

COLOURS = {
    **{"green": "#2f855a", "yellow": "#d69e2e", "red": "#c53030"},
    **{"phase_1": "#bcd4ec", "phase_2": "#6c9bcf", "phase_3": "#2b5c94"},
}
WIDTH, HEIGHT = 760, 300
LEFT, TOP, BOTTOM, RIGHT = 56, 44, 46, 16
DAYS = ("Mon", "Tue", "Wed", "Thu", "Fri", "Sat", "Sun")
SHADES = ("#f1f5f9", "#c9e4d4", "#8fcaa8", "#4fa377", "#256b47")
# What policies are compared by: the field, its heading, and whether more of it is better.
COMPARED: Sequence[tuple[str, str]] = (
    ("time_green_share", "Time on green"),
    ("accounts_restricted_share", "Accounts restricted"),
    ("accounts_suspended_share", "Accounts suspended"),
)
Told = Mapping[str, Any]  # summary.json


class _Frame:
    """A sheet with axes: days from left to right, values from 0 at the bottom to `top`."""

    def __init__(self, title: str, days: int, top: float, unit: str) -> None:
        self.sheet, self.days, self.top = Sheet(WIDTH, HEIGHT, title), max(days, 1), top or 1.0
        self.sheet.words(LEFT, 22, title, size=15)
        for part in (0.0, 0.5, 1.0):
            y = self.y(self.top * part)
            self.sheet.line([(LEFT, y), (WIDTH - RIGHT, y)], FAINT, 1)
            self.sheet.words(LEFT - 6, y + 4, f"{self.top * part:g}", anchor="end")
        for day in sorted({1, *range(15, self.days + 1, 15), self.days}):
            self.sheet.words(self.x(day - 0.5), HEIGHT - BOTTOM + 17, str(day), anchor="middle")
        self.sheet.words(
            WIDTH - RIGHT, HEIGHT - 10, f"day of the simulation · {unit}", anchor="end"
        )

    def x(self, day: float) -> float:
        return LEFT + (WIDTH - LEFT - RIGHT) * day / self.days

    def y(self, value: float) -> float:
        return HEIGHT - BOTTOM - (HEIGHT - TOP - BOTTOM) * value / self.top

    def legend(self, names: Sequence[str]) -> None:
        for place, name in enumerate(names):
            x = LEFT + place * 96
            self.sheet.box(x, HEIGHT - 20, 10, 10, COLOURS[name])
            self.sheet.words(x + 15, HEIGHT - 11, name.replace("_", " "))


def _round_up(value: float) -> float:
    """The next of 1, 2, 4, 5, 8, 10, 20 … at which an axis may end."""
    size = 1.0
    while True:
        for step in (1, 2, 4, 5, 8):
            if value <= step * size:
                return step * size
        size *= 10


def actions_by_day(told: Told) -> Sheet:
    """Performed actions a day, by light."""
    rows = told["series"]["actions_by_day"]
    top = _round_up(max((sum(row[light] for light in LIGHTS) for row in rows), default=1))
    frame = _Frame(f"Actions a day by light: {told['policy']}", len(rows), top, "actions")
    for row in rows:
        below = 0.0
        for light in LIGHTS:
            x, y = frame.x(row["day"] - 0.92), frame.y(below + row[light])
            height = frame.y(below) - y
            frame.sheet.box(x, y, frame.x(row["day"] - 0.08) - x, height, COLOURS[light])
            below += row[light]
    frame.legend(LIGHTS)
    return frame.sheet


def hours(told: Told) -> Sheet:
    """Performed actions by weekday and hour of each account's own time."""
    sheet = Sheet(WIDTH, HEIGHT, f"When it acts: {told['policy']}")
    sheet.words(LEFT, 22, f"{sheet.title} (local hour and weekday)", size=15)
    rows: Sequence[Sequence[int]] = told["series"]["hours"]
    most = max(max(row) for row in rows) or 1
    width, height = (WIDTH - LEFT - RIGHT) / 24, (HEIGHT - TOP - BOTTOM) / 7
    for weekday, row in enumerate(rows):
        y = TOP + weekday * height
        sheet.words(LEFT - 6, y + height * 0.65, DAYS[weekday], anchor="end")
        for hour, count in enumerate(row):
            shade = SHADES[min(4, -(-4 * count // most))]
            sheet.box(LEFT + hour * width, y, width - 1.5, height - 1.5, shade)
    for hour in range(0, 24, 3):
        x = LEFT + (hour + 0.5) * width
        sheet.words(x, HEIGHT - BOTTOM + 17, f"{hour:02d}", anchor="middle")
    sheet.words(WIDTH - RIGHT, HEIGHT - 10, f"darkest: {most} actions in that hour", anchor="end")
    return sheet


def health(told: Told) -> Sheet:
    """The middle of all accounts' health, and the band from the 10th to the 90th percentile."""
    rows = told["series"]["health"]
    days = told["days"]
    frame = _Frame(f"Health of the accounts: {told['policy']}", days, 100, "points")
    middle = [frame.x(row["day"] - 0.5) for row in rows]
    upper = [(x, frame.y(row["p90"])) for x, row in zip(middle, rows, strict=True)]
    lower = [(x, frame.y(row["p10"])) for x, row in zip(middle, rows, strict=True)]
    frame.sheet.area([*upper, *reversed(lower)], COLOURS["green"], 0.25)
    mid = [(x, frame.y(row["p50"])) for x, row in zip(middle, rows, strict=True)]
    frame.sheet.line(mid, COLOURS["green"], 2)
    frame.sheet.words(LEFT, HEIGHT - 11, "line: median, band: 10th to 90th percentile")
    return frame.sheet


def phases(told: Told) -> Sheet:
    """How many accounts are in each phase, day by day."""
    rows = told["series"]["phases"]
    top = max((sum(row[phase] for phase in PHASES) for row in rows), default=1)
    frame = _Frame(f"Accounts by phase: {told['policy']}", told["days"], top, "accounts")
    for row in rows:
        below = 0.0
        for phase in PHASES:
            x, y = frame.x(row["day"] - 1), frame.y(below + row[phase])
            height = frame.y(below) - y
            frame.sheet.box(x, y, frame.x(row["day"]) - x + 0.5, height, COLOURS[phase])
            below += row[phase]
    frame.legend(PHASES)
    return frame.sheet


def side_by_side(several: Sequence[Told]) -> Sheet:
    """Policies in the same world, by how their accounts stood."""
    width, row = (WIDTH - 130 - RIGHT) / len(COMPARED), 26
    height = TOP + 24 + row * len(several) + 26
    first = several[0]
    title = f"Policies side by side: {first['accounts']} accounts, {first['days']} days"
    sheet = Sheet(WIDTH, height, title)
    sheet.words(16, 22, f"{title}, enforcement {first['enforcement']}", size=15)
    for place, (field, heading) in enumerate(COMPARED):
        x = 130 + place * width
        sheet.words(x, TOP + 8, heading)
        colour = COLOURS["green"] if place == 0 else COLOURS["red"]
        for number, told in enumerate(several):
            y = TOP + 20 + number * row
            sheet.box(x, y, width - 56, 16, "#eef1f4")
            sheet.box(x, y, (width - 56) * told[field], 16, colour)
            sheet.words(x + width - 52, y + 12, f"{told[field]:.1%}")
    for number, told in enumerate(several):
        sheet.words(120, TOP + 32 + number * row, told["policy"], anchor="end")
    return sheet


def save(told: Told, folder: Path, *, png: bool = True) -> None:
    """All drawings of one simulation stand in the folder."""
    actions_by_day(told).save(folder, "actions-by-day", png=png)
    hours(told).save(folder, "hours", png=png)
    if told["series"]["health"]:
        health(told).save(folder, "health", png=png)
    if told["series"]["phases"]:
        phases(told).save(folder, "phases", png=png)
