"""What came of it. Reads only."""
