"""Heat that is not wasted: what can be recovered, lifted, matched to demand, and what it is worth."""
