"""Measurements: how well messages are understood, and what a turn costs beside stock Rasa. See README.md in this folder."""
