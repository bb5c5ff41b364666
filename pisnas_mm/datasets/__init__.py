"""Data: what annotation files say, what is wrong with them, and a data set for first runs."""
