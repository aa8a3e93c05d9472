"""Pictures that a page carries within itself."""

import base64

TYPES = {b"\x89PNG": "image/png", b"\xff\xd8": "image/jpeg", b"RIFF": "image/webp", b"<svg": "image/svg+xml"}


def data_address(content: bytes) -> str:
    """The picture as an address; no address where there is no picture."""
    if not content:
        return ""
    media = next((media for start, media in TYPES.items() if content.startswith(start)), "application/octet-stream")
    return f"data:{media};base64,{base64.b64encode(content).decode()}"
