"""Digital assets on the same power: what networks draw, what miners do, what must be disclosed."""
