"""Loads as arrays of MW out: AI compute (training, inference), a campus by the hour, and how far a load can give way."""
