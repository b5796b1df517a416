"""Bytes in: where transcripts are, reading them, watching them. Knows no store, engine or screen."""
