# SocialSeed in one image: dashboard, API, worker, platform sandbox and the embedded PostgreSQL.
FROM node:22-bookworm-slim AS dashboard
WORKDIR /build
COPY dashboard/package.json dashboard/package-lock.json ./
RUN npm ci --no-audit --no-fund
COPY dashboard/ ./
ENV NEXT_TELEMETRY_DISABLED=1
RUN npm run build

FROM python:3.11-slim-bookworm
ENV PYTHONDONTWRITEBYTECODE=1 PYTHONUNBUFFERED=1 PYTHONPATH=/app/src SOCIALSEED_HOME=/data
WORKDIR /app
COPY requirements/run.txt requirements/run.txt
RUN pip install --no-cache-dir --disable-pip-version-check --require-hashes -r requirements/run.txt
COPY alembic.ini ./
COPY migrations/ migrations/
COPY src/ src/
COPY --from=dashboard /build/out dashboard/out
RUN useradd --uid 10001 --create-home socialseed \
    && install -d -m 0700 -o socialseed -g socialseed /data
USER socialseed
VOLUME /data
STOPSIGNAL SIGTERM
# The first start makes the demo workspace before anything answers, which may take up to 15 minutes.
HEALTHCHECK --interval=10s --timeout=3s --start-period=15m CMD ["python", "-c", \
  "import os, urllib.request as u; u.urlopen(f\"http://127.0.0.1:{os.environ.get('SOCIALSEED_PORT', '8000')}/health/ready\", timeout=2)"]
ENTRYPOINT ["python", "-m", "socialseed.app.cli"]
CMD ["up"]
