"""SocialSeed: grows social accounts safely."""
