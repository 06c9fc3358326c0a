"""Keeps private text unreadable at rest: field encryption with rotating keys, and pseudonyms in place of chat ids."""

from __future__ import annotations

import hashlib
import hmac
from collections.abc import Sequence
from typing import NewType

from cryptography.fernet import Fernet, InvalidToken, MultiFernet

Sealed = NewType("Sealed", str)
"""Encrypted text. The ledger takes private text in this type only, so that plain text cannot be stored by mistake."""


class PrivacyError(Exception):
    """A key is unusable or a sealed field cannot be opened; the message never holds key or content."""


class FieldCipher:
    """Encrypts text fields; the newest key (first) seals, every key of the list opens."""

    def __init__(self, keys: Sequence[str]) -> None:
        if not keys:
            raise PrivacyError("FIELD_KEY 没有给出任何密钥")
        try:
            self._fernet = MultiFernet([Fernet(key) for key in keys])
        except ValueError as error:
            raise PrivacyError("FIELD_KEY 里有一把密钥格式不对，应是 44 个字符的 Fernet 密钥") from error

    def __repr__(self) -> str:
        return "FieldCipher(…)"

    def encrypt(self, text: str) -> Sealed:
        """Seal `text` with the newest key; the result is plain ASCII."""
        return Sealed(self._fernet.encrypt(text.encode()).decode("ascii"))

    def decrypt(self, sealed: Sealed) -> str:
        """Open what any key of the list has sealed."""
        try:
            return self._fernet.decrypt(sealed.encode("ascii")).decode()
        except (InvalidToken, UnicodeEncodeError) as error:
            raise PrivacyError("加密字段打不开：内容已损坏，或 FIELD_KEY 里缺了当时的密钥") from error

    def encrypt_bytes(self, content: bytes) -> bytes:
        """Seal a whole file with the newest key."""
        return self._fernet.encrypt(content)

    def decrypt_bytes(self, sealed: bytes) -> bytes:
        """Open a file that any key of the list has sealed."""
        try:
            return self._fernet.decrypt(sealed)
        except InvalidToken as error:
            raise PrivacyError("加密文件打不开：内容已损坏，或 FIELD_KEY 里缺了当时的密钥") from error

    def rotate(self, sealed: Sealed) -> Sealed:
        """Seal again with the newest key what an older key has sealed, so that the old key can be retired."""
        try:
            return Sealed(self._fernet.rotate(sealed.encode("ascii")).decode("ascii"))
        except (InvalidToken, UnicodeEncodeError) as error:
            raise PrivacyError("加密字段换不了密钥：内容已损坏，或 FIELD_KEY 里缺了当时的密钥") from error


def generate_field_key() -> str:
    """A fresh key for `FIELD_KEY`."""
    return Fernet.generate_key().decode("ascii")


class Pseudonyms:
    """Stable stand-ins for chat ids: the same chat gives the same word, and without the key none leads back."""

    def __init__(self, secret: str) -> None:
        self._key = hashlib.sha256(b"huinong pseudonyms\0" + secret.encode()).digest()

    def __repr__(self) -> str:
        return "Pseudonyms(…)"

    def of(self, channel: str, chat: str) -> str:
        """The 22-character stand-in of one chat of one channel."""
        digest = hmac.new(self._key, f"{channel}\0{chat}".encode(), hashlib.sha256)
        return digest.hexdigest()[:22]
