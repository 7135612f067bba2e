"""Rasa without TensorFlow: Rasa imports it for components that this assistant does not have.

Importing it costs a brain seconds at its start and hundreds of megabytes. The stand-in lets Rasa's modules define their classes;
whoever would really compute with it gets a clear error. Training and Rasa's own commands use the real one.
"""

import importlib
import importlib.abc
import importlib.machinery
import sys
import types
from collections.abc import Sequence
from typing import Any

ABSENT = ("tensorflow", "tensorflow_text", "tensorflow_hub", "tensorflow_addons", "keras")


class TensorFlowNeeded(Exception):
    """A component of the model computes with TensorFlow: set BALIE_LEAN_BRAIN=false."""


class _Meta(type):
    """A class whose attributes are such classes too, so that `tf.keras.layers.Layer` can be subclassed."""

    def __getattr__(cls, name: str) -> Any:
        if name.startswith("__"):
            raise AttributeError(name)
        return _standin(f"{cls.__name__}.{name}")

    def __call__(cls, *args: Any, **kwargs: Any) -> Any:
        # A decorator (`@tf.function`) gets its function back. Nothing else may be made or called.
        if cls.__module__ == __name__ and len(args) == 1 and callable(args[0]):
            return args[0]
        if cls.__module__ == __name__ and not args:
            return lambda function: function
        raise TensorFlowNeeded(cls.__name__)


def _standin(name: str) -> _Meta:
    return _Meta(name, (), {"__module__": __name__})


class _Module(types.ModuleType):
    def __getattr__(self, name: str) -> Any:
        if name.startswith("__"):
            raise AttributeError(name)
        return _standin(f"{self.__name__}.{name}")


class _Finder(importlib.abc.MetaPathFinder, importlib.abc.Loader):
    def find_spec(
        self, fullname: str, path: Sequence[str] | None, target: types.ModuleType | None = None
    ) -> importlib.machinery.ModuleSpec | None:
        if fullname.split(".", 1)[0] not in ABSENT:
            return None
        return importlib.machinery.ModuleSpec(fullname, self, is_package=True)

    def create_module(self, spec: importlib.machinery.ModuleSpec) -> types.ModuleType:
        return _Module(spec.name)

    def exec_module(self, module: types.ModuleType) -> None:
        """There is nothing to execute."""


def install() -> None:
    """Put the stand-in in TensorFlow's place; call this before Rasa is imported."""
    if "tensorflow" in sys.modules:
        return
    sys.modules["tensorflow"] = None  # type: ignore[assignment]
    importlib.import_module("spacy")  # uses TensorFlow when it is there and does well without
    del sys.modules["tensorflow"]
    sys.meta_path.insert(0, _Finder())
