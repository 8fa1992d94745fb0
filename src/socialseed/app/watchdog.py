"""Outlives a killed supervisor by seconds: takes down what it left, grandchildren too, and ends."""

import sys

from socialseed.app.supervisor import take_down_run


def main() -> None:
    """Waits until the supervisor's end of our standard input closes, then ends its run."""
    sys.stdin.buffer.read()
    take_down_run(sys.argv[1], seconds=5)


if __name__ == "__main__":
    main()
