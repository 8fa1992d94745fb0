"""The fixed vocabulary of the world: interests, names, places and what people say. All invented."""

INTERESTS: tuple[str, ...] = (
    "coffee", "running", "ceramics", "indie games", "photography", "baking", "cycling", "gardening",
    "hiking", "knitting", "vinyl records", "street art", "home cooking", "yoga", "board games",
    "typography", "film", "books", "woodworking", "skateboarding", "sustainability", "startups",
    "dogs", "travel",
)  # fmt: skip
TAGS: tuple[str, ...] = tuple(name.replace(" ", "") for name in INTERESTS)

THINGS: tuple[tuple[str, ...], ...] = (
    ("a washed Ethiopian filter", "my new hand grinder", "a flat white", "the last espresso shot"),
    ("my Sunday long run", "interval day", "a slow 10k", "the first half marathon plan"),
    ("a wobbly bowl", "the glaze test tiles", "my third teapot", "a kiln full of mugs"),
    ("a tiny puzzle demo", "the pixel art pass", "our jam entry", "a cosy roguelike"),
    ("golden hour by the canal", "an old film camera", "the street set", "portraits in shade"),
    ("a rye sourdough", "cardamom buns", "the overnight focaccia", "a lemon tart"),
    ("the gravel loop", "a new chain", "the climb before breakfast", "an old steel frame"),
    ("the first tomatoes", "balcony herbs", "a compost heap", "dahlias in August"),
    ("the ridge trail", "a misty valley", "a hut to hut weekend", "the long way down"),
    ("a colourwork yoke", "sock number two", "a wool stash", "the cable cardigan"),
    ("a second hand jazz pressing", "side B", "a crate of soul singles", "the old turntable"),
    ("a fresh mural", "stencil work", "the wall behind the station", "a paste-up series"),
    ("a weeknight curry", "crispy gnocchi", "the pickle shelf", "one pan dinner"),
    ("a slow flow", "morning stretches", "breath work", "the headstand practice"),
    ("a two player evening", "an engine builder", "a worker placement classic", "the new rulebook"),
    ("a variable serif", "letterpress proofs", "kerning", "a poster grid"),
    ("a quiet Korean drama", "a restored classic", "the short film night", "a long take"),
    ("a short story collection", "my reading pile", "a slow novel", "the library haul"),
    ("a walnut bench", "hand cut dovetails", "a spoon from cherry", "the workshop shelf"),
    ("a clean kickflip", "the new bowl", "an old board", "the plaza session"),
    ("mending a jacket", "a repair cafe", "a month without plastic", "the tool library"),
    ("our first ten customers", "a pricing page", "the demo day", "a tiny launch"),
    ("our rescue pup", "the muddy walk", "recall training", "a very good nap"),
    ("a night train", "a small harbour town", "the corner bakery abroad", "one bag packing"),
)  # fmt: skip

LINES: dict[str, tuple[str, ...]] = {
    "en": (
        "Today: {thing}. Small joys. {tag}",
        "Still thinking about {thing} {tag} {other}",
        "What is your best tip for {topic}? I am working on {thing}. {tag}",
        "{thing_up}, finally the way I wanted it {tag}",
        "Slow progress is progress: {thing} {tag}",
        "Anyone else into {topic} around here? {tag} {other}",
        "Learned something new about {topic} from a stranger today. {tag}",
        "Week {n} of {topic}. {thing_up} went better than last time. {tag}",
        "Notes from {thing}: patience beats gear. {tag}",
        "{thing_up} and good company {other} {tag}",
    ),
    "de": (
        "Heute: {thing}. Mehr braucht es nicht. {tag}",
        "Woche {n} mit {topic}, und es wird besser {tag}",
        "Wer macht hier auch {topic}? Freue mich auf Tipps {tag} {other}",
        "Endlich so, wie ich es wollte: {thing} {tag}",
    ),
    "es": (
        "Hoy toca {thing}. Pequeños placeres {tag}",
        "Semana {n} de {topic} y sigo aprendiendo {tag}",
        "¿Alguien más con {topic} por aquí? {tag} {other}",
        "Por fin como yo quería: {thing} {tag}",
    ),
}

ANSWERS: tuple[str, ...] = (
    "Love this, thank you for sharing!",
    "Oh nice, how long did that take you?",
    "This made my day.",
    "Same here! Saving this for later.",
    "Great tip, I will try it this weekend.",
    "So good. Where can I find more about it?",
    "Thank you! That means a lot.",
    "Agreed, and it gets easier with time.",
)
MENTIONS: tuple[str, ...] = (
    "Just discovered @{handle}, worth a look if you like {topic}. {tag}",
    "Thanks @{handle} for the push to get back to {topic} {tag}",
    "@{handle} do you have a favourite place to start with {topic}?",
    "Trying an idea from @{handle} this week {tag}",
)
BRAND_BIOS: tuple[str, ...] = (
    "{topic_up} goods, made in small batches.",
    "Everything for {topic}. Shop opens daily.",
    "The {topic} shop around the corner.",
)
BOT_BIOS: tuple[str, ...] = (
    "DM for promo. Grow fast. {topic}",
    "Best deals every hour, follow for follow",
    "10k in a week, ask me how",
)
BIOS: tuple[str, ...] = (
    "{one} and {two}. {place}.",
    "Mostly {one}, some {two}.",
    "{one_up} person in {place}. Opinions are my own.",
    "Here for {one}, {two} and quiet mornings.",
    "Learning {one} one mistake at a time.",
    "{place}. {one} / {two}",
)
FIRST_NAMES: tuple[str, ...] = (
    "Mara", "Jonas", "Aiko", "Leon", "Priya", "Tomas", "Elif", "Noah", "Sofia", "Kofi", "Ingrid",
    "Mateo", "Lucia", "Hana", "Ravi", "Clara", "Emil", "Zara", "Oskar", "Nina", "Diego", "Yara",
    "Felix", "Amina", "Hugo", "Lena", "Ivan", "Maya", "Samir", "Greta", "Paulo", "Freya", "Omar",
    "Alma", "Theo", "Rosa", "Kenji", "Vera", "Luca", "Ada",
)  # fmt: skip
LAST_NAMES: tuple[str, ...] = (
    "Berger", "Okafor", "Lindqvist", "Moreno", "Tanaka", "Novak", "Costa", "Fischer", "Haddad",
    "Jensen", "Kaya", "Laurent", "Mehta", "Nilsen", "Orlov", "Park", "Quint", "Rossi", "Silva",
    "Tran", "Ueda", "Vega", "Weiss", "Ximenes", "Yilmaz", "Zeller", "Abbott", "Brandt", "Cho",
    "Duarte",
)  # fmt: skip
PLACES: tuple[tuple[str, str, str], ...] = (
    ("Berlin", "Europe/Berlin", "de"), ("Hamburg", "Europe/Berlin", "de"),
    ("Vienna", "Europe/Vienna", "de"), ("London", "Europe/London", "en"),
    ("Dublin", "Europe/Dublin", "en"), ("Madrid", "Europe/Madrid", "es"),
    ("Lisbon", "Europe/Lisbon", "en"), ("New York", "America/New_York", "en"),
    ("Portland", "America/Los_Angeles", "en"), ("Austin", "America/Chicago", "en"),
    ("Mexico City", "America/Mexico_City", "es"), ("Toronto", "America/Toronto", "en"),
    ("Melbourne", "Australia/Melbourne", "en"), ("Singapore", "Asia/Singapore", "en"),
    ("Tokyo", "Asia/Tokyo", "en"), ("Cape Town", "Africa/Johannesburg", "en"),
)  # fmt: skip


def mask_of(names: list[str]) -> int:
    """The interests named in `names` as bits; unknown names are left out."""
    wanted = {name.strip().lower().replace(" ", "").lstrip("#") for name in names}
    return sum(1 << index for index, tag in enumerate(TAGS) if tag in wanted)


def mask_in(text: str) -> int:
    """The interests that `text` speaks of, as bits."""
    plain = text.lower().replace("#", " ")
    joined = plain.replace(" ", "")
    return sum(
        1 << index
        for index, name in enumerate(INTERESTS)
        if name in plain or (" " in name and TAGS[index] in joined)
    )


def names_of(mask: int) -> list[str]:
    """The interests behind the bits."""
    return [name for index, name in enumerate(INTERESTS) if mask >> index & 1]
