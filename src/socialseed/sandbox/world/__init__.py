"""The seeded world: people, what they post, and how they answer what an account does."""
