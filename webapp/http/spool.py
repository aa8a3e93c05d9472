"""A file kept in memory only, and compressed, until its rows are handed back."""

from __future__ import annotations

import zlib
from collections import deque
from collections.abc import Iterable, Iterator

from .limits import PIECE


class Spool:
    def __init__(self) -> None:
        self._kept: deque[bytes] = deque()
        self.size = 0

    def keeping(self, pieces: Iterable[bytes]) -> Iterator[bytes]:
        """The same pieces, each kept on its way."""
        packer = zlib.compressobj(level=1)
        for piece in pieces:
            self.size += len(piece)
            self._keep(packer.compress(piece))
            yield piece
        self._keep(packer.flush())

    def _keep(self, packed: bytes) -> None:
        if packed:
            self._kept.append(packed)

    def pieces(self) -> Iterator[bytes]:
        """What was kept, once; whatever has been read takes no more room."""
        unpacker = zlib.decompressobj()
        while self._kept:
            packed = self._kept.popleft()
            while packed:
                yield unpacker.decompress(packed, PIECE)
                packed = unpacker.unconsumed_tail
        yield unpacker.flush()
