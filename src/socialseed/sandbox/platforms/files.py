"""What a file's first bytes say it is: pictures, their size, and films."""

import struct

_PICTURES = (
    (b"\xff\xd8\xff", "image/jpeg"), (b"\x89PNG", "image/png"), (b"GIF8", "image/gif"),
    (b"RIFF", "image/webp"),
)  # fmt: skip


def picture_kind(content: bytes) -> str | None:
    """The media type of a picture; None for anything else."""
    return next((kind for start, kind in _PICTURES if content.startswith(start)), None)


def picture_size(content: bytes) -> tuple[int, int]:
    """Width and height of a PNG or GIF; a common size for kinds that do not say it up front."""
    if content.startswith(b"\x89PNG") and len(content) >= 24:
        wide, high = struct.unpack(">II", content[16:24])
        return int(wide), int(high)
    if content.startswith(b"GIF8") and len(content) >= 10:
        wide, high = struct.unpack("<HH", content[6:10])
        return int(wide), int(high)
    return 1200, 675


def film_kind(head: bytes) -> str | None:
    """The media type of a film by its first 12 bytes; None for anything else."""
    if head[4:8] == b"ftyp":
        return "video/quicktime" if head[8:12] == b"qt  " else "video/mp4"
    return "video/webm" if head.startswith(b"\x1a\x45\xdf\xa3") else None
