"""A software authenticator: it makes keys and signs, as a phone does, with real signatures.

W3C Web Authentication Level 3, sections 6.1 (authenticator data), 6.5 (attestation, none), 5.8.1
(client data).
"""

import hashlib
import json
import struct
from base64 import urlsafe_b64decode, urlsafe_b64encode
from dataclasses import dataclass, field
from typing import Any

import cbor2
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.hazmat.primitives.hashes import SHA256

UP, UV, BE, BS, AT = 0x01, 0x04, 0x08, 0x10, 0x40
"""Present, verified, may be backed up, is backed up, has a key in it."""


def b64(body: bytes) -> str:
    """Bytes as Web Authentication writes them."""
    return urlsafe_b64encode(body).rstrip(b"=").decode()


def unb64(text: str) -> bytes:
    """… and reads them."""
    return urlsafe_b64decode(text + "=" * (-len(text) % 4))


@dataclass
class Authenticator:
    """One phone. What it may not do rightly is said by its fields, for a test that it is refused.

    Attributes:
        origin: the page's address, as the browser puts it into what is signed.
        flags: what it says of whoever holds it.
        count: how often it has signed; a passkey that syncs always says 0.
        counts: whether it counts.
    """

    origin: str = "https://evenfall.local:8322"
    flags: int = UP | UV | BE | BS
    count: int = 0
    counts: bool = True
    client: dict[str, Any] = field(default_factory=dict)
    key: ec.EllipticCurvePrivateKey = field(
        default_factory=lambda: ec.generate_private_key(ec.SECP256R1())
    )
    id: bytes = b""
    user: bytes = b""

    def make(self, asked: dict[str, Any]) -> dict[str, Any]:
        """Answer `navigator.credentials.create`."""
        self.user = unb64(asked["user"]["id"])
        self.id = self.id or hashlib.sha256(self.user + self._point()[0]).digest()[:20]
        key = struct.pack(">16sH", bytes(16), len(self.id)) + self.id + cbor2.dumps(self._cose())
        data = self._data(asked["rp"]["id"], self.flags | AT) + key
        attested = cbor2.dumps({"fmt": "none", "attStmt": {}, "authData": data})
        client = self._client("webauthn.create", asked["challenge"])
        return self._answer(clientDataJSON=b64(client), attestationObject=b64(attested))

    def sign(self, asked: dict[str, Any]) -> dict[str, Any]:
        """Answer `navigator.credentials.get`."""
        self.count += self.counts
        data = self._data(asked["rpId"], self.flags)
        client = self._client("webauthn.get", asked["challenge"])
        signature = self.key.sign(data + hashlib.sha256(client).digest(), ec.ECDSA(SHA256()))
        return self._answer(
            clientDataJSON=b64(client),
            authenticatorData=b64(data),
            signature=b64(signature),
            userHandle=b64(self.user),
        )

    def _answer(self, **response: str) -> dict[str, Any]:
        return {
            "id": b64(self.id),
            "rawId": b64(self.id),
            "type": "public-key",
            "response": response,
            "clientExtensionResults": {},
        }

    def _client(self, kind: str, challenge: str) -> bytes:
        said = {"type": kind, "challenge": challenge, "origin": self.origin, "crossOrigin": False}
        return json.dumps(said | self.client).encode()

    def _data(self, rp_id: str, flags: int) -> bytes:
        return hashlib.sha256(rp_id.encode()).digest() + struct.pack(">BI", flags, self.count)

    def _point(self) -> tuple[bytes, bytes]:
        numbers = self.key.public_key().public_numbers()
        return numbers.x.to_bytes(32, "big"), numbers.y.to_bytes(32, "big")

    def _cose(self) -> dict[int, int | bytes]:
        x, y = self._point()
        return {1: 2, 3: -7, -1: 1, -2: x, -3: y}
