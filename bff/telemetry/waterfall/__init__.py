"""Where the time of one request went: drawn from its timeline, whoever wants to see it."""
