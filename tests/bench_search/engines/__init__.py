"""The engines of the bench, each in the best form known to us in a file of its own: corrections are welcome.

An engine is a class with `name`, `build(folder, documents)`, `open(folder)` and `search(asked) -> Answer`. A search ranks the
entries by their words, fetches the records of the first 20 with their words marked, and counts every facet without its own
filter. Whoosh and the contentless FTS5 table do not mark, which is to their advantage.
"""
