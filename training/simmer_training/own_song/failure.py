"""What ends a training that somebody asked for, said so that he knows what to do."""

import errno
from typing import Final, Literal

Code = Literal["usage", "invalid", "exhausted"]
_NO_ROOM: Final = (errno.ENOSPC, errno.EDQUOT, errno.EFBIG)


class SongError(Exception):
    """A sentence for people, and a code of the service's list (service/src/core/failure.ts)."""

    def __init__(self, code: Code, message: str) -> None:
        super().__init__(message)
        self.code: Code = code
        self.message = message


def no_room(error: BaseException) -> bool:
    """Whether an error, or one that it came from, says that a file could not grow.

    PyTorch's writer reports a full disk as a RuntimeError of its own, with or without the cause.
    """
    seen: BaseException | None = error
    while seen is not None:
        if isinstance(seen, OSError) and seen.errno in _NO_ROOM:
            return True
        seen = seen.__cause__ or seen.__context__
    return isinstance(error, RuntimeError) and "inline_container" in str(error)  # the writer of torch.save
