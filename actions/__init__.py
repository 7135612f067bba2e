"""Custom actions (rasa-sdk): slots in, one call to a port, a named answer out. No HTTP and no sentences here."""
