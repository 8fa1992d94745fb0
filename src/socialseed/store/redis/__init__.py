"""The forgetful ports on Redis. When it fails, requests pass and readers poll."""
