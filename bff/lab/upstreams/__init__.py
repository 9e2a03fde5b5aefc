"""The simulated upstreams: real HTTP servers with faults that can be switched while they run.

Imports here are relative, so that each server's process can run this as a package of its own, `python -m upstreams`:
loading all of bff for it would cost half a second of CPU five times over.
"""
