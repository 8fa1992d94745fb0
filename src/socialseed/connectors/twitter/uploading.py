"""Media on their way to X. Whatever fails here, nothing can be seen and nothing is in doubt."""

from datetime import timedelta

from socialseed.connectors.media import MIB, bad_media, fetch_image, open_video
from socialseed.connectors.reading import text
from socialseed.connectors.twitter import api
from socialseed.connectors.twitter.line import Line
from socialseed.connectors.types import Order
from socialseed.core.errors import Remedy, UpstreamError

# X docs, media best practices, 2026-08
MOST_PICTURES = 4
MOST_PICTURE_BYTES = 5 * MIB
MOST_GIF_BYTES = 15 * MIB
MOST_VIDEO_BYTES = 512 * MIB
PIECE_BYTES = 4 * MIB  # X takes up to 5 MB
LOOKS = 30


async def pictures(line: Line, order: Order) -> list[str]:
    """The media ids of the order's pictures, in order; the alt text belongs to the first."""
    urls: list[str | None] = [*order.media_urls] or [order.media_url]
    if len(urls) > MOST_PICTURES:
        raise bad_media(f"X takes at most {MOST_PICTURES} pictures in a post.")
    found = [await fetch_image(line.http, url, line.by, most=MOST_GIF_BYTES) for url in urls]
    for image in found:
        moving = image.media_type == "image/gif"
        if moving and len(found) > 1:
            raise bad_media("X takes an animated GIF only alone in a post.")
        if not moving and len(image.content) > MOST_PICTURE_BYTES:
            raise bad_media(f"The picture is larger than {MOST_PICTURE_BYTES // MIB} MB.")
    ids = [await api.upload_image(line, image) for image in found]
    if order.alt_text:
        await api.describe(line, ids[0], order.alt_text)
    return ids


async def film(line: Line, url: str | None) -> str:
    """The media id of the film at `url`, ready to be posted. Raises REJECT `video_too_big` as soon
    as its upload cannot end in time.
    """
    async with open_video(line.http, url, line.by, MOST_VIDEO_BYTES) as video:
        media_id = await api.initialize(line, video.media_type, video.size)
        began, sent, index = line.left, 0, 0
        async for piece in video.pieces(PIECE_BYTES):
            await api.append(line, media_id, index, piece)
            sent, index = sent + len(piece), index + 1
            if line.left * sent < (began - line.left) * (video.size - sent):
                detail = "The video is too big to be uploaded in the time that one action has."
                raise UpstreamError(Remedy.REJECT, "video_too_big", detail)
    await _until_ready(line, media_id, await api.finalize(line, media_id))
    return media_id


async def _until_ready(line: Line, media_id: str, processing: object) -> None:
    for _ in range(LOOKS):
        match text(processing, "state"):
            case None | "succeeded":
                return
            case "failed":
                raise bad_media("X could not prepare the video: check its format and length.")
        pause = api.seconds_to_wait(processing)
        if line.left < pause:
            break
        await line.http.clock.wait_until(line.http.clock.now() + timedelta(seconds=pause))
        processing = await api.upload_status(line, media_id)
    detail = "X did not finish preparing the video in time; nothing was published."
    raise UpstreamError(Remedy.RETRY, "media_not_ready", detail)
