"""Rules of whom to look for, and the candidates that they found."""
