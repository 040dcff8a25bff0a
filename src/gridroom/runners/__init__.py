"""Where chunks of work run: local threads, results in chunk order."""
