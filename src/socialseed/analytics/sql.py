"""Small pieces of SQL that several questions share. Fixed text only; values are bound."""

# Without the cast PostgreSQL takes "date - :days" for the difference of two dates.
DAYS = "CAST(:days AS int)"


def utc(column: str) -> str:
    """`column` as the one form in which an instant leaves the server: UTC, milliseconds, Z."""
    return f"to_char({column} AT TIME ZONE 'UTC', 'YYYY-MM-DD\"T\"HH24:MI:SS.MS\"Z\"')"


EVENT_JSON = f"""json_build_object(
    'seq', e.seq, 'at', {utc("e.at")}, 'type', e.type,
    'actor', json_build_object('kind', e.actor_kind, 'id', e.actor_id, 'name', e.actor_name),
    'account_id', e.account_id, 'action_id', e.action_id,
    'sentence', e.sentence, 'data', e.data)"""
