"""The frozen bundle that runs everything, and the transaction that every service takes."""
