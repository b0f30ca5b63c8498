"""The server: tools and resources put into the words of the protocol, errors among them."""

from __future__ import annotations

import asyncio
import json
import logging
from collections.abc import Callable
from importlib.metadata import version
from typing import Any

import mcp_types as types
from mcp import MCPError
from mcp.server.context import ServerRequestContext
from mcp.server.lowlevel import Server
from pydantic import ValidationError

from api import problems
from api.access.library import Library
from api.mcp import resources
from api.mcp.contents import INSTRUCTIONS
from api.mcp.errors import InvalidArguments
from api.mcp.tools import TOOLS, Tool
from index.errors import DossierError, NotFound

Context = ServerRequestContext[Any]
LibraryOf = Callable[[Context], Library]
"""Returns the library as who sent a request sees it."""

_BY_NAME = {tool.name: tool for tool in TOOLS}
_HINTS = {
    "`dossier sources`": "The tool list_sources",
    "use --answerer embedded": 'ask with the answerer "embedded"',
}

logger = logging.getLogger("dossier.mcp")


def make_server(library_of: LibraryOf) -> Server[Any]:
    """Return a server of the protocol.

    Args:
        library_of: who may see what.
    """

    async def list_tools(
        _ctx: Context, _params: types.PaginatedRequestParams | None
    ) -> types.ListToolsResult:
        return types.ListToolsResult(tools=[_described(tool) for tool in TOOLS])

    async def call_tool(ctx: Context, params: types.CallToolRequestParams) -> types.CallToolResult:
        tool = _BY_NAME.get(params.name)
        if tool is None:
            raise MCPError(types.INVALID_PARAMS, f"there is no tool {problems.clip(params.name)!r}")
        return await _called(tool, library_of(ctx), params.arguments or {})

    async def list_resources(
        ctx: Context, params: types.PaginatedRequestParams | None
    ) -> types.ListResourcesResult:
        cursor = params.cursor if params else None
        return await asyncio.to_thread(resources.page, library_of(ctx), cursor)

    async def list_templates(
        _ctx: Context, _params: types.PaginatedRequestParams | None
    ) -> types.ListResourceTemplatesResult:
        return types.ListResourceTemplatesResult(resource_templates=[*resources.TEMPLATES])

    async def read_resource(
        ctx: Context, params: types.ReadResourceRequestParams
    ) -> types.ReadResourceResult:
        try:
            return await asyncio.to_thread(resources.text, library_of(ctx), str(params.uri))
        except DossierError as error:
            missing = isinstance(error, NotFound)
            code = types.INVALID_PARAMS if missing else types.INTERNAL_ERROR
            raise MCPError(code, str(error), _fault(error)) from error

    return Server(
        "dossier",
        title="Dossier",
        version=version("dossier-qa"),
        instructions=INSTRUCTIONS,
        on_list_tools=list_tools,
        on_call_tool=call_tool,
        on_list_resources=list_resources,
        on_list_resource_templates=list_templates,
        on_read_resource=read_resource,
    )


def _described(tool: Tool[Any]) -> types.Tool:
    return types.Tool(
        name=tool.name,
        title=tool.title,
        description=tool.description,
        input_schema=tool.arguments.model_json_schema(),
        output_schema=tool.result.model_json_schema(mode="serialization"),
        annotations=types.ToolAnnotations(
            read_only_hint=True, destructive_hint=False, open_world_hint=False
        ),
    )


async def _called(
    tool: Tool[Any], library: Library, arguments: dict[str, Any]
) -> types.CallToolResult:
    """Call a tool; what goes wrong is told to the model, which may then do better."""
    try:
        told = await tool.call(library, arguments)
    except ValidationError as error:
        return _failed(InvalidArguments(_wrong(error)))
    except DossierError as error:
        return _failed(error)
    except Exception:
        logger.exception("the tool %s failed", tool.name)
        hint = "Try again; if it stays, look into what the server wrote to stderr."
        return _failed(
            DossierError("the server failed in a way that it did not foresee", hint=hint)
        )
    return types.CallToolResult(
        content=[types.TextContent(text=told.text)],
        structured_content=told.result.model_dump(mode="json"),
    )


def _failed(error: DossierError) -> types.CallToolResult:
    fault = _fault(error)
    return types.CallToolResult(
        content=[types.TextContent(text=json.dumps({"error": fault}, ensure_ascii=False))],
        structured_content={"error": fault},
        is_error=True,
    )


def _fault(error: DossierError) -> dict[str, str]:
    hint = error.hint
    for phrase, other in _HINTS.items():
        hint = hint.replace(phrase, other)
    return {"code": error.code, "message": problems.clip(str(error)), "hint": hint}


def _wrong(error: ValidationError) -> str:
    """Return what does not fit, without what was sent."""
    first = error.errors(include_input=False, include_url=False)[0]
    return f"{'.'.join(map(str, first['loc'])) or 'arguments'}: {first['msg'].lower()}"
