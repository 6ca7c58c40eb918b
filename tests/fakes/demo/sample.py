"""A picture to send without choosing a file: drawn here, so that no binary lies about."""

from __future__ import annotations

import struct
import zlib

WIDTH, HEIGHT = 320, 200


def _chunk(kind: bytes, content: bytes) -> bytes:
    checksum = struct.pack(">I", zlib.crc32(kind + content))
    return struct.pack(">I", len(content)) + kind + content + checksum


def _pixel(x: int, y: int) -> bytes:
    """Paint a house under an evening sky."""
    sky = bytes((250 - y // 2, 190 - y // 3, 140 + y // 4))
    if y > 150:
        return bytes((96, 140, 90))
    if 110 <= x < 210 and y >= 90:
        window = (125 <= x < 145 or 175 <= x < 195) and 102 <= y < 122
        door = 150 <= x < 170 and y >= 118
        return bytes((255, 220, 120) if window else (110, 70, 50) if door else (225, 215, 200))
    if 50 <= y < 90 and abs(x - 160) < (y - 50) * 1.5:
        return bytes((170, 70, 60))
    return sky


def png() -> bytes:
    """Return the picture as PNG."""
    rows = b"".join(b"\0" + b"".join(_pixel(x, y) for x in range(WIDTH)) for y in range(HEIGHT))
    header = struct.pack(">IIBBBBB", WIDTH, HEIGHT, 8, 2, 0, 0, 0)
    parts = _chunk(b"IHDR", header) + _chunk(b"IDAT", zlib.compress(rows)) + _chunk(b"IEND", b"")
    return b"\x89PNG\r\n\x1a\n" + parts
