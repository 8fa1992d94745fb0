"""A person's rights over their data: export and deletion."""
