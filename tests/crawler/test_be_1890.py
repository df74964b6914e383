"""The Walloon directory: a list that does not add up is no list, and texts are found wherever their blocks stand."""

from __future__ import annotations

import asyncio
import json

import pytest
from scrapy.http import Request, TextResponse

from crawler.source import SourceError
from crawler.spiders.be_1890 import API, Be1890Spider, texts_in


def read(payload, page: int = 1):
    spider = Be1890Spider()
    request = Request(f"{API}?page={page}")
    response = TextResponse(request.url, body=json.dumps(payload).encode(), request=request)

    async def collect():
        return [found async for found in spider.parse(response, page, 0)]

    return asyncio.run(collect())


def listed(**more):
    return {"content": [{"title": "A", "link": {"url": "/solution/a-b/"}}], "pages": 2, "current_page": 1, "is_last_page": False} | more


def test_a_page_leads_to_its_solutions_and_the_next_page():
    assert [request.url for request in read(listed())] == [
        "https://api.1890.be/api/v1/solution/a-b",
        "https://api.1890.be/api/v1/solution?page=2",
    ]


@pytest.mark.parametrize(
    ("odd", "reason"),
    [
        (listed(is_last_page=True), "ends on page 1 of 2"),
        (listed(current_page=2), "page 1 of the list was asked for, 2 came"),
        ({"content": []}, "another shape: no current_page, is_last_page, pages"),
        (listed(content=[{"title": "A"}]), "a solution has another shape"),
    ],
)
def test_a_list_that_does_not_add_up_is_refused(odd, reason):
    with pytest.raises(SourceError) as refused:
        read(odd)
    assert reason in refused.value.reason


def test_texts_are_found_at_any_depth():
    tree = {"intro": "one", "blocks": [{"rows": [{"wysiwyg": "two"}]}, {"text": "three", "image": {"url": "x"}}]}
    assert list(texts_in(tree)) == ["one", "two", "three"]
    deep: object = {"text": "far down"}
    for _ in range(40):
        deep = [deep]
    assert list(texts_in(deep)) == []
