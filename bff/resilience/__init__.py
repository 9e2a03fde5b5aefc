"""What stands between a page and an upstream's trouble: one guard, one file.

This package knows no HTTP, no cache and no GraphQL.
"""
