"""Run folders, their tables, and comparison; never loads an engine."""
