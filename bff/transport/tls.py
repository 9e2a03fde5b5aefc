"""Certificates from files: ours, and those of whoever signs an upstream's."""

import re
import ssl
from collections.abc import Sequence
from pathlib import Path
from typing import Final

from bff.errors import BffError
from bff.identity import Tls

BLOCK: Final = re.compile(rb"-----BEGIN CERTIFICATE-----.*?-----END CERTIFICATE-----\n?", re.DOTALL)


class TlsError(BffError):
    """A file that is not what it is said to be. `option` is the member of `Tls` that names it."""

    def __init__(self, option: str, file: Path | None, reason: str) -> None:
        super().__init__(f"{file} {reason}")
        self.option = option


def check(tls: Tls) -> None:
    """Raises `TlsError` where connections would fail for one of the files."""
    load_into(ssl.SSLContext(ssl.PROTOCOL_TLS_CLIENT), tls)


def load_into(context: ssl.SSLContext, tls: Tls) -> None:
    """Have a context show and trust what the files hold, besides what it trusts already. Raises `TlsError`."""
    if tls.ca is not None:
        try:
            context.load_verify_locations(cadata="".join(block.decode() for block in authorities(tls)))
        except (ssl.SSLError, UnicodeDecodeError):
            raise TlsError("ca", tls.ca, "is no certificate in PEM") from None
    if tls.certificate is not None:
        try:
            context.load_cert_chain(tls.certificate, tls.key, password=_no_password)
        except FileNotFoundError:
            raise TlsError("certificate", tls.certificate, "or its key is not there") from None
        except (OSError, ValueError) as error:
            mismatch = "KEY_VALUES_MISMATCH" in str(error)
            reason = "does not belong to its key" if mismatch else "and its key are no pair in PEM without a password"
            raise TlsError("certificate", tls.certificate, reason) from None


def authorities(tls: Tls) -> Sequence[bytes]:
    """Each certificate in the file, in PEM. Raises `TlsError`."""
    if tls.ca is None:
        return ()
    found: list[bytes] = BLOCK.findall(_read("ca", tls.ca))
    if not found:
        raise TlsError("ca", tls.ca, "holds no certificate in PEM")
    return found


def chain(tls: Tls) -> bytes | None:
    """Our key and certificate in one, in PEM. Raises `TlsError`."""
    if tls.certificate is None:
        return None
    key = _read("key", tls.key) + b"\n" if tls.key is not None else b""
    return key + _read("certificate", tls.certificate)


def _read(option: str, file: Path) -> bytes:
    try:
        return file.read_bytes()
    except OSError as error:
        raise TlsError(option, file, f"cannot be read: {error.strerror}") from None


def _no_password() -> str:
    """Instead of asking whoever sits at the terminal."""
    return ""
