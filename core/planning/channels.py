"""The field's names for channels in English and German, and which names mean the same."""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Sequence
from functools import lru_cache

CHANNELS: dict[str, tuple[str, ...]] = {
    "Search": ("search", "paid search", "sea", "sem", "google ads", "adwords", "google search", "brand search", "suche", "suchmaschine",
               "suchmaschinenwerbung", "bing", "google", "ppc", "search ads", "suchanzeigen"),
    "Shopping": ("shopping", "google shopping", "pla", "product listing ads"),
    "Social": ("social", "paid social", "social media", "soziale medien", "soziale netzwerke", "social ads"),
    "Meta": ("meta", "facebook", "fb", "instagram", "insta", "meta ads", "facebook ads"),
    "TikTok": ("tiktok", "tik tok", "tt"),
    "LinkedIn": ("linkedin", "linked in"),
    "Pinterest": ("pinterest",),
    "Snapchat": ("snapchat", "snap"),
    "X": ("twitter",),
    "YouTube": ("youtube", "yt", "you tube"),
    "Video": ("video", "online video", "olv", "online-video", "bewegtbild", "videos"),
    "Display": ("display", "banner", "gdn", "bannerwerbung", "display ads", "displaywerbung"),
    "Programmatic": ("programmatic", "dv360", "rtb", "programmatisch", "dsp"),
    "TV": ("tv", "television", "fernsehen", "fernsehwerbung", "linear tv", "telly"),
    "CTV": ("ctv", "connected tv", "ott", "streaming tv", "addressable tv"),
    "Radio": ("radio", "hörfunk", "funk"),
    "Audio": ("audio", "podcast", "podcasts", "spotify", "streaming audio"),
    "OOH": ("ooh", "out of home", "out-of-home", "outdoor", "billboards", "billboard",
            "plakat", "plakate", "außenwerbung", "aussenwerbung"),
    "DOOH": ("dooh", "digital out of home"),
    "Print": ("print", "newspaper", "newspapers", "magazine", "magazines",
              "zeitung", "zeitungen", "zeitschriften", "anzeigen print", "press"),
    "Email": ("email", "e-mail", "newsletter", "crm", "mailing"),
    "Affiliate": ("affiliate", "affiliates", "partnerprogramm"),
    "Influencer": ("influencer", "influencers", "creator", "creators", "kol"),
    "Cinema": ("cinema", "kino"),
    "Retail media": ("retail media", "amazon", "amazon ads"),
    "Remarketing": ("remarketing", "retargeting"),
    "Performance Max": ("performance max", "pmax", "p-max"),
    "Native": ("native", "taboola", "outbrain", "native ads"),
}  # fmt: skip

CurveKey = tuple[str, str | None]
"""Whose response curve a line item has: a channel, and its market where the data tell markets apart (None: the channel as a whole)."""

_PARENTS = {"Social": ("Meta", "TikTok", "LinkedIn", "Pinterest", "Snapchat", "X"), "Video": ("YouTube",), "Search": ("Shopping",)}


def plain(text: str) -> str:
    """Fold case and accents (ß to ss), so that names compare as people type them."""
    folded = unicodedata.normalize("NFKD", text.casefold())
    return "".join(ch for ch in folded if not unicodedata.combining(ch))


@lru_cache(maxsize=4096)
def canonical_channel(name: str) -> str | None:
    """Give the field's name that a plan's or an export's own name belongs to, None when none fits."""
    folded = re.sub(r"[_/|]+", " ", plain(name))
    hits = [
        (len(word), key)
        for key, words in CHANNELS.items()
        for word in {*words, key.lower()}
        if len(word) > 1 and re.search(rf"(?<!\w){re.escape(plain(word))}s?(?!\w)", folded)
    ]
    return max(hits)[1] if hits else None


def covers(canonical: str, name: str) -> bool:
    """Tell whether a plan's own name is the channel meant, a part of it, or the whole that it is a part of."""
    own = canonical_channel(name)
    return own is not None and (own == canonical or own in _PARENTS.get(canonical, ()) or canonical in _PARENTS.get(own, ()))


def match_name(wanted: str, names: Sequence[str]) -> str | None:
    """Find the name that means the same channel: spelled alike first, else of the same kind; None when none or several fit."""
    alike = [name for name in names if plain(name).strip() == plain(wanted).strip()]
    if alike:
        return alike[0]
    own = canonical_channel(wanted)
    same = [name for name in names if own is not None and canonical_channel(name) == own]
    if not same and own is not None:
        same = [name for name in names if covers(own, name)]
    return same[0] if len(same) == 1 else None
