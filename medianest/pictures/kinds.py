"""What came from a source, by its first bytes, whatever it is called there: only what is drawn is handed to a child."""

_AVIF = frozenset({b"ftypavif", b"ftypavis"})
HEAD_BYTES = 12


def is_picture(data: bytes) -> bool:
    """Whether it begins as a JPEG, PNG, GIF, WebP or AVIF file does; SVG and pages are none."""
    return (
        data.startswith((b"\xff\xd8\xff", b"\x89PNG\r\n\x1a\n", b"GIF87a", b"GIF89a"))
        or (data[:4] == b"RIFF" and data[8:12] == b"WEBP")
        or data[4:12] in _AVIF
    )
