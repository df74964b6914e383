"""Fetches and understands one source at a time. Nothing here is imported by search or webapp."""
