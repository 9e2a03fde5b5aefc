"""When what happened for one page and for one call: marks set in passing, read by whoever wants to know.

Times are seconds of `clock.now`.
"""
