"""Documents that are asked for by a name: registered beforehand, or by clients as they go."""
