"""What goes through a push service so that only the browser can read it: RFC 8291 over `aes128gcm` of RFC 8188."""

import hmac
import os

from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.hazmat.primitives.ciphers.aead import AESGCM
from cryptography.hazmat.primitives.hashes import SHA256
from cryptography.hazmat.primitives.kdf.hkdf import HKDFExpand
from cryptography.hazmat.primitives.serialization import Encoding, PublicFormat

PLAIN_MOST = 3072
_RECORD_BYTES = 4096
_LAST_RECORD = b"\x02"
_SALT_BYTES = 16


def encrypt(
    plain: bytes,
    *,
    p256dh: bytes,
    auth: bytes,
    padded_to: int = PLAIN_MOST,
    salt: bytes | None = None,
    sender: ec.EllipticCurvePrivateKey | None = None,
) -> bytes:
    """The body of one message, as long for a word as for a story; `salt` and `sender` are new ones if not given.

    Raises ValueError for more than one record holds, and for a key that is none.
    """
    if len(plain) > max(padded_to, PLAIN_MOST):
        raise ValueError(f"{len(plain)} bytes do not fit")
    salt, sender = salt or os.urandom(_SALT_BYTES), sender or ec.generate_private_key(ec.SECP256R1())
    public = sender.public_key().public_bytes(Encoding.X962, PublicFormat.UncompressedPoint)
    reader = ec.EllipticCurvePublicKey.from_encoded_point(ec.SECP256R1(), p256dh)
    shared = sender.exchange(ec.ECDH(), reader)
    keying = _hkdf(auth, shared, b"WebPush: info\x00" + p256dh + public, 32)
    key = _hkdf(salt, keying, b"Content-Encoding: aes128gcm\x00", 16)
    nonce = _hkdf(salt, keying, b"Content-Encoding: nonce\x00", 12)
    record = plain + _LAST_RECORD + bytes(max(0, padded_to - len(plain)))
    header = salt + _RECORD_BYTES.to_bytes(4) + len(public).to_bytes(1) + public
    return header + AESGCM(key).encrypt(nonce, record, None)


def _hkdf(salt: bytes, secret: bytes, info: bytes, length: int) -> bytes:
    """HKDF with SHA-256 (RFC 5869)."""
    return HKDFExpand(algorithm=SHA256(), length=length, info=info).derive(hmac.digest(salt, secret, "sha256"))
