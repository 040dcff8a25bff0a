"""Reading: charts, sections and the one-page report; never loads an engine."""
