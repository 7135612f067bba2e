"""A circuit breaker: a backend that keeps failing is left alone for a while, and citizens needn't wait for it."""

import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager


class CircuitOpen(Exception):
    """The backend failed too often in a row; it isn't asked now."""


class Circuit:
    """Opens after `failures` failures in a row, for `open_seconds`; then lets one probe through.

    A probe that succeeds closes it, one that fails opens it again for the same time. For one event loop (not thread
    safe). `clock` gives monotonic seconds.
    """

    def __init__(
        self, failures: int = 5, open_seconds: float = 30.0, clock: Callable[[], float] = time.monotonic
    ) -> None:
        self._limit = failures
        self._open_seconds = open_seconds
        self._clock = clock
        self._failed = 0
        self._opened_at = 0.0
        self._probing = False

    @contextmanager
    def call(self, failure: type[Exception]) -> Iterator[None]:
        """Around one call: `failure` counts against the backend, any other outcome but a cancellation for it.

        Raises CircuitOpen instead of making the call while the circuit is open.
        """
        probe = self._admit()
        try:
            yield
        except failure:
            self._failed += 1
            self._opened_at = self._clock()
            raise
        except Exception:  # the backend answered: a refusal is no failure
            self._failed = 0
            raise
        else:
            self._failed = 0
        finally:
            if probe:
                self._probing = False

    def _admit(self) -> bool:
        """Whether this call is the probe; raises CircuitOpen if it may not be made."""
        if self._failed < self._limit:
            return False
        if self._probing or self._clock() - self._opened_at < self._open_seconds:
            raise CircuitOpen
        self._probing = True
        return True
