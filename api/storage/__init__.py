"""Tables, connections, the one write path and the rows read back."""
