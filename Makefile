.PHONY: start test lock format docs

PYTHON := .venv/bin/python

start:
	./start.sh

test:
	./test.sh

docs:
	PYTHONPATH=src $(PYTHON) -m socialseed.policy.risk.page > docs/weights.md

format:
	$(PYTHON) -m ruff format . && $(PYTHON) -m ruff check --fix .
	cd dashboard && npm run format

# Pins every package with the hashes of its files; needs the packages of requirements/test.txt.
lock:
	for name in run test node; do \
	  $(PYTHON) -m uv pip compile --python-version 3.11 --generate-hashes --no-header \
	    --no-emit-index-url --no-emit-find-links requirements/$$name.in -o requirements/$$name.txt; \
	done
	cd dashboard && npm install --package-lock-only && node scripts/complete-lock.mjs
