"""A request's waterfall as pictures and in words."""
