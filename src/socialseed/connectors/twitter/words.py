"""What X counts and allows in a post's text, checked before anything is sent. Pure.

Weights: twitter-text configuration 3 and docs.x.com, counting characters: 280 in all, an address
23, an emoji 2 however many code points it has, most scripts 1, CJK and the rest 2.
"""

import re
import unicodedata

from socialseed.core.errors import Remedy, UpstreamError

MOST = 280
ADDRESS_WEIGHT = 23
MOST_CASHTAGS = 1  # self-serve apps, X docs 2026
_LIGHT = ((0x0000, 0x10FF), (0x2000, 0x200D), (0x2010, 0x201F), (0x2032, 0x2037))
_DOMAINS = "com|org|net|io|dev|app|info|biz|edu|gov|co|ai|me|tv|shop|store|blog|news|online|site"
ADDRESS = re.compile(
    r"https?://[^\s<>\"]+[^\s<>\"'.,;:!?)\]}…]"
    rf"|(?<![\w@.$/#-])(?:[a-z0-9-]{{1,63}}\.)+(?:{_DOMAINS})\b(?:/[^\s<>\"]*[^\s<>\"'.,;:!?)])?",
    re.IGNORECASE,
)
_PICTURE = (
    r"[\u203c\u2049\u2122\u2139\u2194-\u21aa\u231a-\u23ff\u24c2\u25aa-\u27bf\u2934-\u2b55"
    + (r"\u3030\u303d\u3297\u3299\U0001f000-\U0001f1e5\U0001f200-\U0001faff]")
)
_ONE = rf"{_PICTURE}\ufe0f?[\U0001f3fb-\U0001f3ff]?[\U000e0020-\U000e007f]*"
_EMOJI = re.compile(rf"[\U0001f1e6-\U0001f1ff]{{2}}|[0-9#*]\ufe0f?\u20e3|{_ONE}(?:\u200d{_ONE})*")
_CASHTAG = re.compile(r"(?<![\w$])\$[A-Za-z]{1,6}(?:[._][A-Za-z]{1,2})?(?!\w)")


def weight(words: str) -> int:
    """The length of `words` as X counts it."""
    rest, addresses = ADDRESS.subn("", unicodedata.normalize("NFC", words))
    rest, emoji = _EMOJI.subn("", rest)
    return addresses * ADDRESS_WEIGHT + emoji * 2 + sum(map(_of, rest))


def _of(sign: str) -> int:
    return 1 if any(low <= ord(sign) <= high for low, high in _LIGHT) else 2


def check(words: str, *, attached: bool, self_serve: bool) -> None:
    """Raises REJECT for a text that X would refuse."""
    if not words.strip() and not attached:
        raise _rejected("text_missing", "X takes no post without text or media.")
    over = weight(words) - MOST
    if over > 0:
        detail = f"The text is {over} over X's {MOST} characters; addresses count {ADDRESS_WEIGHT}."
        raise _rejected("text_too_long", detail)
    if self_serve and len(_CASHTAG.findall(words)) > MOST_CASHTAGS:
        raise _rejected("too_many_cashtags", "X takes one cashtag ($ABC) a post from this app.")


def _rejected(code: str, detail: str) -> UpstreamError:
    return UpstreamError(Remedy.REJECT, code, detail)
