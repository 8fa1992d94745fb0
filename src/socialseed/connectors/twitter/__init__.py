"""X, formerly Twitter: API v2 under OAuth 2.0 with PKCE."""
