"""How a platform judges behaviour: a score from what was seen, and a ladder of consequences.

Pure: no HTTP, no database, no clock. Whoever uses it feeds observations in the order of their time.
"""
