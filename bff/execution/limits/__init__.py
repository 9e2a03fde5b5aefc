"""How much a document asks for, counted as it would run, fragments expanded, in time linear in its text.

What one definition says by itself is read once (`part`); what it comes to with the fragments it spreads is added up
once for each of them, whoever spreads them (`total`). So a fan of fragments, which expands to more fields than there
are atoms, is counted as fast as a plain list (trap 13).
"""
