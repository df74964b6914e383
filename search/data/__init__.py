"""Derived tables, committed; `python -m search.data.build` makes them again from the public files it names."""
