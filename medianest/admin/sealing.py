"""Sealing a stream with a passphrase: scrypt for the key, AES-256-GCM in chunks that cannot be reordered or cut off.

The construction is STREAM (Hoang, Reyhanitabar, Rogaway, Vizár 2015), as age and Tink use it: the nonce of a chunk is a
random prefix, the chunk's number, and whether it is the last.
"""

import hashlib
import os
import struct
from typing import BinaryIO

from medianest.admin.errors import BadBackup, WrongPassphrase
from medianest.core.i18n import msg

MAGIC = b"MediaNest sealed backup 1\n"
CHUNK_BYTES = 64 * 1024
_TAG_BYTES = 16
_COST_LOG2 = 16  # scrypt with r=8: 64 MiB, and half a second on a small machine
_COST_LOG2_MOST = 20
_HEAD = struct.Struct(">B16s7s")  # cost, salt, prefix of the nonces


class Sealed:
    """What is written here reaches `target` sealed; `close` writes the last chunk, and leaves `target` open."""

    def __init__(self, target: BinaryIO, passphrase: str) -> None:
        head = _HEAD.pack(_COST_LOG2, os.urandom(16), os.urandom(7))
        self._target = target
        self._chunks = _Chunks(head, passphrase)
        self._waiting = bytearray()
        target.write(MAGIC + head)

    def write(self, data: bytes) -> int:
        self._waiting += data
        while len(self._waiting) > CHUNK_BYTES:
            self._target.write(self._chunks.seal(bytes(self._waiting[:CHUNK_BYTES]), is_last=False))
            del self._waiting[:CHUNK_BYTES]
        return len(data)

    def close(self) -> None:
        self._target.write(self._chunks.seal(bytes(self._waiting), is_last=True))


class Opened:
    """What `Sealed` wrote to `source`, which stands behind the magic word. Raises WrongPassphrase, BadBackup."""

    def __init__(self, source: BinaryIO, passphrase: str) -> None:
        head = source.read(_HEAD.size)
        if len(head) < _HEAD.size or head[0] > _COST_LOG2_MOST:
            raise BadBackup(msg("admin.bad_backup"))
        self._source = source
        self._chunks = _Chunks(head, passphrase)
        self._ready = bytearray()
        self._next: bytes = source.read(CHUNK_BYTES + _TAG_BYTES)
        self._over = False
        self._fill()

    def read(self, size: int) -> bytes:
        while len(self._ready) < size and not self._over:
            self._fill()
        taken = bytes(self._ready[:size])
        del self._ready[:size]
        return taken

    def _fill(self) -> None:
        chunk, self._next = self._next, self._source.read(CHUNK_BYTES + _TAG_BYTES)
        self._over = not self._next
        self._ready += self._chunks.open(chunk, is_last=self._over)


class _Chunks:
    """The cipher and the number of the next chunk; what stands at the head is part of what is sealed."""

    def __init__(self, head: bytes, passphrase: str) -> None:
        from cryptography.hazmat.primitives.ciphers.aead import AESGCM  # heavy, and for backups with a passphrase alone

        cost, salt, self._prefix = _HEAD.unpack(head)
        n = 2**cost
        key = hashlib.scrypt(passphrase.encode(), salt=salt, n=n, r=8, p=1, maxmem=n * 1024 * 2, dklen=32)
        self._cipher = AESGCM(key)
        self._head = head
        self._number = 0

    def seal(self, plain: bytes, *, is_last: bool) -> bytes:
        return self._cipher.encrypt(self._nonce(is_last=is_last), plain, self._head)

    def open(self, sealed: bytes, *, is_last: bool) -> bytes:
        from cryptography.exceptions import InvalidTag  # as above

        is_first = self._number == 0
        try:
            return self._cipher.decrypt(self._nonce(is_last=is_last), sealed, self._head)
        except InvalidTag:
            error = WrongPassphrase(msg("admin.wrong_passphrase")) if is_first else BadBackup(msg("admin.bad_backup"))
            raise error from None

    def _nonce(self, *, is_last: bool) -> bytes:
        nonce: bytes = self._prefix + struct.pack(">I?", self._number, is_last)
        self._number += 1
        return nonce
