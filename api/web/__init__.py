"""The HTTP interface: routes under ``/v1``, errors as problem details, the OpenAPI description."""
