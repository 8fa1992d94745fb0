#!/usr/bin/env bash
# Runs SocialSeed: prepares what is missing, then database, API, dashboard, worker. Ctrl-C stops it.
#   ./start.sh            first start makes a demo workspace
#   ./start.sh --no-demo  first start is empty
# SOCIALSEED_PORT (8000), SOCIALSEED_HOME (./.socialseed), DATABASE_URL and REDIS_URL are respected.
set -euo pipefail

case "${SOCIALSEED_HOME:-/}" in /*) ;; *) export SOCIALSEED_HOME="$PWD/$SOCIALSEED_HOME" ;; esac
cd "$(dirname "${BASH_SOURCE[0]}")"

for python in .venv/bin/python python3.11 python3 python; do
  if "$python" -c 'import sys; sys.exit(sys.version_info[:2] != (3, 11))' 2>/dev/null; then
    export PYTHONPATH="$PWD/src"
    exec "$python" -m socialseed.app.prepare start "$@"
  fi
done
echo "SocialSeed needs Python 3.11; install it (for example: uv python install 3.11) and try again." >&2
exit 1
