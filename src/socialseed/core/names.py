"""What a name may be made of: it stands inside sentences that others read and decide by."""

import unicodedata

# Embeddings, overrides and isolates: what follows them is shown in another order than it is stored.
_TURNS = frozenset("\u202a\u202b\u202c\u202d\u202e\u2066\u2067\u2068\u2069")


def plain_name(value: str) -> str:
    """`value` as it is. Raises ValueError for control characters, half characters and turns."""
    if any(sign in _TURNS or unicodedata.category(sign) in {"Cc", "Cs"} for sign in value):
        raise ValueError("Leave out control characters and marks that turn the writing around.")
    return value
