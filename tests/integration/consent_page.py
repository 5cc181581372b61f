"""What a person does on the sandbox's consent page, over HTTP: open it, tick, allow or deny; gives the answer's query."""

from __future__ import annotations

from html.parser import HTMLParser
from urllib.parse import parse_qsl, urljoin, urlsplit

import httpx


class _Form(HTMLParser):
    """The one form of the page: where it goes, and what a person would send by pressing a button right away."""

    def __init__(self) -> None:
        super().__init__()
        self.action = ""
        self.fields: list[tuple[str, str]] = []

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        found = {name: value or "" for name, value in attrs}
        if tag == "form":
            self.action = found["action"]
        if tag == "input" and (found.get("type") == "hidden" or "checked" in found):
            self.fields.append((found["name"], found["value"]))


def decide(url: str, *, decision: str = "allow", account: str | None = None, without: tuple[str, ...] = ()) -> dict[str, str]:
    """Answer the consent page as a person would.

    Args:
        account: the one to choose instead of the first.
        without: scopes to untick, by their ending.
    """
    with httpx.Client() as browser:
        form = _Form()
        form.feed(browser.get(url).raise_for_status().text)
        fields = [(name, value) for name, value in form.fields if not (name == "granted" and value.endswith(without or ("\0",)))]
        if account is not None:
            fields = [(name, account if name == "account" else value) for name, value in fields]
        body = httpx.QueryParams([*fields, ("decision", decision)])
        answer = browser.post(urljoin(url, form.action), content=str(body), headers={"content-type": "application/x-www-form-urlencoded"})
    assert answer.status_code in (302, 303), answer.text
    return dict(parse_qsl(urlsplit(answer.headers["location"]).query))
