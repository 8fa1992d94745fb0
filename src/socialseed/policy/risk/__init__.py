"""Traffic lights: small rules over facts, one verdict with its reasons."""
