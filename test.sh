#!/usr/bin/env bash
# Installs what the checks need and runs them all: format, lint, types, floors, Python tests,
# dashboard, journeys in a real browser. Name groups to run only these: python dashboard faults journeys
set -euo pipefail

cd "$(dirname "${BASH_SOURCE[0]}")"

for python in .venv/bin/python python3.11 python3 python; do
  if "$python" -c 'import sys; sys.exit(sys.version_info[:2] != (3, 11))' 2>/dev/null; then
    export PYTHONPATH="$PWD/src:$PWD"
    exec "$python" -m socialseed.app.prepare test "$@"
  fi
done
echo "The checks need Python 3.11; install it (for example: uv python install 3.11) and try again." >&2
exit 1
