"""What two or more sources share: bases for spiders of one platform or kind of list, and helpers for facts, fields and labels."""

from crawler.platforms.facts import DOCUMENTED, EU, INFERRED, NATIONAL, RECORDED, REGIONAL, calls_of
from crawler.platforms.fields import budget, budget_in, call, conditions, texts, window
from crawler.platforms.list_and_page import ListAndPage, files, words
from crawler.platforms.mapped import put, put_all, put_labels, table
from crawler.platforms.paged import Page, Paged
from crawler.platforms.places import put_places

__all__ = [
    "DOCUMENTED", "EU", "INFERRED", "NATIONAL", "RECORDED", "REGIONAL", "ListAndPage", "Page", "Paged", "budget", "budget_in", "call", "calls_of",
    "conditions", "files", "put", "put_all", "put_labels", "put_places", "table", "texts", "window", "words",
]  # fmt: skip
