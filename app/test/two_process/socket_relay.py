# SPDX-License-Identifier: BSD-3-Clause
# Copyright(c) 2026 The virtio-crypto authors
"""A socket between a front-end and a back-end that can be cut at any message."""

import contextlib
import os
import socket as sockets
import threading

ROOM = 1 << 16
MAX_FDS = 8


class Relay:
    """Listens on a path, and passes what comes to another one; a context manager."""

    def __init__(self, path, target):
        self.path, self.target = path, target
        self.limit = None  # pieces that a front-end may send before it is cut off
        self.lock = threading.Lock()
        self.pairs = []
        self.cuts = 0
        self.listener = sockets.socket(sockets.AF_UNIX, sockets.SOCK_STREAM)
        self.listener.bind(path)
        self.listener.listen()

    def __enter__(self):
        threading.Thread(target=self._accept, daemon=True).start()
        return self

    def __exit__(self, *_):
        self.listener.shutdown(sockets.SHUT_RDWR)
        self.listener.close()
        self.cut()

    def _accept(self):
        while True:
            try:
                front, _ = self.listener.accept()
            except OSError:
                return
            back = sockets.socket(sockets.AF_UNIX, sockets.SOCK_STREAM)
            try:
                back.connect(self.target)
            except OSError:
                front.close()
                continue
            with self.lock:
                self.pairs.append((front, back))
            for source, target, limit in ((front, back, self.limit), (back, front, None)):
                threading.Thread(target=self._pass, args=(source, target, limit),
                                 daemon=True).start()

    def _pass(self, source, target, limit):
        with contextlib.suppress(OSError):
            while limit is None or limit > 0:
                data, files, _, _ = sockets.recv_fds(source, ROOM, MAX_FDS)
                if not data:
                    break
                try:
                    sockets.send_fds(target, [data], files)
                finally:
                    for file in files:
                        os.close(file)
                if limit is not None:
                    limit -= 1
        if limit == 0:
            self.cuts += 1
        for end in (source, target):
            with contextlib.suppress(OSError):
                end.shutdown(sockets.SHUT_RDWR)

    def cut(self):
        """Cut all connections that there are."""
        with self.lock:
            pairs, self.pairs = self.pairs, []
        self.cuts += len(pairs)
        for end in (end for pair in pairs for end in pair):
            with contextlib.suppress(OSError):
                end.shutdown(sockets.SHUT_RDWR)
