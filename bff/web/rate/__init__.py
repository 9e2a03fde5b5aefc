"""How often one may ask: counted in process, and the counts shared in the background."""
