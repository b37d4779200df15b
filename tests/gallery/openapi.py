"""A small OpenAPI document, for the documentation page."""

from typing import Any

_DOWNLOAD = {"$ref": "#/components/schemas/Download"}
_PROBLEM = {
    "description": "What is wrong.",
    "content": {"application/problem+json": {"schema": {"$ref": "#/components/schemas/Problem"}}},
}
OPENAPI: dict[str, Any] = {
    "openapi": "3.1.0",
    "info": {"title": "MediaNest", "version": "1.0"},
    "paths": {
        "/api/v1/me": {
            "get": {
                "tags": ["you"],
                "summary": "Who asks, and what they may do",
                "operationId": "me",
                "responses": {"200": {"description": "You."}},
            }
        },
        "/api/v1/downloads": {
            "get": {
                "tags": ["Downloads"],
                "summary": "The queue",
                "operationId": "list-downloads",
                "parameters": [
                    {
                        "name": "state",
                        "in": "query",
                        "schema": {"enum": ["queued", "running"]},
                        "description": "Only these.",
                    },
                    {"name": "limit", "in": "query", "schema": {"type": "integer"}, "description": "1 to 200."},
                ],
                "responses": {
                    "200": {
                        "description": "A page of downloads.",
                        "content": {"application/json": {"schema": {"items": _DOWNLOAD}}},
                    }
                },
            },
            "post": {
                "tags": ["Downloads"],
                "summary": "Ask for a link",
                "operationId": "add-download",
                "description": "Asked again for what is there, it answers 200 with the same download.",
                "requestBody": {
                    "content": {"application/json": {"schema": {"$ref": "#/components/schemas/NewDownload"}}}
                },
                "responses": {
                    "201": {"description": "The new download.", "content": {"application/json": {"schema": _DOWNLOAD}}},
                    "422": _PROBLEM,
                },
            },
        },
        "/api/v1/downloads/{id}": {
            "delete": {
                "tags": ["Downloads"],
                "summary": "Delete it, with or without its file",
                "operationId": "delete-download",
                "parameters": [{"name": "id", "in": "path", "required": True, "schema": {"type": "string"}}],
                "responses": {"204": {"description": "It is gone."}},
            }
        },
    },
    "components": {
        "schemas": {
            "Download": {
                "required": ["id", "state"],
                "properties": {
                    "id": {"type": "string", "description": "Opaque."},
                    "state": {"enum": ["queued", "running", "paused"]},
                    "title": {"anyOf": [{"type": "string"}, {"type": "null"}]},
                },
            },
            "NewDownload": {"required": ["url"], "properties": {"url": {"type": "string"}}},
            "Problem": {"properties": {"code": {"type": "string", "description": "A stable word."}}},
        }
    },
}
