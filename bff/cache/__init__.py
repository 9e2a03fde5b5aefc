"""What is kept of upstreams' answers, and reading through it."""
