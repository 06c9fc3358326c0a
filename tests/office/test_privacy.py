"""Field encryption and pseudonyms."""

from __future__ import annotations

import pytest

from office.privacy import FieldCipher, PrivacyError, Pseudonyms, Sealed, generate_field_key


def test_sealed_text_opens_again_and_shows_nothing(cipher: FieldCipher) -> None:
    """What is sealed comes back unchanged, and cannot be read meanwhile."""
    sealed = cipher.encrypt("张三 13800000138")

    assert cipher.decrypt(sealed) == "张三 13800000138"
    assert "13800000138" not in sealed
    assert sealed.isascii()


def test_newest_key_seals_and_older_keys_still_open() -> None:
    """After a rotation old fields open, and new fields need the new key."""
    old, new = generate_field_key(), generate_field_key()
    before, after = FieldCipher([old]), FieldCipher([new, old])

    assert after.decrypt(before.encrypt("旧")) == "旧"
    with pytest.raises(PrivacyError, match="FIELD_KEY"):
        before.decrypt(after.encrypt("新"))


def test_rotated_field_needs_the_old_key_no_longer() -> None:
    """Re-sealing lets the old key be retired."""
    old, new = generate_field_key(), generate_field_key()
    rotated = FieldCipher([new, old]).rotate(FieldCipher([old]).encrypt("旧"))

    assert FieldCipher([new]).decrypt(rotated) == "旧"


@pytest.mark.parametrize("keys", [[], ["短"], ["not-a-key"]])
def test_unusable_keys_are_refused(keys: list[str]) -> None:
    """No key and malformed keys stop at once."""
    with pytest.raises(PrivacyError, match="FIELD_KEY"):
        FieldCipher(keys)


@pytest.mark.parametrize("damage", ["", "不是密文", "gAAAAABm"])
def test_damaged_field_is_an_error_not_an_empty_text(cipher: FieldCipher, damage: str) -> None:
    """Damage is never taken for content, neither when opening nor when rotating."""
    with pytest.raises(PrivacyError):
        cipher.decrypt(Sealed(damage))
    with pytest.raises(PrivacyError):
        cipher.rotate(Sealed(damage))


def test_pseudonym_is_stable_and_depends_on_chat_channel_and_key() -> None:
    """One chat, one stand-in; another chat, channel or key, another one; none shows the id."""
    first = Pseudonyms("k" * 32)
    stand_in = first.of("telegram", "138001")

    assert stand_in == Pseudonyms("k" * 32).of("telegram", "138001")
    others = [first.of("telegram", "138002"), first.of("web", "138001"), Pseudonyms("j" * 32).of("telegram", "138001")]
    assert len({stand_in, *others}) == 4
    assert "138001" not in stand_in


def test_repr_hides_keys() -> None:
    """Neither cipher nor pseudonyms print what they hold."""
    key = generate_field_key()

    assert key not in repr(FieldCipher([key])) + repr(Pseudonyms(key))
