"""Ground floor: clock, ids, randomness, errors, settings, database, log, crypto, paging, events."""
