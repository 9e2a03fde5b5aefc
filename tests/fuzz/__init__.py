"""Requests that nobody means well, thrown at the whole app: `python -m tests.fuzz --minutes 10`."""
