"""What every request passes: limits, headers, errors, static files, the log, health."""
