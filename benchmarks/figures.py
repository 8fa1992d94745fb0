"""Numbers of a benchmark: percentiles, medians over rounds, processor time, the final table."""

import json
import os
import statistics
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass

import psutil

Row = Mapping[str, float]


def percentile(ordered: Sequence[float], share: float) -> float:
    """The value below which `share` (0..1) of the ordered values lie; NaN of nothing."""
    if not ordered:
        return float("nan")
    return ordered[min(len(ordered) - 1, int(share * len(ordered)))]


def medians(rounds: Iterable[Row]) -> dict[str, float]:
    """For each figure the median over the rounds."""
    found = list(rounds)
    return {name: statistics.median(one[name] for one in found) for name in found[0]}


@dataclass(frozen=True)
class Meter:
    """Processor seconds of named process trees, exited children of each root included.

    A negative number names that process alone.
    """

    roots: Mapping[str, int]

    def plus_self(self, name: str) -> "Meter":
        """The same, and this process alone, without what it started."""
        return Meter({**self.roots, name: -os.getpid()})

    def read(self) -> dict[str, float]:
        """Seconds of user and system time by name, since each process was born."""
        return {name: _tree_seconds(pid) for name, pid in self.roots.items()}

    def since(self, before: Mapping[str, float]) -> dict[str, float]:
        """Seconds by name since `before` was read."""
        now = self.read()
        return {name: now[name] - before[name] for name in now}


def _tree_seconds(pid: int) -> float:
    if pid < 0:
        own = psutil.Process(-pid).cpu_times()
        return float(own.user + own.system)
    root = psutil.Process(pid)
    times = root.cpu_times()
    total = times.user + times.system + times.children_user + times.children_system
    for child in root.children(recursive=True):
        try:
            own = child.cpu_times()
        except psutil.Error:  # it ended meanwhile; its parent has it from now on
            continue
        total += own.user + own.system
    return float(total)


def show(title: str, columns: Sequence[str], rows: Mapping[str, Row]) -> None:
    """One short table: a line for each row, a column for each figure; absent is a dash."""
    width = max(12, *(len(name) for name in rows))
    print(f"\n{title}")
    print(" " * width + "".join(f"{name:>16}" for name in columns))
    for name, row in rows.items():
        cells = (f"{row[column]:16,.3f}" if column in row else f"{'-':>16}" for column in columns)
        print(f"{name:<{width}}" + "".join(cells))


def tell(name: str, found: Mapping[str, object]) -> None:
    """The last line: everything as one JSON object."""
    print(json.dumps({"benchmark": name, **found}, default=lambda v: round(v, 4)), flush=True)


def ratio(of: Row, to: Row, names: Sequence[str]) -> dict[str, float]:
    """Each named figure of `of` as a multiple of the same figure of `to`."""
    return {name: of[name] / to[name] for name in names if to[name]}
