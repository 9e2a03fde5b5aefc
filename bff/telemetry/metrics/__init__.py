"""Metrics for Prometheus: counted by a listener in each worker, merged and written out by the admin listener."""
