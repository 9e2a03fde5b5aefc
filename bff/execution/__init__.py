"""Documents: parsed, validated and limited once for their text."""
