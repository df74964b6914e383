"""Answers sent compressed to who can read them: a page of results is a fifth as long. Streamed files are sent as they are made."""

from __future__ import annotations

import gzip

from flask import Response, request

LEVEL = 4  # higher ones take twice the time for a few percent
LEAST = 1_000  # bytes: shorter answers gain nothing
WORTH_IT = ("text/", "application/json", "application/xml", "image/svg+xml")


def compress(response: Response) -> Response:
    """The answer, compressed where that is asked for and worth it."""
    made_as_sent = response.is_streamed and not response.direct_passthrough
    if response.cache_control.no_store:  # a page with a secret in it: how well it compresses would give the secret away
        return response
    if response.status_code != 200 or made_as_sent or not (response.mimetype or "").startswith(WORTH_IT):
        return response
    response.vary.add("Accept-Encoding")
    if not request.accept_encodings.quality("gzip") or request.method == "HEAD":
        return response
    response.direct_passthrough = False
    if len(response.get_data()) >= LEAST:
        response.set_data(gzip.compress(response.get_data(), LEVEL, mtime=0))
        response.headers["Content-Encoding"] = "gzip"
    return response
