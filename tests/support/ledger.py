"""The capability ledger as it will always be for tests that are not about its dates: just checked.

Tests by the machine's clock, and the processes that they start, would otherwise fail on the day
when the packaged rows want to be checked again.
"""

import re
from functools import cache
from pathlib import Path
from tempfile import TemporaryDirectory

from socialseed.policy.capabilities.ledger import Ledger, parse, written

_LONG = "recheck_on = 2999-01-01"


@cache
def fresh() -> Ledger:
    """What the packaged ledger says, for centuries."""
    return parse(_text())


@cache
def _folder() -> TemporaryDirectory[str]:
    return TemporaryDirectory(prefix="socialseed-ledger-")


@cache
def fresh_file() -> Path:
    """A file that says the same; it is gone with this process."""
    path = Path(_folder().name) / "ledger.toml"
    path.write_text(_text())
    return path


def _text() -> str:
    undated = re.sub(r"(?m)^recheck_on = .*\n", "", written())
    return re.sub(r"(?m)^(as_of = .*)$", rf"\1\n{_LONG}", undated)
