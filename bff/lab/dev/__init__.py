"""`bff dev`: one supervisor that owns every process, and what other terminals ask of it."""
