"""Sending a film to TikTok in parts, one after the other, each again when its answer was lost.

Until the last part is there nothing can be published: earlier failures are proof of that.
"""

import re
from collections.abc import AsyncIterator, Mapping
from dataclasses import dataclass
from urllib.parse import urlsplit

from socialseed.connectors.http import Call, Http, Reply
from socialseed.connectors.media import Video
from socialseed.connectors.tiktok.manifest import UPLOAD
from socialseed.connectors.types import Grant
from socialseed.core.errors import Remedy, UpstreamError

PART_BYTES = 10_000_000  # TikTok's own example; allowed: 5 to 64 MB, the last up to 128 MB
MOST_BYTES = 4_000_000_000
MOST_PARTS = 1000
TRIES = 3
BYTES_A_SECOND = 4_000_000  # what a small server's line surely carries, in and out
STATUS_SECONDS = 4.0  # kept for asking how it ended
_HOST = re.compile(r"open-upload[a-z0-9-]*\.tiktokapis\.com")
_RANGE = re.compile(r"bytes (\d+)-(\d+)/(\d+)")


@dataclass(frozen=True, slots=True)
class Plan:
    """How a film is cut: `count` parts of `part` bytes, of which the last one takes the rest."""

    size: int
    part: int
    count: int

    def source_info(self) -> Mapping[str, object]:
        """The plan as an init tells it."""
        return {
            "source": "FILE_UPLOAD",
            "video_size": self.size,
            "chunk_size": self.part,
            "total_chunk_count": self.count,
        }

    def span(self, n: int) -> tuple[int, int]:
        """The first and the last byte of part `n`, from 0."""
        first = n * self.part
        return first, (self.size if n == self.count - 1 else first + self.part) - 1


def plan_of(size: int) -> Plan:
    """The cut of a film of `size` bytes. One part is as large as the film itself."""
    count = size // PART_BYTES
    return Plan(size, size, 1) if count <= 1 else Plan(size, PART_BYTES, count)


def most_bytes(seconds: float) -> int:
    """How large a film may be to be there within `seconds`."""
    return min(MOST_BYTES, max(0, int((seconds - STATUS_SECONDS) * BYTES_A_SECOND)))


def upload_address(upload_url: str, sandbox_url: str | None) -> tuple[str, str]:
    """Host and path, with its query, of an upload's address. Raises REJECT for a foreign host."""
    base = f"{sandbox_url.rstrip('/')}/" if sandbox_url is not None else ""
    inside = base and upload_url.startswith(base)
    parts = urlsplit(f"https://{upload_url.removeprefix(base)}" if inside else upload_url)
    if parts.scheme != "https" or not _HOST.fullmatch(parts.netloc):
        detail = f"TikTok named an upload outside of {UPLOAD}; nothing was sent."
        raise UpstreamError(Remedy.REJECT, "no_upload_url", detail)
    return parts.netloc, f"{parts.path}?{parts.query}" if parts.query else parts.path


async def send(
    http: Http, grant: Grant, upload_url: str, video: Video, plan: Plan, by: float
) -> None:
    """All parts were sent. Whether the last one arrived may be unknown: the status tells.

    Raises RETRY or REJECT when the film is provably not whole, so that nothing is published.
    """
    host, path = upload_address(upload_url, http.gateway.sandbox_url)
    n = 0
    async for content in _parts(video, plan):
        first, last = plan.span(n)
        part = _Part(host, path, content, first, last, plan.size, video.media_type)
        await _sent(http, grant, part, by)
        n += 1


async def _parts(video: Video, plan: Plan) -> AsyncIterator[bytes]:
    """The film's parts: its last piece, when shorter, belongs to the part before it."""
    kept, made = b"", 0
    async for piece in video.pieces(plan.part):
        if kept and made < plan.count - 1:
            yield kept
            kept, made = b"", made + 1
        kept += piece
    yield kept


@dataclass(frozen=True, slots=True)
class _Part:
    host: str
    path: str
    content: bytes
    first: int
    last: int
    size: int
    media_type: str

    @property
    def ends(self) -> bool:
        return self.last == self.size - 1

    def is_there(self, reply: Reply) -> bool | None:
        """What a 416 tells: this part has arrived, has not, or (None) something else is amiss."""
        found = _RANGE.fullmatch(reply.headers.get("content-range", ""))
        if found is None:
            return None
        told = int(found[2])  # the last byte that is there, or how many are: both are taken
        if told >= self.last:
            return True
        return False if told in (self.first - 1, self.first) else None


async def _sent(http: Http, grant: Grant, part: _Part, by: float) -> None:
    unsure = False
    for _ in range(TRIES):
        try:
            reply = await _put(http, grant, part, by)
        except UpstreamError as error:
            unsure = unsure or error.remedy is Remedy.RECONCILE
            continue
        if reply.ok or (reply.status == 416 and part.is_there(reply)):
            return
        unsure = unsure or reply.status >= 500
        again = reply.status >= 500 or (reply.status == 416 and part.is_there(reply) is False)
        if not again and not (part.ends and unsure):
            raise _not_whole(reply.status)
        if not again:
            return
    if not (part.ends and unsure):
        raise _not_whole(None)


async def _put(http: Http, grant: Grant, part: _Part, by: float) -> Reply:
    headers = {
        "content-type": part.media_type,
        "content-range": f"bytes {part.first}-{part.last}/{part.size}",
    }
    # No token: the address itself is the permission.
    call = Call(
        "PUT",
        part.host,
        part.path,
        True,
        headers=headers,
        content=part.content,
        by=by,
        egress=grant.egress,
    )
    return await http.call(call)


def _not_whole(status: int | None) -> UpstreamError:
    if status == 400:
        detail = "TikTok refused a part of the video; nothing was published."
        return UpstreamError(Remedy.REJECT, "upload_refused", detail, status=status)
    detail = "The video did not reach TikTok whole; nothing was published."
    return UpstreamError(Remedy.RETRY, "upload_broken", detail, status=status)
