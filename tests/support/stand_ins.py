"""Tiny processes in place of sandbox, API and worker, and an `up` that runs them.

`python -m tests.support.stand_ins up HOME PORT` runs an instance of stand-ins.
"""

import json
import os
import signal
import subprocess
import sys
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path

from socialseed.app.process import StartError
from socialseed.app.supervisor import Stopping
from socialseed.app.up import Commands, Wishes, up

ME = (sys.executable, "-m", "tests.support.stand_ins")


class _Ok(BaseHTTPRequestHandler):
    def do_GET(self) -> None:
        self.send_response(200)
        self.end_headers()
        self.wfile.write(str(os.getpid()).encode())

    def log_message(self, format: str, *args: object) -> None:
        return


def serve(port: int) -> None:
    """A server with a child of its own, as a web server with workers has."""
    subprocess.Popen([*ME, "worker"])
    ThreadingHTTPServer(("127.0.0.1", port), _Ok).serve_forever()


def work(stubborn: bool) -> None:
    if stubborn:
        signal.signal(signal.SIGTERM, signal.SIG_IGN)
        print("ignoring the stop", flush=True)
    while True:
        signal.pause()


def demo(home: Path) -> None:
    for done in range(1, 4):
        print(json.dumps({"done": done, "total": 3, "label": f"day {done}"}), flush=True)
    secret = {"url": "http://old", "email": "demo@example.com", "password": "pass-word"}
    (home / "demo.json").write_text(json.dumps({**secret, "sandbox_url": "http://old"}))


def run_up(home: Path, port: int, *options: str) -> None:
    worker = (*ME, "stubborn") if "stubborn" in options else (*ME, "worker")
    commands = Commands(
        migrate=(sys.executable, "-c", "pass"),
        sandbox=(*ME, "serve"),
        demo=("/bin/false",) if "no-maker" in options else (*ME, "demo", str(home)),
        api=(*ME, "serve", "--port", str(port)),
        worker=("/bin/false",) if "broken" in options else worker,
    )
    url = f"http://127.0.0.1:{port}"
    try:
        up(Wishes(home, port, None, url, "no-demo" not in options, commands))
    except StartError as error:
        sys.exit(str(error))
    except Stopping:
        print("stopped", flush=True)


def main(what: str, *rest: str) -> None:
    if what == "up":
        run_up(Path(rest[0]), int(rest[1]), *rest[2:])
    elif what == "serve":
        serve(int(rest[rest.index("--port") + 1]))
    elif what == "demo":
        demo(Path(rest[0]))
    else:
        work(stubborn=what == "stubborn")


if __name__ == "__main__":
    main(*sys.argv[1:])
