"""Composition: from a study file to arrays, a run, and its answers."""
