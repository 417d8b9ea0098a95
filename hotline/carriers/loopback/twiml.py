"""Reading TwiML: documents of verbs. What may stand where is Twilio's; what is unknown is skipped with an alert."""

from xml.etree import ElementTree
from xml.etree.ElementTree import Element

from .webhooks import Answer

PARSE_FAILURE = 12100
INVALID_CONTENT_TYPE = 12300
SCHEMA_WARNING = 12200

XML_TYPES = ("text/xml", "application/xml", "text/html")


class BadDocument(Exception):
    """The hotline sent something that cannot be followed."""

    def __init__(self, code: int, text: str) -> None:
        super().__init__(text)
        self.code = code


def read(text: str | bytes) -> list[Element]:
    """The verbs of a document; raises BadDocument."""
    raw = text.encode() if isinstance(text, str) else text
    if b"<!" in raw.replace(b"<!--", b""):
        raise BadDocument(PARSE_FAILURE, "Document parse failure: a document type is not allowed")
    try:
        root = ElementTree.fromstring(raw)  # noqa: S314 -- no entities: document types were refused above
    except ElementTree.ParseError as error:
        raise BadDocument(PARSE_FAILURE, f"Document parse failure: {error}") from error
    if root.tag != "Response":
        raise BadDocument(PARSE_FAILURE, f"Document parse failure: the root is {root.tag}, not Response")
    return list(root)


def read_answer(answer: Answer) -> list[Element]:
    """The verbs of an answer to a webhook; raises BadDocument for a failed request as well."""
    if not answer.ok:
        raise BadDocument(answer.error, f"HTTP retrieval failure: {answer.status or 'no answer'}")
    if answer.content_type.startswith("audio/"):
        play = Element("Play")
        play.text = answer.url
        return [play]
    if answer.content_type not in XML_TYPES:
        raise BadDocument(INVALID_CONTENT_TYPE, f"Invalid content type: {answer.content_type or 'none'}")
    return read(answer.body)


def words(element: Element) -> str:
    """The text of an element with that of its markup (SSML), spaces tidied."""
    return " ".join("".join(element.itertext()).split())


def flag(element: Element, name: str, default: bool = False) -> bool:
    value = element.get(name)
    return default if value is None else value.strip().lower() == "true"


def number(element: Element, name: str, default: int) -> int:
    """A whole number attribute; what is not one counts as left out, as with Twilio."""
    value = (element.get(name) or "").strip()
    return int(value) if value.lstrip("-").isdecimal() else default
