"""Wake-ups and background jobs behind one port."""
