"""One topic, one file: what a topic file adds to the domain is taken from the file itself."""

from pathlib import Path
from typing import Any

import rasa.shared.utils.common
import yaml
from rasa.shared.core.domain import Domain
from rasa.shared.importers.rasa import RasaFileImporter
from rasa.shared.nlu.training_data.training_data import TrainingData

from bot.gemeenten import FOLDER as GEMEENTEN


class TopicImporter(RasaFileImporter):
    """Rasa's file importer, plus: the intents of all training data are in the domain without being listed there.

    Rasa merges the `responses` of training files by itself, not their intents. It asks for domain and data more than once, and
    reading them takes seconds: they are read once.

    A municipality's own answers (`data/gemeenten/<name>/answers.yml`) look like training data to Rasa, which would give them to
    all municipalities: they stay out.
    """

    _nlu_files: list[str]

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self._nlu_files = [path for path in self._nlu_files if not Path(path).resolve().is_relative_to(GEMEENTEN)]

    @rasa.shared.utils.common.cached_method
    def get_domain(self) -> Domain:
        domain = super().get_domain()
        found = {name for path in self._nlu_files for name in _intents(path)}
        missing = sorted(found - set(domain.intents))
        return domain.merge(Domain.from_dict({"intents": missing})) if missing else domain

    @rasa.shared.utils.common.cached_method
    def get_nlu_data(self, language: str | None = "en") -> TrainingData:
        return super().get_nlu_data(language)


def _intents(path: str) -> list[str]:
    content = yaml.load(Path(path).read_text(encoding="utf-8"), Loader=yaml.CSafeLoader)
    return [item["intent"] for item in content.get("nlu", []) if "intent" in item]
