"""For the engineer on call: what the workers measure, and where the time of single requests went."""
