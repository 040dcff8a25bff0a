"""Outside data in its own formats, read into plain tables; the subjects give them meaning."""
