"""A channel of the tests' own, and conversations that run through every channel."""
