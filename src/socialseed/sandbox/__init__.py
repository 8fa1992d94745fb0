"""The platform sandbox: a local server that speaks X's, Instagram's and TikTok's documented HTTP
over a seeded world of people who react. Its own process; it knows nothing of the product but core.
"""
