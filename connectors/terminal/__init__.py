"""The chat in a terminal, `balie chat`: a user of the API like any other app, by the reference client of connectors/app."""
