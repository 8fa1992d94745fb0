"""Pure rules: phases, risk, pacing, capabilities. From facts to a verdict with reasons."""
