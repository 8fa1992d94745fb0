"""TikTok: Login Kit, Display and Content Posting APIs, and the API for Business."""
