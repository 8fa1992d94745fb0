"""How X counts a text, and how a text comes back from it."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from socialseed.connectors.twitter.mapping import says
from socialseed.connectors.twitter.words import MOST, check, weight
from socialseed.core.errors import UpstreamError


@pytest.mark.parametrize(
    ("words", "count"),
    [
        ("", 0),
        ("Launch day", 10),
        ("café", 4),
        ("cafe\u0301", 4),
        ("don’t … “quote” – and", 22),
        ("漢字かなカナ한글", 16),
        ("👍", 2),
        ("👍🏽", 2),
        ("👨‍👩‍👧‍👦", 2),
        ("🏳️‍🌈", 2),
        ("🇩🇪🇫🇷", 4),
        ("🏴󠁧󠁢󠁥󠁮󠁧󠁿", 2),
        ("1️⃣", 2),
        ("❤️", 2),
        ("12 # *", 6),
        ("https://example.com/a/very/long/path?with=a&query=yes#and-more", 23),
        ("https://t.co/a", 23),
        ("See https://example.com/a.", 28),
        ("(https://example.com/a)", 25),
        ("see example.com and example.org/x", 4 + 23 + 5 + 23),
        ("mail a@example.com", 18),
        ("v1.2 and e.g. this", 18),
        ("@mara_k #ceramics $TSLA", 23),
        ("line\nline", 9),
    ],
)
def test_a_text_weighs_what_x_counts(words, count):
    assert weight(words) == count


@given(st.text(max_size=60))
def test_every_character_counts(words):
    assert 0 <= weight(words) <= 2 * len(words) + 23 * len(words)
    assert weight(f"{words} a") >= weight(words) or "." in words


@pytest.mark.parametrize(
    "words",
    ["x" * MOST, "漢" * 140, "👍🏽" * 140, "https://example.com/" + "a" * 400 + " " + "x" * 256],
)
def test_a_text_that_just_fits_passes(words):
    assert weight(words) == MOST
    check(words, attached=False, self_serve=True)
    with pytest.raises(UpstreamError, match="1 over"):
        check(words + "!", attached=False, self_serve=True)


def theirs(text: str, *urls: tuple[str, str], **more: object) -> dict[str, object]:
    told = [{"url": short, "expanded_url": whole} for short, whole in urls]
    return {"id": "7", "text": text, **({"entities": {"urls": told}} if urls else {}), **more}


A, B = "https://t.co/aaaaaaaaaa", "https://t.co/bbbbbbbbbb"
OWN = "https://x.com/m/status/77"
QUOTED = {"referenced_tweets": [{"type": "quoted", "id": "55"}]}


@pytest.mark.parametrize(
    ("ours", "entry"),
    [
        ("Tea & cake", theirs("Tea &amp; cake")),
        ("two\r\nlines ", theirs("two\nlines")),
        ("cafe\u0301", theirs("café")),
        ("See https://example.com/cake", theirs(f"See {A}", (A, "https://example.com/cake"))),
        ("See example.com/cake", theirs(f"See {A}", (A, "http://example.com/cake"))),
        ("See https://example.com", theirs(f"See {A}", (A, "https://example.com/"))),
        ("Look", theirs(f"Look {A}", (A, f"{OWN}/photo/1"))),
        ("Watch", theirs(f"Watch {A}", (A, f"{OWN}/video/1"))),
        ("", theirs(A, (A, f"{OWN}/photo/1"))),
        (None, theirs(A)),
        ("Look", theirs(f"Look {A}")),
        ("See https://example.com/cake", theirs(f"See {A}")),
        ("See https://example.com/cake", theirs(f"See {A} {B}")),
        ("This.", theirs(f"This. {A}", (A, "https://twitter.com/c/status/55"), **QUOTED)),
        ("This.", theirs("This.", **QUOTED)),
        (
            "https://x.com/c/status/55",
            theirs(A, (A, "https://x.com/c/status/55"), **QUOTED),
        ),
    ],
)
def test_our_text_is_known_again(ours, entry):
    assert says(entry, ours)


@pytest.mark.parametrize(
    ("ours", "entry"),
    [
        ("Tea", theirs("Tea time")),
        ("Tea", theirs("")),
        ("", theirs("Tea")),
        ("See https://example.com/cake", theirs(f"See {A}", (A, "https://example.com/tea"))),
        ("See", theirs(f"See {A}", (A, "https://example.com/tea"))),
        ("Look", theirs(f"Look {A} {B}")),
        ("Look", theirs(f"{A} Look")),
    ],
)
def test_another_text_is_not_taken_for_ours(ours, entry):
    assert not says(entry, ours)


def test_a_reply_may_carry_handles_before_it():
    assert says(theirs("@ceramics @tea Thanks!"), "Thanks!", is_reply=True)
    assert says(theirs("@ceramics Thanks!"), "@ceramics Thanks!", is_reply=True)
    assert not says(theirs("@ceramics Thanks!"), "Thanks!")
