"""What the server tells about itself: log lines, numbers and traces, never words or secrets."""
