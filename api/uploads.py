"""The body of ``POST /v1/documents`` as origins: JSON with a text, or a form with files."""

from __future__ import annotations

import codecs
import json
from collections.abc import Callable
from typing import TYPE_CHECKING, TypeVar

from fastapi.exceptions import RequestValidationError
from pydantic import ValidationError
from starlette.datastructures import FormData, UploadFile
from starlette.exceptions import HTTPException
from starlette.requests import Request

from api.errors import MalformedBody, TooManyDocuments, UnsupportedMediaType
from api.fetching import link
from api.negotiation import sent
from api.schemas import Described, TextRequest, UrlRequest
from api.upload_names import content_name, safe_name
from index.errors import EmptyDocument, InputError

if TYPE_CHECKING:
    from index.load.origins import Origin


Sent = TypeVar("Sent")

MOST_FILES = 100
_MOST_FIELDS = 20
_LONGEST_FIELD = 10_000


async def read(request: Request) -> list[Origin]:
    """Return what the body of ``request`` holds; every origin has a source of its own.

    Raises:
        UnsupportedMediaType: if it is neither JSON nor a multipart form.
        TooManyDocuments: if there are more files than one request may bring.
        MalformedBody: if it is not what its content type says.
        RequestValidationError: if a field is missing, unknown or does not fit.
        EmptyDocument: if there is no text or file in it.
        InputError: if two files have the same name.
        AddressRefused: if an address is none that could be fetched.
    """
    media_type = sent(request)
    if media_type == "multipart/form-data":
        try:
            async with request.form(
                max_files=MOST_FILES, max_fields=_MOST_FIELDS, max_part_size=_LONGEST_FIELD
            ) as form:
                return await _from_form(form)
        except HTTPException as error:
            if str(error.detail).startswith("Too many files"):
                raise TooManyDocuments(f"more than {MOST_FILES} files in one request") from error
            raise
    if media_type == "application/json":
        return [_from_json(await request.body())]
    raise UnsupportedMediaType(
        f"a document cannot be sent as {media_type or 'a body without a content type'}",
        hint="Send application/json with a text, or multipart/form-data with files.",
    )


def _from_json(body: bytes) -> Origin:
    from index.load.origins import Origin

    try:
        body.decode()
    except UnicodeDecodeError as error:
        raise MalformedBody(f"the body is not UTF-8: {error.reason} at {error.start}") from error
    if _names_an_address(body):
        named = _checked(lambda: UrlRequest.model_validate_json(body))
        return link(named.url, named.to_metadata())
    text = _checked(lambda: TextRequest.model_validate_json(body))
    metadata = text.to_metadata()
    name = safe_name(text.name or "") or content_name(text.text.encode())
    return Origin(
        source=f"upload:{name}",
        # Whatever it is called, it is plain text; the mark says without doubt in which encoding.
        name=name if name.lower().endswith(".txt") else f"{name}.txt",
        given=metadata,
        data=codecs.BOM_UTF8 + text.text.encode(),
        size=len(text.text.encode()),
        media_type="text/plain",
    )


def _names_an_address(body: bytes) -> bool:
    """Return whether a body has an address in the place of a text."""
    if len(body) > _LONGEST_FIELD:
        return False
    try:
        found = json.loads(body)
    except (ValueError, RecursionError):
        return False
    return isinstance(found, dict) and "url" in found and "text" not in found


def _checked(validate: Callable[[], Sent]) -> Sent:
    """Return what ``validate`` gives; its complaints become those of the request's body."""
    try:
        return validate()
    except ValidationError as error:
        found = error.errors(include_url=False, include_input=False)
        if found[0]["type"] == "json_invalid":
            raise MalformedBody(str(found[0]["msg"])) from error
        raise RequestValidationError(
            [{**item, "loc": ("body", *item["loc"])} for item in found]
        ) from error


async def _from_form(form: FormData) -> list[Origin]:
    from index.load.origins import Origin

    fields = {key: value for key, value in form.multi_items() if isinstance(value, str)}
    described = _checked(lambda: Described.model_validate(fields))
    metadata = described.to_metadata()
    files = [value for _, value in form.multi_items() if isinstance(value, UploadFile)]
    origins: dict[str, Origin] = {}
    for file in files:
        data = await file.read()
        if not data and not file.filename:  # what a browser sends where no file was chosen
            continue
        name = safe_name(file.filename or "") or content_name(data)
        origin = Origin(
            source=f"upload:{name}",
            name=name,
            given=metadata,
            data=data,
            size=len(data),
            media_type=file.content_type,
        )
        if origin.source in origins:
            raise InputError(
                f"two of the files are called {origin.name!r}",
                hint="The name tells documents apart: rename one, or send them one by one.",
            )
        origins[origin.source] = origin
    if not origins:
        raise EmptyDocument(
            "there is no file in the form",
            hint="Send each file as a part with a file name: curl -F file=@report.pdf",
        )
    return list(origins.values())
