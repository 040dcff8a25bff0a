"""The command `gridroom`: a door without logic of its own."""
