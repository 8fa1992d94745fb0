"""TikTok: Login Kit, Display and Content Posting APIs, and API for Business for comments."""
