"""As much of the protocol as it takes to see where a command ends."""


class Commands:
    """Finds whole commands in what a client sends, however it is cut up."""

    def __init__(self) -> None:
        self._unread = b""

    def feed(self, data: bytes) -> list[list[bytes]]:
        """The commands that are whole by now."""
        self._unread += data
        whole = []
        while (end := self._whole()) is not None:
            whole.append(self._words(end))
        return whole

    def _whole(self) -> int | None:
        """Where the first one ends."""
        at = self._unread.find(b"\r\n") + 2
        if at < 2:
            return None
        for _ in range(int(self._unread[1 : at - 2])):
            end = self._unread.find(b"\r\n", at) + 2
            if end < 2:
                return None
            at = end + int(self._unread[at + 1 : end - 2]) + 2
        return at if at <= len(self._unread) else None

    def _words(self, end: int) -> list[bytes]:
        command, self._unread = self._unread[:end], self._unread[end:]
        at = command.find(b"\r\n") + 2
        words = []
        while at < end:
            start = command.find(b"\r\n", at) + 2
            length = int(command[at + 1 : start - 2])
            words.append(command[start : start + length])
            at = start + length + 2
        return words
