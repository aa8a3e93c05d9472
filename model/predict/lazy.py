"""What an object works out when it is first asked for, and then keeps."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any, Generic, Self, TypeVar, overload

Value = TypeVar("Value")


class lazy(Generic[Value]):  # noqa: N801 - it is written like `property`
    """For objects of one request. functools.cached_property lets the threads of all requests in one at a time."""

    def __init__(self, work: Callable[[Any], Value]) -> None:
        self.work = work

    def __set_name__(self, owner: type, name: str) -> None:
        self.name = name

    @overload
    def __get__(self, instance: None, owner: type) -> Self: ...
    @overload
    def __get__(self, instance: object, owner: type) -> Value: ...
    def __get__(self, instance: object | None, owner: type) -> Self | Value:
        if instance is None:
            return self
        # From here on it is found there, and this is asked no more.
        value = instance.__dict__[self.name] = self.work(instance)
        return value
