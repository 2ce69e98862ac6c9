"""How the hub answers: records as JSON, faults in words, and never a blank or a stack trace."""

from collections.abc import Sequence
from typing import Any

import msgspec
from fastapi import FastAPI
from fastapi.exceptions import RequestValidationError
from fastapi.responses import JSONResponse, Response
from pydantic import BaseModel, JsonValue
from starlette.exceptions import HTTPException
from starlette.requests import Request

from evenfall.app.access.gatekeeper import NotLetInError, NotThereError, TooManyTriesError
from evenfall.app.web.language import language_of, translate_fault
from evenfall.app.web.seen import NotYoursError
from evenfall.formats.errors import EvenfallError, Fault, Place
from evenfall.ports.access import AccessUnavailableError
from evenfall.ports.night_log import LogUnavailableError
from evenfall.runtime.hub import AskRefusedError, TooMuchAskedError

FAULTS_MAX = 10

UNCLEAR = Fault("something this hub does not understand", Place(), "what to do, and where",
                "load the page again")  # fmt: skip
NOTHING_HERE = Fault("nothing by that name", Place(), "a page of this hub", "go to its front page")


class FaultBody(BaseModel):
    """What was found, where, what was expected, and the mend."""

    found: str
    place: dict[str, JsonValue]
    expected: str
    mend: str


class FaultsBody(BaseModel):
    """Why something was not done, in words."""

    errors: list[FaultBody]


REFUSALS: dict[int | str, dict[str, Any]] = {
    status: {"description": words, "model": FaultsBody}
    for status, words in {
        401: "The house does not know this screen, or not any more.",
        403: "It did not come from this hub's own page, or is not for this screen.",
        404: "There is nothing by that name.",
        409: "It cannot be done now; the faults say why and what can.",
        411: "It does not say how long it is.",
        413: "It is too long.",
        421: "This hub does not answer to that name.",
        422: "It does not fit; the faults say what was expected.",
        429: "Too many in a minute.",
        503: "The home's own disk does not answer; the night goes on in quiet.",
    }.items()
}
"""What any route may answer instead."""

_RECORD_AT = "#/components/schemas/{name}"
_STATUS: tuple[tuple[type[EvenfallError], int], ...] = (
    (TooMuchAskedError, 429),
    (AskRefusedError, 409),
    (NotYoursError, 403),
    (NotLetInError, 403),
    (NotThereError, 404),
    (TooManyTriesError, 429),
)


def answer_faults(app: FastAPI) -> None:
    """Let every error out as faults in words."""
    app.add_exception_handler(EvenfallError, _told)
    app.add_exception_handler(HTTPException, _refused)
    app.add_exception_handler(RequestValidationError, _unclear)


def json(data: object) -> Response:
    """Records as JSON. Nothing of a home is kept by a browser."""
    return Response(
        msgspec.json.encode(data),
        media_type="application/json",
        headers={"cache-control": "no-store"},
    )


def text(data: object) -> str:
    """Records as text, for a socket."""
    return msgspec.json.encode(data).decode()


def errors(*faults: Fault) -> dict[str, object]:
    """Faults, as every answer tells them."""
    return {"errors": [fault.to_dict() for fault in faults]}


def shows(record: type) -> dict[int | str, dict[str, Any]]:
    """A record as an answer, for the API's description of itself."""
    (schema,), _ = msgspec.json.schema_components([record], ref_template=_RECORD_AT)
    return {200: {"content": {"application/json": {"schema": schema}}}}


def describe_records(app: FastAPI, records: Sequence[type]) -> None:
    """Add the records that answers are made of to the API's description of itself."""
    plain = app.openapi
    _, described = msgspec.json.schema_components(records, ref_template=_RECORD_AT)

    def document() -> dict[str, Any]:
        whole = plain()
        whole.setdefault("components", {}).setdefault("schemas", {}).update(described)
        return whole

    app.openapi = document  # type: ignore[method-assign]


async def _told(request: Request, error: Exception) -> Response:
    """A fault in words. Where things stand on this machine's disk is no page's business."""
    assert isinstance(error, EvenfallError)
    faults = _in_their_language(request, error.faults)
    if isinstance(error, LogUnavailableError | AccessUnavailableError):
        told = (Fault(one.found, Place(), one.expected, one.mend) for one in faults)
        return JSONResponse(errors(*told), 503)
    status = next((status for kind, status in _STATUS if isinstance(error, kind)), 422)
    return JSONResponse(errors(*faults), status)


async def _refused(request: Request, error: Exception) -> Response:
    assert isinstance(error, HTTPException)
    found: object = error.detail
    fault = found if isinstance(found, Fault) else NOTHING_HERE
    return JSONResponse(errors(*_in_their_language(request, [fault])), error.status_code)


async def _unclear(request: Request, error: Exception) -> Response:
    """What does not fit, without what was sent: that may be a child's words, or no text at all."""
    assert isinstance(error, RequestValidationError)
    faults = [
        Fault("something that does not fit", Place(_plain(one["loc"])), one["msg"], UNCLEAR.mend)
        for one in error.errors()[:FAULTS_MAX]
    ]
    return JSONResponse(errors(*_in_their_language(request, faults)), 422)


def _in_their_language(request: Request, faults: Sequence[Fault]) -> list[Fault]:
    language = language_of(request.headers, request.query_params)
    return [translate_fault(fault, language) for fault in faults]


def _plain(loc: Sequence[object]) -> str:
    """Where in a request, as plain letters and not too many of them."""
    return ".".join(map(str, loc))[:80].encode("ascii", "backslashreplace").decode()
