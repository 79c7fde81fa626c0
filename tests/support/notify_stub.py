#!/usr/bin/env python3
"""Stands in for notification services, and is stricter than they are.

    tests/support/notify_stub.py --log requests.jsonl

Prints `PORT n`, and listens there on 127.0.0.1 until it is killed. Each service has its own prefix, with the path
of the real one behind it: /telegram/bot<token>/sendMessage. A request is judged by the public documentation of the
service, and answered as the service does. Each is a line of the log: service, ok, error, method, path, headers,
body, status. `ok` is also false where the real service would say yes but drop, cut or misread something.

/slow/<service>/ answers after 20 s; /redirect/<service>/ leads to /<service>/ by 307; /limit/<service>/ says 429 to
the first two requests, then answers; /down/, /gone/ and /deny/<service>/ say 503, 410 and 403. These are judged, too.

Ids that are known to be wrong: of webhooks (Discord, Slack, Mattermost) those with `unknown` in them; the topic
`private` of ntfy without a token; keys of Apprise that begin with `unknown` or `failing`.
"""

from __future__ import annotations

import argparse
import base64
import binascii
import hashlib
import hmac
import json
import re
import threading
import time
import uuid
from datetime import datetime
from html.parser import HTMLParser
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from urllib.parse import parse_qsl, unquote

SLOW_S = 20
JSON = "application/json"
FORM = "application/x-www-form-urlencoded"


class Refused(Exception):
    """The service says no: a status, and a body in its own words."""

    def __init__(self, status: int, body: object, reason: str | None = None):
        super().__init__(reason or json.dumps(body))
        self.status, self.body = status, body


class Request:
    """A request to one service. `path` is what follows the prefix, without a slash at its beginning."""

    def __init__(self, service: str, method: str, target: str, headers: dict[str, str], body: bytes):
        self.service, self.method, self.headers, self.body = service, method, headers, body
        self.path, _, query = target.partition("?")
        self.query = dict(parse_qsl(query, keep_blank_values=True))
        self.complaints: list[str] = []

    def complain(self, reason: str) -> None:
        """Something that the real service accepts, but not as it was meant."""
        self.complaints.append(reason)

    def kind(self) -> str:
        return self.headers.get("content-type", "").split(";")[0].strip().lower()

    def bearer(self) -> str | None:
        scheme, _, token = self.headers.get("authorization", "").partition(" ")
        return token if scheme.lower() == "bearer" and token else None

    def json(self, error: Refused) -> object:
        """The body as JSON; keys that occur twice and numbers such as NaN are refused."""
        try:
            return json.loads(self.body.decode(), object_pairs_hook=unique, parse_constant=no_constant)
        except ValueError as mistake:
            raise Refused(error.status, error.body, f"the body is no JSON: {mistake}") from None

    def known(self, value: dict, names: str, where: str = "the body") -> None:
        for name in value.keys() - set(names.split()):
            self.complain(f"{where} has an unknown field: {name}")


def unique(pairs: list[tuple[str, object]]) -> dict:
    found = dict(pairs)
    if len(found) < len(pairs):
        raise ValueError("a key occurs twice")
    return found


def no_constant(name: str) -> None:
    raise ValueError(f"{name} is no JSON")


def is_text(value: object, most: int | None = None) -> bool:
    return isinstance(value, str) and bool(value.strip()) and (most is None or len(value) <= most)


def is_url(value: object) -> bool:
    return isinstance(value, str) and bool(re.fullmatch(r"https?://[^\s/?#]+\S*", value))


def is_int(value: object) -> bool:
    return isinstance(value, int) and not isinstance(value, bool)


def is_time(value: object) -> bool:
    try:
        return datetime.fromisoformat(str(value)).tzinfo is not None and "T" in str(value)
    except ValueError:
        return False


def has(value: dict, name: str, test: object) -> bool:
    """Whether the field is of this type or passes this test, or is not there."""
    if value.get(name) is None:
        return True
    is_type = isinstance(test, (type, tuple))
    return isinstance(value[name], test) if is_type else bool(test(value[name]))


def utf16(text: str) -> int:
    return len(text.encode("utf-16-le")) // 2


class Tags(HTMLParser):
    """The tags of a text of HTML, and whether they are closed in their order."""

    def __init__(self, text: str):
        super().__init__(convert_charrefs=True)
        self.names, self.text, self.open, self.mistake = set(), "", [], None
        self.links: list[str] = []
        self.feed(text)
        self.close()
        if self.open and not self.mistake:
            self.mistake = f'Can\'t find end tag corresponding to start tag "{self.open[-1]}"'

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.names.add(tag)
        self.links += [value or "" for name, value in attrs if name == "href"]
        if tag not in ("br", "hr", "img"):
            self.open.append(tag)

    def handle_endtag(self, tag: str) -> None:
        if tag not in ("br", "hr", "img") and (not self.open or self.open.pop() != tag):
            self.mistake = self.mistake or f'Unexpected end tag "{tag}"'

    def handle_data(self, data: str) -> None:
        self.text += data


# Each service: a function of the request. It returns a status and a body, or raises Refused.


def ntfy(r: Request) -> tuple[int, object]:
    """ntfy's documentation, "Publish as JSON", "Limitations" and "Authentication"."""

    def no(code: int, error: str) -> Refused:
        return Refused(code // 100, {"code": code, "http": code // 100, "error": error})

    if r.path or r.method not in ("POST", "PUT"):
        raise no(40401, "page not found")
    if len(r.body) > 2 * 4096:
        raise no(41303, "JSON body too large")
    invalid = no(40017, "invalid request: request body must be message JSON")
    m = r.json(invalid)
    types = {"topic": str, "title": str, "message": str, "priority": is_int, "tags": list, "click": str}
    types |= {"attach": str, "icon": str, "filename": str, "delay": str, "email": str, "call": str}
    types |= {"markdown": bool, "actions": list, "sequence_id": str, "cache": str, "firebase": str}
    if not isinstance(m, dict) or not all(has(m, name, test) for name, test in types.items()):
        raise invalid
    if not all(isinstance(tag, str) for tag in m.get("tags") or []):
        raise invalid
    r.known(m, " ".join(types))
    if not re.fullmatch(r"[-_A-Za-z0-9]{1,64}", m.get("topic", "")):
        raise no(40009, "invalid request: topic invalid")
    if not 0 <= m.get("priority", 0) <= 5:
        raise no(40007, "invalid priority parameter")
    if "attach" in m and not is_url(m["attach"]):
        raise no(40013, "invalid request: attachment URL is invalid")
    if "icon" in m and not is_url(m["icon"]):
        raise no(40021, "invalid request: icon URL is invalid")
    if len(m.get("actions", [])) > 3:
        raise no(40018, "invalid request: actions invalid")
    given = r.headers.get("authorization")
    if given and not re.fullmatch(r"Bearer tk_\w+|Basic [A-Za-z0-9+/]+=*", given):
        raise no(40101, "unauthorized")
    if m["topic"] == "private" and not given:
        raise no(40301, "forbidden")
    if len(m.get("message", "").encode()) > 4096:
        r.complain("the message is longer than 4096 bytes: it becomes an attached file")
    if "\n" in m.get("title", ""):
        r.complain("the title has more than one line")
    if any(re.search(r"[\s,]", tag) for tag in m.get("tags", [])):
        r.complain("a tag has a space or a comma in it")
    if "click" in m and not re.match(r"[a-z][a-z0-9+.-]*:", m["click"]):
        r.complain("click is no address")
    shown = {name: m[name] for name in ("topic", "title", "message", "priority", "tags", "click") if name in m}
    event = {"id": uuid.uuid4().hex[:12], "time": int(time.time()), "expires": int(time.time()) + 43200}
    return 200, {**event, "event": "message", "message": "triggered", **shown}


def gotify(r: Request) -> tuple[int, object]:
    """Gotify's documentation, "Push messages", "Message extras", and its Swagger file."""

    def no(status: int, name: str, text: str) -> Refused:
        return Refused(status, {"error": name, "errorCode": status, "errorDescription": text})

    if r.path != "message" or r.method != "POST":
        raise no(404, "Not Found", "page not found")
    if not (r.headers.get("x-gotify-key") or r.bearer() or r.query.get("token")):
        needs = "you need to provide a valid access token or user credentials to access this api"
        raise no(401, "Unauthorized", needs)
    if r.kind() != JSON:
        m = dict(parse_qsl(r.body.decode("utf-8", "replace")))
        if not r.kind() == FORM:
            r.complain(f"the content type is {r.kind() or 'missing'}")
    else:
        m = r.json(no(400, "Bad Request", "invalid character in the JSON"))
        types = {"message": str, "title": str, "priority": is_int, "extras": dict}
        for name, test in types.items():
            if not isinstance(m, dict) or not has(m, name, test):
                text = f"json: cannot unmarshal into Go struct field MessageExternal.{name}"
                raise no(400, "Bad Request", text)
        r.known(m, " ".join(types))
        for key in m.get("extras") or {}:
            if not re.fullmatch(r"[\w-]+(::[\w-]+)+", key):
                r.complain(f"the extra {key} is not named namespace::action")
    if not m.get("message"):
        raise no(400, "Bad Request", "Field 'message' is required")
    if not 0 <= int(m.get("priority") or 0) <= 10:
        r.complain("priorities are 0 to 10")
    return 200, {"id": 25, "appid": 5, "date": "2026-01-01T00:00:00Z", "priority": 0, "title": "", **m}


RICH = {
    "text": "type text style", "link": "type url text style unsafe", "emoji": "type name unicode style",
    "user": "type user_id style", "usergroup": "type usergroup_id style", "channel": "type channel_id style",
    "broadcast": "type range style", "date": "type timestamp format url fallback", "color": "type value",
}  # fmt: skip


def slack(r: Request) -> tuple[int, object]:
    """Slack's documentation, "Sending messages using incoming webhooks", "Reference: blocks", "Rich text block"."""
    if r.method != "POST":
        raise Refused(405, "method_not_allowed")
    if not re.fullmatch(r"services/T\w+/B\w+/\w+|triggers/T\w+/\w+/\w+", r.path) or "unknown" in r.path:
        raise Refused(404, "no_service")
    body = r.json(Refused(400, "invalid_payload")) if r.kind() == JSON else None
    if r.kind() == FORM:
        form = dict(parse_qsl(r.body.decode("utf-8", "replace")))
        body = Request(r.service, "", "", {}, form.get("payload", "").encode()).json(Refused(400, "invalid_payload"))
    if not isinstance(body, dict):
        raise Refused(400, "invalid_payload")
    if not any(body.get(name) for name in ("text", "blocks", "attachments")):
        raise Refused(400, "no_text")
    r.known(body, "text blocks attachments thread_ts mrkdwn unfurl_links unfurl_media response_type metadata")
    if not has(body, "text", str) or not has(body, "attachments", list) or not has(body, "blocks", list):
        raise Refused(400, "invalid_payload")
    if len(body.get("text") or "") > 40_000:
        r.complain("the text is longer than 40,000 characters: it is cut")
    if body.get("blocks") and not body.get("text"):
        r.complain("blocks without a text: notifications show nothing")
    if re.search(r"&(?!(amp|lt|gt);)", body.get("text") or ""):
        r.complain("the text has an & that is not escaped")
    if len(body.get("blocks") or []) > 50:
        raise Refused(400, "invalid_blocks", "more than 50 blocks")
    for block in body.get("blocks") or []:
        slack_block(r, block)
    if len(body.get("attachments") or []) > 100:
        raise Refused(400, "too_many_attachments")
    for attachment in body.get("attachments") or []:
        r.known(attachment, "fallback color pretext author_name author_link author_icon title title_link text fields "
                "image_url thumb_url footer footer_icon ts mrkdwn_in blocks actions callback_id", "an attachment")
        if not attachment.keys() & {"text", "fallback", "blocks", "image_url"}:
            raise Refused(400, "missing_text_or_fallback_or_attachments")
        for block in attachment.get("blocks") or []:
            slack_block(r, block)
    return 200, "ok"


def slack_block(r: Request, block: object) -> None:
    def need(fine: bool, reason: str) -> None:
        if not fine:
            raise Refused(400, "invalid_blocks", reason)

    def text(of: object, most: int, kinds: str = "plain_text mrkdwn") -> None:
        need(isinstance(of, dict) and of.get("type") in kinds.split(), f"no text of {kinds}: {of}")
        need(isinstance(of.get("text"), str) and 0 < len(of["text"]) <= most, f"a text is not 1 to {most} long")
        need(not of.keys() - {"type", "text", "emoji", "verbatim"}, f"unknown fields in {of}")

    need(isinstance(block, dict), "a block is no object")
    kind = block.get("type")
    need(has(block, "block_id", lambda v: is_text(v, 255)), "block_id is too long")
    if kind == "header":
        text(block.get("text"), 150, "plain_text")
    elif kind == "section":
        need("text" in block or bool(block.get("fields")), "a section has neither text nor fields")
        need(len(block.get("fields", [])) <= 10, "more than 10 fields")
        if "text" in block:
            text(block["text"], 3000)
        for field in block.get("fields", []):
            text(field, 2000)
    elif kind == "context":
        need(1 <= len(block.get("elements", [])) <= 10, "not 1 to 10 elements")
        for element in block["elements"]:
            if element.get("type") != "image":
                text(element, 3000)
    elif kind == "image":
        need(is_url(block.get("image_url")) and len(block["image_url"]) <= 3000, "an image has no address")
        need(is_text(block.get("alt_text"), 2000), "an image has no alt_text")
    elif kind == "actions":
        need(1 <= len(block.get("elements", [])) <= 25, "not 1 to 25 elements")
        for element in block["elements"]:
            text(element.get("text"), 75, "plain_text")
            need(has(element, "url", lambda v: is_url(v) and len(v) <= 3000), "a button's address is bad")
    elif kind == "rich_text":
        need(bool(block.get("elements")), "a rich text without elements")
        for element in block["elements"]:
            slack_rich(need, element)
    else:
        need(kind == "divider", f"an unknown block: {kind}")


def slack_rich(need: object, element: dict) -> None:
    kind, parts = element.get("type"), element.get("elements")
    need(isinstance(parts, list) and bool(parts), f"{kind} without elements")
    if kind == "rich_text_list":
        need(element.get("style") in ("bullet", "ordered"), "a list is neither bullet nor ordered")
        need(not element.keys() - {"type", "style", "elements", "indent", "offset", "border"}, "unknown fields")
        for part in parts:
            need(part.get("type") == "rich_text_section", "a list has other elements than sections")
            slack_rich(need, part)
        return
    need(kind in ("rich_text_section", "rich_text_preformatted", "rich_text_quote"), f"unknown: {kind}")
    for part in parts:
        need(part.get("type") in RICH, f"an unknown element: {part}")
        need(not part.keys() - set(RICH[part["type"]].split()), f"unknown fields in {part}")
        if part["type"] == "text" or "text" in part:
            need(isinstance(part.get("text"), str) and part["text"] != "", "an empty text")
        if part["type"] == "link":
            need(is_text(part.get("url"), 3000), "a link without address")
        style = part.get("style", {})
        need(isinstance(style, dict) and not style.keys() - {"bold", "italic", "strike", "code"}, "a bad style")


def discord(r: Request) -> tuple[int, object]:
    """Discord's documentation, "Execute Webhook", "Embed Limits", "Allowed Mentions Object"."""
    found = re.fullmatch(r"(?:api/(?:v\d+/)?)?webhooks/(\w+)/([\w-]+)", r.path)
    if not found or "unknown" in r.path:
        raise Refused(404, {"message": "Unknown Webhook", "code": 10015})
    if r.method != "POST":
        raise Refused(405, {"message": "405: Method Not Allowed", "code": 0})
    m = r.json(Refused(400, {"message": "The request body contains invalid JSON.", "code": 50109}))
    if r.kind() != JSON or not isinstance(m, dict):
        text = 'Expected "Content-Type" header to be one of {\'application/json\'}.'
        raise Refused(400, {"message": text, "code": 50035})
    wrong: list[str] = []

    def most(where: str, value: object, length: int) -> None:
        if value is not None and not (isinstance(value, str) and len(value) <= length):
            wrong.append(f"{where}: Must be {length} or fewer in length.")

    r.known(m, "content username avatar_url tts embeds allowed_mentions components attachments flags thread_name "
            "applied_tags poll")
    most("content", m.get("content"), 2000)
    name = m.get("username", "feedbridge")
    if not is_text(name, 80) or re.search("clyde|discord", name, re.I):
        wrong.append('username: Must be 1 to 80 in length, without "clyde" and "discord".')
    total = 0
    for at, embed in enumerate(m.get("embeds") or []):
        total += discord_embed(r, f"embeds.{at}", embed, wrong, most)
    if len(m.get("embeds") or []) > 10:
        wrong.append("embeds: Must be 10 or fewer in length.")
    if total > 6000:
        wrong.append("embeds: Embed size exceeds maximum size of 6000")
    mentions = m.get("allowed_mentions", {})
    if not isinstance(mentions, dict) or set(mentions.get("parse", [])) - {"roles", "users", "everyone"}:
        wrong.append("allowed_mentions: bad value")
    if not has(m, "flags", is_int) or not has(m, "avatar_url", is_url) or not has(m, "tts", bool):
        wrong.append("flags, avatar_url or tts: bad value")
    elif m.get("flags", 0) & ~(4 | 4096 | 32768):
        wrong.append("flags: only SUPPRESS_EMBEDS, SUPPRESS_NOTIFICATIONS and IS_COMPONENTS_V2 can be set")
    if wrong:
        raise Refused(400, {"message": "Invalid Form Body", "code": 50035, "errors": {"_errors": wrong}})
    if not m.get("content") and not m.get("embeds"):
        raise Refused(400, {"message": "Cannot send an empty message", "code": 50006})
    if r.query.get("wait") == "true":
        return 200, {"id": "1", "type": 0, "content": m.get("content", "")}
    return 204, ""


def discord_embed(r: Request, where: str, embed: dict, wrong: list[str], most: object) -> int:
    if not isinstance(embed, dict):
        wrong.append(f"{where}: Only dictionaries may be used in a DictType")
        return 0
    r.known(embed, "title type description url timestamp color footer image thumbnail author fields", where)
    author, footer, fields = embed.get("author", {}), embed.get("footer", {}), embed.get("fields", [])
    sized = [("title", embed.get("title"), 256), ("description", embed.get("description"), 4096)]
    sized += [("author.name", author.get("name"), 256), ("footer.text", footer.get("text"), 2048)]
    for at, field in enumerate(fields):
        sized += [(f"fields.{at}.name", field.get("name"), 256), (f"fields.{at}.value", field.get("value"), 1024)]
        if not is_text(field.get("name")) or not is_text(field.get("value")):
            wrong.append(f"{where}.fields.{at}: This field is required")
    for name, value, length in sized:
        most(f"{where}.{name}", value, length)
    if len(fields) > 25:
        wrong.append(f"{where}.fields: Must be 25 or fewer in length.")
    if not has(embed, "color", lambda v: is_int(v) and 0 <= v <= 0xFFFFFF):
        wrong.append(f"{where}.color: int value should be less than or equal to 16777215.")
    if not has(embed, "timestamp", is_time):
        wrong.append(f"{where}.timestamp: Could not parse. Should be ISO8601.")
    urls = [embed.get("url"), author.get("url"), *(embed.get(k, {}).get("url") for k in ("image", "thumbnail"))]
    if any(url is not None and not (is_url(url) and len(url) <= 2048) for url in urls):
        wrong.append(f"{where}.url: Not a well formed URL.")
    if not any(embed.get(k) for k in ("title", "description", "fields", "image", "author", "footer", "thumbnail")):
        raise Refused(400, {"message": "Cannot send an empty message", "code": 50006})
    return sum(len(value) for _, value, _ in sized if isinstance(value, str))


CARD = {
    "TextBlock": ("text", "size weight color isSubtle wrap maxLines fontType horizontalAlignment style"),
    "RichTextBlock": ("inlines", "horizontalAlignment"), "Image": ("url", "altText size style width height "
    "backgroundColor horizontalAlignment selectAction msteams"), "Container": ("items", "style bleed minHeight "
    "selectAction verticalContentAlignment backgroundImage"), "ColumnSet": ("columns", "style bleed selectAction"),
    "Column": ("items", "width style selectAction verticalContentAlignment"), "FactSet": ("facts", ""),
    "ActionSet": ("actions", ""),
    "TextRun": ("text", "size weight color isSubtle italic strikethrough underline highlight fontType selectAction"),
    "Action.OpenUrl": ("url", "title iconUrl style tooltip mode"),
}  # fmt: skip


def teams(r: Request) -> tuple[int, object]:
    """Microsoft's documentation, "Create an Incoming Webhook", and "Adaptive Cards Schema Explorer". A workflow says
    202 to all JSON and fails later; an old connector says what was wrong with status 200."""
    is_old = r.path.startswith("webhookb2/")
    if not is_old and not re.fullmatch(r"(.+/)?workflows/\w+/triggers/manual/paths/invoke", r.path):
        raise Refused(404, {"error": {"code": "WorkflowNotFound", "message": "The workflow could not be found."}})
    if r.method != "POST":
        raise Refused(405, "")
    if not is_old and not r.query.get("sig"):
        text = "The request should have a valid authorization: a SAS token."
        raise Refused(401, {"error": {"code": "DirectApiAuthorizationRequired", "message": text}})
    if len(r.body) > 28 * 1024:
        if is_old:
            r.complain("larger than 28 KB")
            text = "Webhook message delivery failed with error: Microsoft Teams endpoint returned HTTP error 413"
            return 200, text
        raise Refused(413, {"error": {"code": "RequestEntityTooLarge", "message": "The request is too large."}})
    invalid = {"error": {"code": "InvalidRequestContent", "message": "The request content is not valid JSON."}}
    m = r.json(Refused(400, invalid))
    if r.kind() != JSON or not isinstance(m, dict):
        raise Refused(400, invalid)
    if m.get("type") != "message" or not isinstance(m.get("attachments"), list) or not m["attachments"]:
        r.complain("the body is no message with attachments")
    r.known(m, "type attachments summary text")
    for attachment in m.get("attachments") or []:
        r.known(attachment, "contentType contentUrl content", "an attachment")
        if attachment.get("contentType") != "application/vnd.microsoft.card.adaptive":
            r.complain("an attachment is no Adaptive Card")
        card = attachment.get("content") or {}
        r.known(card, "type $schema version body actions msteams fallbackText lang speak selectAction", "the card")
        if card.get("type") != "AdaptiveCard" or not re.fullmatch(r"1\.[0-6]", str(card.get("version"))):
            r.complain("the card has no type AdaptiveCard or no version 1.0 to 1.6")
        if not card.get("body"):
            r.complain("the card is empty")
        for element in [*card.get("body", []), *card.get("actions", [])]:
            card_element(r, element)
    return (200, "1") if is_old else (202, "")


def card_element(r: Request, element: object) -> None:
    if not isinstance(element, dict) or element.get("type") not in CARD:
        r.complain(f"the card has an unknown element: {element}")
        return
    needed, other = CARD[element["type"]]
    r.known(element, f"type id {needed} {other} isVisible separator spacing fallback", element["type"])
    value = element.get(needed)
    fine = is_url(value) if needed == "url" else bool(value) and isinstance(value, str if needed == "text" else list)
    if not fine:
        r.complain(f"{element['type']} has no {needed}")
    children = value if isinstance(value, list) and needed != "facts" else []
    for child in [*children, *([element["selectAction"]] if "selectAction" in element else [])]:
        if not isinstance(child, str):
            card_element(r, child)


def mattermost(r: Request) -> tuple[int, object]:
    """Mattermost's documentation, "Incoming webhooks"."""

    def no(status: int, name: str, text: str) -> Refused:
        body = {"id": f"web.incoming_webhook.{name}.app_error", "message": text, "detailed_error": ""}
        return Refused(status, {**body, "request_id": "stub", "status_code": status})

    if r.method != "POST":
        raise Refused(405, "")
    if not re.fullmatch(r"hooks/[a-z0-9]{3,26}", r.path) or "unknown" in r.path:
        raise no(400, "invalid", "Invalid webhook.")
    broken = no(400, "parse", "Unable to parse incoming data.")
    if r.kind() != JSON:
        raise broken
    m = r.json(broken)
    names = ("text", "channel", "username", "icon_url", "icon_emoji", "type")
    if not isinstance(m, dict) or not all(has(m, name, str) for name in names):
        raise broken
    if not has(m, "props", dict) or not has(m, "attachments", list) or not has(m, "priority", dict):
        raise broken
    r.known(m, " ".join(names) + " props attachments priority")
    if not m.get("text") and not m.get("attachments"):
        raise no(400, "text", "No text specified.")
    if len(m.get("text", "")) > 16383:
        r.complain("the text is longer than 16,383 characters: it becomes several posts")
    return 200, "ok"


MATRIX_TAGS = set("del h1 h2 h3 h4 h5 h6 blockquote p a ul ol sup sub li b i u strong em s code hr br div table thead "
                  "tbody tr th td caption pre span img details summary".split())
matrix_events: dict[str, str] = {}


def matrix(r: Request) -> tuple[int, object]:
    """The Matrix specification, "Client-Server API": "Sending events to a room", "m.room.message"."""

    def no(status: int, code: str, text: str) -> Refused:
        return Refused(status, {"errcode": code, "error": text})

    path = r.path.split("/")
    if len(path) != 8 or path[:4] != ["_matrix", "client", "v3", "rooms"] or path[5] != "send":
        raise no(404, "M_UNRECOGNIZED", "Unrecognized request")
    if r.method != "PUT":
        raise no(405, "M_UNRECOGNIZED", "Unrecognized request")
    if not r.headers.get("authorization"):
        raise no(401, "M_MISSING_TOKEN", "Missing access token")
    if not r.bearer() or r.bearer() == "wrong":
        raise no(401, "M_UNKNOWN_TOKEN", "Invalid access token passed.")
    room, kind, transaction = unquote(path[4]), path[6], unquote(path[7])
    if not re.fullmatch(r"![^:\s]+(:[^\s/]+)?", room) or not transaction:
        raise no(400, "M_INVALID_PARAM", f"{room} was not legal room ID")
    if kind != "m.room.message":
        r.complain(f"the event is a {kind}")
    if len(r.body) > 65536:
        raise no(413, "M_TOO_LARGE", "event too large")
    m = r.json(no(400, "M_NOT_JSON", "Content not JSON."))
    if not isinstance(m, dict) or any(isinstance(v, float) for v in m.values()):
        raise no(400, "M_BAD_JSON", "Content must be a JSON object, without floats.")
    r.known(m, "msgtype body format formatted_body m.mentions m.relates_to")
    if not is_text(m.get("body")) or m.get("msgtype") not in ("m.text", "m.notice", "m.emote"):
        r.complain("clients need a body and a msgtype")
    if ("formatted_body" in m) != (m.get("format") == "org.matrix.custom.html"):
        r.complain("formatted_body and format belong together")
    tags = Tags(str(m.get("formatted_body", "")))
    if tags.names - MATRIX_TAGS or tags.mistake:
        r.complain(f"the HTML is not as it should be: {tags.names - MATRIX_TAGS or tags.mistake}")
    if not all(re.match(r"(https?|ftp|mailto|magnet):", link) for link in tags.links):
        r.complain("a link has a scheme that clients drop")
    mentions = m.get("m.mentions", {})
    if not isinstance(mentions, dict) or mentions.keys() - {"user_ids", "room"}:
        raise no(400, "M_BAD_JSON", "m.mentions has a bad form")
    return 200, {"event_id": matrix_events.setdefault(f"{room} {transaction}", f"${uuid.uuid4().hex}")}


TELEGRAM_TAGS = set("b strong i em u ins s strike del span tg-spoiler a tg-emoji code pre blockquote".split())


def telegram(r: Request) -> tuple[int, object]:
    """Telegram's documentation, "Bot API": "Making requests", "sendMessage", "HTML style"."""

    def no(status: int, text: str) -> Refused:
        return Refused(status, {"ok": False, "error_code": status, "description": text})

    found = re.fullmatch(r"bot(\d+:[\w-]{3,})/(\w+)", unquote(r.path))
    if not found or found[2].lower() != "sendmessage":
        raise no(404, "Not Found")
    if "wrong" in found[1]:
        raise no(401, "Unauthorized")
    if r.method == "GET" or r.kind() == FORM:
        m: object = {**r.query, **dict(parse_qsl(r.body.decode("utf-8", "replace")))}
    elif r.method == "POST" and r.kind() == JSON:
        m = r.json(no(400, "Bad Request: can't parse JSON object"))
    else:
        m = {}
    if not isinstance(m, dict):
        raise no(400, "Bad Request: object expected as a parameters")
    r.known(m, "business_connection_id chat_id message_thread_id direct_messages_topic_id text parse_mode entities "
            "link_preview_options disable_notification protect_content allow_paid_broadcast message_effect_id "
            "suggested_post_parameters reply_parameters reply_markup")
    if not m.get("chat_id"):
        raise no(400, "Bad Request: chat_id is empty")
    if not re.fullmatch(r"-?\d+|@[A-Za-z]\w{3,31}", str(m["chat_id"])):
        raise no(400, "Bad Request: chat not found")
    text = m.get("text")
    if not is_text(text):
        raise no(400, "Bad Request: message text is empty")
    mode = m.get("parse_mode", "")
    if mode.lower() == "html":
        bare = re.search(r"<(?![a-z/])", text) or re.search(r"<[^>]*$", text)
        tags = Tags(text)
        wrong = tags.names - TELEGRAM_TAGS
        if bare or wrong or tags.mistake:
            why = f'Unsupported start tag "{wrong.pop()}"' if wrong else tags.mistake or "Unsupported start tag"
            raise no(400, f"Bad Request: can't parse entities: {why} at byte offset 0")
        text = tags.text
    elif mode:
        r.complain(f"this stub does not read {mode}")
    if not text.strip():
        raise no(400, "Bad Request: message text is empty")
    if utf16(text) > 4096:
        raise no(400, "Bad Request: message is too long")
    preview = m.get("link_preview_options", {})
    if not isinstance(preview, dict) or not has(preview, "is_disabled", bool) or not has(preview, "url", str):
        raise no(400, "Bad Request: can't parse link preview options JSON object")
    r.known(preview, "is_disabled url prefer_small_media prefer_large_media show_above_text", "link_preview_options")
    if not has(m, "disable_notification", (bool, str)):
        r.complain("disable_notification is no flag")
    if not has(m, "message_thread_id", lambda v: str(v).isdigit()):
        raise no(400, "Bad Request: message thread not found")
    chat = {"id": -1001, "type": "supergroup"}
    return 200, {"ok": True, "result": {"message_id": 7, "date": int(time.time()), "chat": chat, "text": text}}


def pushover(r: Request) -> tuple[int, object]:
    """Pushover's documentation, "Pushover Message API"."""

    def no(field: str, value: str, text: str) -> Refused:
        return Refused(400, {field: value, "errors": [text], "status": 0, "request": str(uuid.uuid4())})

    if r.path != "1/messages.json" or r.method != "POST":
        raise Refused(404, {"errors": ["resource not found"], "status": 0, "request": str(uuid.uuid4())})
    m = r.json(no("body", "invalid", "JSON is invalid")) if r.kind() == JSON else None
    if r.kind() == FORM:
        m = dict(parse_qsl(r.body.decode("utf-8", "replace"), keep_blank_values=True))
    m = m if isinstance(m, dict) else {}
    r.known(m, "token user message attachment_base64 attachment_type device html monospace priority sound timestamp "
            "title ttl url url_title retry expire callback tags encrypted")
    if not re.fullmatch(r"[A-Za-z0-9]{30}", str(m.get("token"))):
        raise no("token", "invalid", "application token is invalid, see https://pushover.net/api")
    if not re.fullmatch(r"[A-Za-z0-9]{30}(,[A-Za-z0-9]{30}){0,49}", str(m.get("user"))):
        raise no("user", "invalid", "user identifier is not a valid user, group, or subscribed user key, see "
                 "https://pushover.net/api#identifiers")
    if not is_text(m.get("message")):
        raise no("message", "cannot be blank", "message cannot be blank")
    for name, most in (("message", 1024), ("title", 250), ("url", 512), ("url_title", 100)):
        if len(str(m.get(name, ""))) > most:
            raise no(name, "is too long", f"{name} is too long (maximum is {most} characters)")
    if not has(m, "priority", lambda v: re.fullmatch(r"-?[0-2]", str(v))):
        raise no("priority", "is invalid", "priority is invalid, must be -2, -1, 0, 1 or 2")
    if str(m.get("priority")) == "2" and (int(m.get("retry", 0)) < 30 or not 0 < int(m.get("expire", 0)) <= 10800):
        raise no("expire", "must be supplied with priority=2", "retry and expire must be supplied with priority=2")
    if any(not has(m, name, lambda v: str(v) in "01") for name in ("html", "monospace")):
        r.complain("html and monospace are 0 or 1")
    if str(m.get("html")) == str(m.get("monospace")) == "1":
        r.complain("html and monospace exclude each other")
    if any(not has(m, name, lambda v: str(v).isdigit()) for name in ("timestamp", "ttl", "retry", "expire")):
        r.complain("timestamp, ttl, retry and expire are whole numbers")
    if not has(m, "device", lambda v: re.fullmatch(r"[A-Za-z0-9_-]{1,25}(,[A-Za-z0-9_-]{1,25})*", v)):
        raise no("device", "invalid for this user", "device name is not valid for user")
    if str(m.get("html")) == "1" and Tags(m["message"]).names - {"b", "i", "u", "font", "a"}:
        r.complain("the message has tags that are not allowed")
    receipt = {"receipt": uuid.uuid4().hex[:30]} if str(m.get("priority")) == "2" else {}
    return 200, {"status": 1, "request": str(uuid.uuid4()), **receipt}


def signal(r: Request) -> tuple[int, object]:
    """The Swagger file of signal-cli-rest-api, "Send a signal message"."""

    def no(text: str) -> Refused:
        return Refused(400, {"error": text})

    if r.path != "v2/send":
        raise Refused(404, "404 page not found")
    if r.method != "POST":
        raise Refused(405, "")
    broken = no("Couldn't process request - invalid request")
    m = r.json(broken)
    types = {"number": str, "message": str, "recipients": list, "base64_attachments": list, "text_mode": str}
    types |= {"notify_self": bool, "view_once": bool, "sticker": str, "mentions": list, "link_preview": dict}
    if not isinstance(m, dict) or not all(has(m, name, test) for name, test in types.items()):
        raise broken
    if not all(isinstance(one, str) for one in m.get("recipients") or []):
        raise broken
    r.known(m, " ".join(types) + " quote_author quote_message quote_mentions quote_timestamp edit_timestamp")
    if r.kind() != JSON:
        r.complain(f"the content type is {r.kind() or 'missing'}")
    if not m.get("recipients"):
        raise no("Couldn't process request - please provide at least one recipient")
    if not re.fullmatch(r"\+\d{5,15}", m.get("number") or ""):
        raise no("Couldn't process request - please provide a valid number")
    form = r"\+\d{5,15}|group\.[A-Za-z0-9+/=]+|[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}|[\w.]{3,32}\.\d{2,}"
    if not all(re.fullmatch(form, one) for one in m["recipients"]):
        raise no("Failed to send message: Unregistered user")
    if len(m["recipients"]) > 1 and any(one.startswith("group.") for one in m["recipients"]):
        raise no("Signal Messenger Groups and phone numbers cannot be mixed")
    if m.get("text_mode") not in (None, "normal", "styled"):
        raise no("Invalid text mode. Allowed values: normal, styled")
    if not is_text(m.get("message")):
        r.complain("the message is empty")
    return 201, {"timestamp": str(int(time.time() * 1000))}


def pagerduty(r: Request) -> tuple[int, object]:
    """PagerDuty's documentation, "Events API v2 Overview" and "Send an Alert Event"."""
    if r.path != "v2/enqueue" or r.method != "POST":
        raise Refused(404, {"status": "not found"})
    if len(r.body) > 512 * 1024:
        raise Refused(413, {"status": "invalid event", "message": "Event object is too large", "errors": []})
    errors: list[str] = []
    m = r.json(Refused(400, {"status": "invalid event", "message": "Event object is invalid", "errors": ["not JSON"]}))
    m = m if isinstance(m, dict) else {}
    if r.kind() != JSON:
        r.complain(f"the content type is {r.kind() or 'missing'}")
    r.known(m, "routing_key event_action dedup_key payload images links client client_url")
    if not re.fullmatch(r"\w{32}", str(m.get("routing_key"))):
        errors.append("Length of 'routing_key' is incorrect (should be 32 characters)")
    if m.get("event_action") not in ("trigger", "acknowledge", "resolve"):
        errors.append("'event_action' is invalid (must be one of the following: 'trigger', 'acknowledge' or 'resolve')")
    if not has(m, "dedup_key", lambda v: is_text(v, 255)):
        errors.append("'dedup_key' is invalid (must be at most 255 characters)")
    if m.get("event_action") in ("acknowledge", "resolve") and not m.get("dedup_key"):
        errors.append("'dedup_key' is missing or blank")
    payload = m.get("payload", {})
    if not isinstance(payload, dict):
        errors.append("'payload' is invalid (must be an object)")
    elif m.get("event_action") == "trigger" or payload:
        r.known(payload, "summary source severity timestamp component group class custom_details", "payload")
        for name in ("summary", "source", "severity"):
            if not is_text(payload.get(name)):
                errors.append(f"'payload.{name}' is missing or blank")
        if len(str(payload.get("summary", ""))) > 1024:
            errors.append("'payload.summary' is too long (must be at most 1024 characters)")
        if payload.get("severity") not in ("critical", "error", "warning", "info"):
            errors.append("'payload.severity' is invalid (must be one of the following: 'critical', 'warning', "
                          "'error' or 'info')")
        if not has(payload, "timestamp", is_time):
            errors.append("'payload.timestamp' is invalid (must be ISO 8601)")
    for link in m.get("links") or []:
        if not isinstance(link, dict) or not is_url(link.get("href")) or link.keys() - {"href", "text"}:
            errors.append("'links' is invalid: each needs an 'href'")
    for image in m.get("images") or []:
        if not isinstance(image, dict) or image.keys() - {"src", "href", "alt"}:
            errors.append("'images' is invalid")
        elif not str(image.get("src")).startswith("https://"):
            errors.append("'images' is invalid: 'src' must be served by https")
    if errors:
        raise Refused(400, {"status": "invalid event", "message": "Event object is invalid", "errors": errors})
    key = m.get("dedup_key") or uuid.uuid4().hex
    return 202, {"status": "success", "message": "Event processed", "dedup_key": key}


def alertmanager(r: Request) -> tuple[int, object]:
    """Alertmanager's api/v2/openapi.yaml: `postAlerts`."""
    if r.path != "api/v2/alerts":
        raise Refused(404, {"code": 404, "message": f"path /{r.path} was not found"})
    if r.method != "POST":
        raise Refused(405, {"code": 405, "message": f"method {r.method} is not allowed, but [GET,POST] are"})
    if r.kind() != JSON:
        text = f'unsupported media type "{r.kind()}", only [application/json] are allowed'
        raise Refused(415, {"code": 415, "message": text})

    def no(status: int, text: str) -> Refused:
        return Refused(status, {"code": status, "message": text})

    alerts = r.json(no(400, 'parsing alerts body from "" failed, because it is no JSON'))
    if not isinstance(alerts, list) or not all(isinstance(alert, dict) for alert in alerts):
        raise no(400, 'parsing alerts body from "" failed, because json: cannot unmarshal into []*PostableAlert')
    if not alerts:
        r.complain("no alert is sent")
    for at, alert in enumerate(alerts):
        r.known(alert, "labels annotations startsAt endsAt generatorURL", f"alert {at}")
        if not isinstance(alert.get("labels"), dict):
            raise Refused(422, {"code": 602, "message": f"{at}.labels in body is required"})
        for group in ("labels", "annotations"):
            pairs = alert.get(group) or {}
            if not all(isinstance(value, str) for value in pairs.values()):
                raise no(400, "json: cannot unmarshal into Go value of type string")
            if not all(re.fullmatch(r"[A-Za-z_]\w*", name, re.A) for name in pairs):
                raise Refused(400, '"invalid label set: invalid name"\n')
        if not any(alert["labels"].values()):
            raise Refused(400, '"at least one label pair required"\n')
        if not alert["labels"].get("alertname"):
            r.complain("an alert has no alertname")
        for name in ("startsAt", "endsAt"):
            if not has(alert, name, is_time):
                raise no(400, f'parsing time "{alert[name]}" failed: no time, or none with a zone')
        if not has(alert, "generatorURL", lambda v: v == "" or is_url(v)):
            raise Refused(422, {"code": 601, "message": f"{at}.generatorURL in body must be of type uri"})
        if alert.get("startsAt") and alert.get("endsAt"):
            if datetime.fromisoformat(alert["endsAt"]) < datetime.fromisoformat(alert["startsAt"]):
                raise Refused(400, '"start time must be before end time"\n')
    return 200, ""


def home_assistant(r: Request) -> tuple[int, object]:
    """Home Assistant's documentation, "Automation Trigger", section "Webhook trigger". It says 200 to all that it can
    route, even to names that nobody has defined."""
    if not re.fullmatch(r"api/webhook/[^/]+", r.path):
        raise Refused(404, "404: Not Found")
    if r.method not in ("POST", "PUT"):
        raise Refused(405, "405: Method Not Allowed")
    if r.kind() == JSON:
        try:
            r.json(Refused(200, ""))
        except Refused as mistake:
            r.complain(str(mistake))
    else:
        r.complain(f"trigger.json is missing with the content type {r.kind() or 'none'}")
    return 200, ""


def apprise(r: Request) -> tuple[int, object]:
    """The documentation of apprise-api, "API Details", "Persistent (Stateful) Storage Solution". Beware: 204 says that
    nothing was sent, as the key has no configuration."""
    found = re.fullmatch(r"notify/([\w-]{1,128})/?", r.path)
    if not found:
        raise Refused(404, {"error": "not found"})
    if r.method != "POST":
        raise Refused(405, "")
    m = None
    if r.kind() == JSON:
        m = r.json(Refused(400, {"error": "Invalid JSON Payload provided"}))
    elif r.kind() == FORM:
        m = dict(parse_qsl(r.body.decode("utf-8", "replace")))
    if not isinstance(m, dict) or not m:
        raise Refused(400, {"error": "Bad FORM Payload provided"})
    r.known(m, "body title type format tag tags attach attachment attachments")
    if m.get("type") not in (None, "", "info", "success", "warning", "failure"):
        raise Refused(400, {"error": "An invalid notification type was specified"})
    if m.get("format") not in (None, "", "text", "markdown", "html"):
        raise Refused(400, {"error": "An invalid body input format was specified"})
    if not is_text(m.get("body")) or not has(m, "title", str):
        raise Refused(400, {"error": "Payload lacks minimum requirements"})
    if not has(m, "tag", (str, list)) or not has(m, "tags", (str, list)):
        raise Refused(400, {"error": "Unsupported characters found in tag definition"})
    if found[1].startswith("unknown"):
        raise Refused(204, "", "the key has no configuration: nothing is sent")
    if found[1].startswith("failing"):
        raise Refused(424, {"error": "One or more notification could not be sent", "details": []})
    return 200, {"error": None, "details": []}


def webhook(r: Request) -> tuple[int, object]:
    """The Standard Webhooks specification, version 1.0.0, "Signature scheme"."""
    if r.method != "POST":
        raise Refused(405, {"error": "method not allowed"})
    if r.kind() != JSON:
        r.complain(f"the content type is {r.kind() or 'missing'}")
    try:
        r.json(Refused(400, ""))
    except Refused as mistake:
        r.complain(str(mistake))
    secret = r.query.get("secret")
    if secret is not None:
        names = ("webhook-id", "webhook-timestamp", "webhook-signature")
        name, at, signatures = (r.headers.get(header, "") for header in names)
        if not (name and at and signatures):
            raise Refused(400, {"error": "Missing required headers"})
        if not re.fullmatch(r"[^.\s]+", name):
            raise Refused(400, {"error": "webhook-id must not contain a dot or a space"})
        if not at.isdigit() or abs(int(at) - time.time()) > 300:
            raise Refused(401, {"error": "Message timestamp too old, too new, or no whole seconds"})
        try:
            key = base64.b64decode(secret.removeprefix("whsec_").replace(" ", "+"), validate=True)
        except binascii.Error:
            raise Refused(500, {"error": "the secret in the query is no base64"}) from None
        signed = b".".join([name.encode(), at.encode(), r.body])
        expected = "v1," + base64.b64encode(hmac.new(key, signed, hashlib.sha256).digest()).decode()
        if not any(hmac.compare_digest(expected, one) for one in signatures.split(" ")):
            raise Refused(401, {"error": "No matching signature found"})
    return 204, ""


SERVICES = {
    service.__name__: service
    for service in (ntfy, gotify, slack, discord, teams, mattermost, matrix, telegram, pushover, signal, pagerduty,
                    alertmanager, home_assistant, apprise, webhook)
}  # fmt: skip


def refusal(service: str, status: int) -> object:
    """The words in which a service refuses everything with this status."""
    text = {429: "too many requests", 403: "forbidden", 410: "gone", 503: "service unavailable"}[status]
    forms = {
        "ntfy": {"code": status * 100 + 1, "http": status, "error": text},
        "gotify": {"error": text, "errorCode": status, "errorDescription": text},
        "slack": {429: "rate_limited", 403: "action_prohibited", 410: "channel_is_archived"}.get(status, text),
        "discord": {"message": text, "code": {403: 50001, 410: 10015}.get(status, 0)},
        "teams": {"error": {"code": status, "message": text}},
        "mattermost": {"id": "api.context.stub.app_error", "message": text, "status_code": status},
        "matrix": {"errcode": {429: "M_LIMIT_EXCEEDED", 403: "M_FORBIDDEN"}.get(status, "M_UNKNOWN"), "error": text},
        "telegram": {"ok": False, "error_code": status, "description": text},
        "pushover": {"status": 0, "errors": [text], "request": "stub"},
        "pagerduty": {"status": text, "message": text, "errors": []},
        "alertmanager": {"code": status, "message": text},
    }
    body = forms.get(service, {"error": text})
    if status == 429 and service == "discord":
        body = {"message": "You are being rate limited.", "retry_after": 1.0, "global": False}
    if status == 429 and service == "matrix":
        body["retry_after_ms"] = 1000
    if status == 429 and service == "telegram":
        body |= {"description": "Too Many Requests: retry after 1", "parameters": {"retry_after": 1}}
    return body


class Handler(BaseHTTPRequestHandler):
    protocol_version = "HTTP/1.1"
    log_path: Path
    lock = threading.Lock()
    limited: dict[str, int] = {}

    def answer(self) -> None:
        body = self.read_body()
        parts = self.path.lstrip("/").split("/", 1)
        special = parts[0] if parts[0] in ("slow", "redirect", "limit", "down", "gone", "deny") else ""
        if special:
            parts = (parts[1] if len(parts) > 1 else "").split("/", 1)
        service, rest = parts[0].split("?")[0], parts[1] if len(parts) > 1 else ""
        headers: dict[str, str] = {}
        for name, value in self.headers.items():
            headers[name.lower()] = f"{headers[name.lower()]}, {value}" if name.lower() in headers else value
        request = Request(service, self.command, rest, headers, body)
        status, reply, error = self.judge(request)
        status, reply, more = self.bent(special, service, rest, status, reply)
        self.write_log(request, error, status)
        if special == "slow":
            time.sleep(SLOW_S)
        self.reply(status, reply, more)

    do_GET = do_POST = do_PUT = do_PATCH = do_DELETE = do_HEAD = answer

    def read_body(self) -> bytes:
        if "chunked" not in self.headers.get("Transfer-Encoding", "").lower():
            return self.rfile.read(int(self.headers.get("Content-Length") or 0))
        body = b""
        while size := int(self.rfile.readline().split(b";")[0], 16):
            body += self.rfile.read(size)
            self.rfile.readline()
        while self.rfile.readline().strip():
            pass
        return body

    @staticmethod
    def judge(request: Request) -> tuple[int, object, str | None]:
        if request.service not in SERVICES:
            return 404, "no such service", f"no such service: {request.service}"
        try:
            status, reply = SERVICES[request.service](request)
        except Refused as refused:
            return refused.status, refused.body, "; ".join([str(refused), *request.complaints])
        except (AttributeError, KeyError, TypeError, ValueError, IndexError) as mistake:
            return 400, f"bad request: {mistake!r}", f"the body has not the form that it should have: {mistake!r}"
        return status, reply, "; ".join(request.complaints) or None

    def bent(self, special: str, service: str, rest: str, status: int, reply: object) -> tuple[int, object, dict]:
        """The answer of a special path."""
        if special == "redirect":
            return 307, "", {"Location": f"/{service}/{rest}"}
        if special in ("down", "gone", "deny"):
            code = {"down": 503, "gone": 410, "deny": 403}[special]
            return code, refusal(service, code), {}
        if special == "limit":
            with self.lock:
                seen = self.limited[service] = self.limited.get(service, 0) + 1
            if seen <= 2:
                return 429, refusal(service, 429), {"Retry-After": "1"}
        return status, reply, {}

    def write_log(self, request: Request, error: str | None, status: int) -> None:
        line = {"service": request.service, "ok": error is None, "error": error, "method": request.method}
        line |= {"path": self.path, "headers": request.headers, "body": request.body.decode("utf-8", "replace")}
        with self.lock, self.log_path.open("a", encoding="utf-8") as log:
            log.write(json.dumps({**line, "status": status}, ensure_ascii=False) + "\n")

    def reply(self, status: int, reply: object, more: dict[str, str]) -> None:
        is_json = not isinstance(reply, str)
        data = json.dumps(reply).encode() if is_json else reply.encode()
        try:
            self.send_response(status)
            if status != 204:
                self.send_header("Content-Type", JSON if is_json else "text/plain; charset=utf-8")
                self.send_header("Content-Length", str(len(data)))
            for name, value in more.items():
                self.send_header(name, value)
            self.end_headers()
            if status != 204 and self.command != "HEAD":
                self.wfile.write(data)
        except OSError:
            self.close_connection = True  # The client did not wait.

    def log_message(self, format: str, *args: object) -> None:
        pass


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--log", type=Path, required=True, help="the file to which each request is appended")
    Handler.log_path = parser.parse_args().log
    Handler.log_path.touch()
    server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
    server.daemon_threads = True
    print(f"PORT {server.server_address[1]}", flush=True)
    try:
        server.serve_forever()
    except KeyboardInterrupt:
        pass


if __name__ == "__main__":
    main()
