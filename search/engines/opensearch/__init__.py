"""OpenSearch as the engine: each generation is an index of its own, an alias names the one in use.

Texts are analysed here, as for the embedded index, and go out as ready tokens, each with how strongly it counts: no language
plug-in is needed, and the scores are those of the embedded index, to a few millionths, however many shards there are.
"""
