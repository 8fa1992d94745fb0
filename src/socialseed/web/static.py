"""Serves the built dashboard: a dictionary of paths read once, so there is nothing to traverse.

Owns caching, pre-compressed variants and the content security policy of pages.
"""

import hashlib
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path

import orjson
from starlette.datastructures import Headers
from starlette.responses import PlainTextResponse, RedirectResponse, Response
from starlette.types import Receive, Scope, Send

MANIFEST = "csp.json"
TYPES = {
    ".html": "text/html; charset=utf-8",
    ".js": "text/javascript; charset=utf-8",
    ".mjs": "text/javascript; charset=utf-8",
    ".css": "text/css; charset=utf-8",
    ".txt": "text/plain; charset=utf-8",
    ".json": "application/json",
    ".map": "application/json",
    ".webmanifest": "application/manifest+json",
    ".svg": "image/svg+xml",
    ".png": "image/png",
    ".jpg": "image/jpeg",
    ".webp": "image/webp",
    ".avif": "image/avif",
    ".ico": "image/x-icon",
    ".woff2": "font/woff2",
    ".woff": "font/woff",
    ".xml": "application/xml",
}
_ENCODINGS = (("br", ".br"), ("gzip", ".gz"))  # the better one first
_POLICY = (
    "default-src 'self'",
    "style-src 'self' 'unsafe-inline'",
    "img-src 'self' data: blob: https:",
    "media-src 'self' blob: https:",
    "font-src 'self'",
    "connect-src 'self'",
    "object-src 'none'",
    "base-uri 'self'",
    "form-action 'self'",
    "frame-ancestors 'none'",
)
_MISSING = """<!doctype html><html lang="en"><head><meta charset="utf-8">
<title>SocialSeed</title></head><body><h1>The dashboard is not built yet</h1>
<p>Build it with <code>cd dashboard &amp;&amp; npm ci &amp;&amp; npm run build</code>,
then load this page again.
The API already works: <a href="/api/v1/openapi.json">/api/v1/openapi.json</a>.</p></body></html>"""


@dataclass(frozen=True, slots=True)
class Variant:
    """One encoding of a file's bytes."""

    body: bytes
    etag: str
    encoding: str | None


@dataclass(frozen=True, slots=True)
class Asset:
    """One file with everything its answer needs. `variants` go from best to plain."""

    media_type: str
    cache: str
    policy: str
    variants: Sequence[Variant]

    def choose(self, accept_encoding: str) -> Variant:
        """The best variant that the client takes."""
        accepted = {
            part.split(";")[0].strip()
            for part in accept_encoding.split(",")
            if not part.replace(" ", "").endswith(";q=0")
        }
        return next(v for v in self.variants if v.encoding is None or v.encoding in accepted)


class Dashboard:
    """ASGI app over one folder. A folder that appears later is read at the first request after."""

    def __init__(self, root: Path) -> None:
        self._root = root
        self._assets: Mapping[str, Asset] = {}

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        if not self._assets:
            self._assets = read_folder(self._root)
        response = self._answer(scope, Headers(scope=scope))
        await response(scope, receive, send)

    def _answer(self, scope: Scope, headers: Headers) -> Response:
        path: str = scope["path"]
        if scope["method"] not in ("GET", "HEAD"):
            return PlainTextResponse(
                "Only GET and HEAD.", status_code=405, headers={"Allow": "GET, HEAD"}
            )
        if not self._assets:
            return Response(_MISSING, status_code=503, media_type="text/html", headers=_plain())
        asset = self._assets.get(path)
        if asset is not None:
            return _respond(asset, headers, 200)
        if f"{path}/" in self._assets:
            query = scope.get("query_string", b"").decode("latin-1")
            return RedirectResponse(f"{path}/" + (f"?{query}" if query else ""), status_code=308)
        missing = self._assets.get("/404.html")
        if missing is None:
            return PlainTextResponse("There is no such page.", status_code=404)
        return _respond(missing, headers, 404)


def read_folder(root: Path) -> dict[str, Asset]:
    """Every file under `root` by the path it answers to; empty when there is no such folder."""
    if not root.is_dir():
        return {}
    files = {f"/{f.relative_to(root).as_posix()}": f for f in root.rglob("*") if f.is_file()}
    hashes = _script_hashes(root / MANIFEST)
    assets: dict[str, Asset] = {}
    for path, file in sorted(files.items()):
        if file.suffix not in TYPES or path == f"/{MANIFEST}":
            continue
        asset = _asset(path, file, files, hashes)
        assets[path] = asset
        if file.name == "index.html":
            assets[path.removesuffix("index.html")] = asset
    return assets


def _asset(
    path: str, file: Path, files: Mapping[str, Path], hashes: Mapping[str, Sequence[str]]
) -> Asset:
    plain = file.read_bytes()
    tag = hashlib.sha256(plain).hexdigest()[:20]
    variants = [
        Variant(files[path + suffix].read_bytes(), f'"{tag}-{encoding}"', encoding)
        for encoding, suffix in _ENCODINGS
        if path + suffix in files
    ]
    lasting = path.startswith("/_next/static/")
    return Asset(
        TYPES[file.suffix],
        "public, max-age=31536000, immutable" if lasting else "no-cache",
        _policy(hashes.get(page_of(path), ())),
        (*variants, Variant(plain, f'"{tag}"', None)),
    )


def page_of(name: str) -> str:
    """One spelling for a page, however it is named: `/a/`, `a/index.html`, `/a`."""
    bare = "/" + name.strip("/").removesuffix("index.html").removesuffix(".html").strip("/")
    return bare if bare == "/" else bare + "/"


def _script_hashes(manifest: Path) -> dict[str, list[str]]:
    if not manifest.is_file():
        return {}
    pages: Mapping[str, Sequence[str]] = orjson.loads(manifest.read_bytes())
    return {
        page_of(page): [f"'sha256-{digest.removeprefix('sha256-')}'" for digest in digests]
        for page, digests in pages.items()
    }


def _policy(hashes: Sequence[str]) -> str:
    return "; ".join((*_POLICY, " ".join(("script-src 'self'", *hashes))))


def _plain() -> dict[str, str]:
    return {"Content-Security-Policy": _policy(()), "Cache-Control": "no-store"}


def _respond(asset: Asset, headers: Headers, status: int) -> Response:
    variant = asset.choose(headers.get("accept-encoding", ""))
    answer = {
        "ETag": variant.etag,
        "Cache-Control": asset.cache,
        "Content-Security-Policy": asset.policy,
        "Vary": "Accept-Encoding",
    }
    known = [tag.strip().removeprefix("W/") for tag in headers.get("if-none-match", "").split(",")]
    if status == 200 and (variant.etag in known or "*" in known):
        return Response(status_code=304, headers=answer)
    if variant.encoding is not None:
        answer["Content-Encoding"] = variant.encoding
    # A HEAD answer announces the same length; the server drops its body.
    return Response(variant.body, status_code=status, media_type=asset.media_type, headers=answer)
