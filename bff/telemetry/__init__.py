"""Who listens to events. Nothing calls a listener by name."""
