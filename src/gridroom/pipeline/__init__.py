"""Large load to come: sampled load paths."""
