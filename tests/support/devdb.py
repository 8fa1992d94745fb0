"""`python -m tests.support.devdb [DIR]`: a server in DIR; prints URLs, stays until Ctrl-C."""

import signal
import sys
import tempfile
from pathlib import Path

from tests.support.postgres import fresh_database, start_postgres


def main() -> None:
    home = Path(sys.argv[1]) if len(sys.argv) > 1 else Path(tempfile.mkdtemp(prefix="devdb-"))
    server = start_postgres(home)
    try:
        print(f"maintenance database  {server.url}")
        print(f"migrated database     {fresh_database(server)}", flush=True)
        signal.sigwait({signal.SIGINT, signal.SIGTERM})
    finally:
        server.stop()


if __name__ == "__main__":
    signal.pthread_sigmask(signal.SIG_BLOCK, {signal.SIGTERM, signal.SIGINT})
    main()
