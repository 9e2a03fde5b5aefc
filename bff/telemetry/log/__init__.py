"""The log: lines for people and for machines, written by a thread that nobody waits for."""
