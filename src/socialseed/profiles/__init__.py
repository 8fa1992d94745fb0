"""Other people's profiles: observed facts and do-not-contact."""
