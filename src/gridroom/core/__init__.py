"""Words that every room uses: errors, estimates, claim classes, days, draws and progress."""
