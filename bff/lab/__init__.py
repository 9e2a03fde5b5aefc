"""Simulated upstreams: real HTTP servers with plausible data, known latencies and faults on demand."""
