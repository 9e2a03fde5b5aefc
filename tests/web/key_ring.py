"""The keys of an issuer that is not asked."""

from jwt import PyJWK

from bff.errors import Unauthenticated
from tests.web.tokens import PrivateKey, algorithm_of, shown


class Ring:
    """Keys by their ids; `keys` may be changed."""

    def __init__(self, **keys: PrivateKey) -> None:
        self.keys = {name: PyJWK(shown(key, name), algorithm_of(key)) for name, key in keys.items()}
        self.asked: list[str | None] = []

    def known(self, key_id: str | None, /) -> PyJWK | None:
        return self.keys.get(key_id or "")

    async def get(self, key_id: str | None, /) -> PyJWK:
        self.asked.append(key_id)
        key = self.known(key_id)
        if key is None:
            raise Unauthenticated("no such key")
        return key
