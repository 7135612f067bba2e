"""One topic, one file: what a topic file adds to the domain is taken from the file itself."""

from pathlib import Path

import rasa.shared.utils.io
from rasa.shared.core.domain import Domain
from rasa.shared.importers.rasa import RasaFileImporter


class TopicImporter(RasaFileImporter):
    """Rasa's file importer, plus: the intents of all training data are in the domain without being listed there.

    Rasa merges the `responses` of training files by itself, not their intents.
    """

    def get_domain(self) -> Domain:
        domain = super().get_domain()
        found = {name for path in self._nlu_files for name in _intents(path)}
        missing = sorted(found - set(domain.intents))
        return domain.merge(Domain.from_dict({"intents": missing})) if missing else domain


def _intents(path: str) -> list[str]:
    content = rasa.shared.utils.io.read_yaml_file(Path(path))
    return [item["intent"] for item in content.get("nlu", []) if "intent" in item]
