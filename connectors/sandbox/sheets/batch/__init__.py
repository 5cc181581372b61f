"""spreadsheets.batchUpdate: one module a subject, each with its kinds of request; all of them or none are applied."""

from __future__ import annotations

from connectors.sandbox.sheets.batch import contents, marks, structure
from connectors.sandbox.sheets.editing import Editor
from connectors.sandbox.wire import ApiError, Json, invalid

KINDS = {**structure.KINDS, **contents.KINDS, **marks.KINDS}


def apply_requests(editor: Editor, requests: list[Json]) -> list[Json]:
    """Apply the requests in order and give their replies.

    Raises:
        ApiError: 400 naming the request; the caller restores the document.
    """
    if not requests:
        raise invalid("Must specify at least one request.")
    replies = []
    for position, request in enumerate(requests):
        kind = next(iter(request), "")
        if kind not in KINDS:
            raise invalid(f"Invalid requests[{position}]: {kind or 'no request kind'} is not played by the sandbox.")
        try:
            replies.append(KINDS[kind](editor, request[kind]))
        except ApiError as error:
            raise invalid(f"Invalid requests[{position}].{kind}: {error.message}") from error
        except (KeyError, TypeError, StopIteration) as error:
            raise invalid(f"Invalid requests[{position}].{kind}: {error}") from error
    return replies
