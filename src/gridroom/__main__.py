"""`python -m gridroom`."""

from gridroom.cli.app import main

main()
