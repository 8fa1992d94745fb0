"""Platform x action x tier: api, human or forbidden, with source and date."""
