"""What makes room: site design, expansion, lead times, air permits, emissions, hourly matching, finance."""
