"""The heart: records, vocabularies, store, index and query. Knows neither Scrapy nor Flask."""

__version__ = "0.1.0"
