"""Spans, made of timelines after the fact. Only `optional` may be imported where OpenTelemetry may be absent."""
