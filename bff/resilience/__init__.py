"""What stands between a page and an upstream's trouble: one policy, one file, its options beside it.

This package knows no HTTP, no cache and no GraphQL. `bff/upstream.py` says in which order the guards stand.
"""
