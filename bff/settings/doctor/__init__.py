"""What is doubtful in the settings: each is possible alone, and together they do not do what one would expect.

Nothing here keeps a page from being served. What does is in `problems_for_serving`.
"""

from bff.settings import Settings
from bff.settings.doctor import cache, edge, guards, inspection, page
from bff.settings.doctor.named import Named

__all__ = ["doubts"]


def doubts(settings: Settings) -> list[str]:
    """A sentence for each, with the names of the settings and what to do."""
    found = [*page.doubts(settings), *cache.doubts(settings), *inspection.doubts(settings), *edge.doubts(settings)]
    for name, source in settings.sources.items():
        own = Named(settings, name, source.policy)
        for rule in (*guards.RULES, *cache.RULES, *edge.RULES):
            found += rule(own)
    return found
