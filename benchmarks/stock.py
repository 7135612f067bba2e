"""The other side: stock Rasa with its default pipeline and policies, on the same content, behind its REST channel.

What is the same as Balie's: training data, rules, domain, actions, and the filling in of the municipality's values in answers
(`bot.brain.nlg`, by `nlg.type` of the endpoints). Everything else is what Rasa does by itself: `rasa run` with trackers and locks
in memory, and `rasa run actions` beside it, called over HTTP.
"""

from dataclasses import replace
from importlib.util import find_spec
from pathlib import Path
from typing import Any

import aiohttp
import yaml

from benchmarks import models
from benchmarks.clients import Client, RestClient
from benchmarks.machine import CannotMeasure, environment, free_port
from benchmarks.models import Report, Trained
from benchmarks.side import Side
from bot.settings import ROOT

EPOCHS = 100  # of Rasa's default configuration
SOURCES = ("domain.yml", "data/nlu", "data/rules", "bot/brain/importer.py", "requirements.lock")
CONFIG = "config.yml"
UNDERSTANDING = "stock-nlu"
PLAIN = {"intent", "action"}  # what the steps of a plain rule hold


def configuration(epochs: int = EPOCHS) -> dict[str, Any]:
    """Rasa's own default configuration, for Dutch. Fewer `epochs` than EPOCHS train faster and are not stock any more."""
    spec = find_spec("rasa")
    if spec is None or not spec.submodule_search_locations:
        raise CannotMeasure("rasa is not installed here")
    default = Path(spec.submodule_search_locations[0]) / "engine" / "recipes" / "config_files" / "default_config.yml"
    config: dict[str, Any] = yaml.safe_load(default.read_text())
    for component in config["pipeline"] + config["policies"]:
        if "epochs" in component:
            component["epochs"] = epochs
    # The importer takes the names of the intents from the topic files instead of from a list in the domain.
    return config | {"language": "nl", "assistant_id": "stock", "importers": [{"name": "bot.brain.importer.TopicImporter"}]}


def train(epochs: int, stories: bool, reuse: bool, report: Report) -> Trained:
    """The stock model of the present content; hours of work the first time. Raises CannotMeasure.

    `stories`: with `simple_stories` beside the rules. `reuse`: rather the newest model of earlier content than a new one;
    `Trained.current` tells which it is.
    """
    text = yaml.safe_dump(configuration(epochs), sort_keys=False)
    extra = yaml.safe_dump(simple_stories(), allow_unicode=True) if stories else ""
    paths = [path for name in SOURCES for path in _files(ROOT / name)]
    name = f"stock{'-stories' if stories else ''}-{models.digest(text + extra, paths)}"
    folder = models.FOLDER / name
    if found := models.find(name) or (reuse and _older(name.rpartition("-")[0], text)):
        return found
    folder.mkdir(parents=True, exist_ok=True)
    (folder / CONFIG).write_text(text)
    (folder / "stories.yml").write_text(extra)
    report("training its neural networks takes hours, once per content; --reuse-stock takes the model of earlier content")
    return models.train(name, models.everything(folder / CONFIG, *([folder / "stories.yml"] if stories else [])), report)


def understanding(epochs: int, report: Report) -> Trained:
    """Stock Rasa's pipeline, without its policies, on the assistant's own training sentences; an hour's work and more.

    A model of the same content that was trained for more epochs is taken rather than a new one. Raises CannotMeasure.
    """
    config, data = pipeline(epochs), sentences()
    better = {n: model for n, model in understandings().items() if n >= epochs}
    if better:
        return better[max(better)]
    return models.understanding(UNDERSTANDING, config, data, report, epochs)


def understandings() -> dict[int, Trained]:
    """Such models of the present content, by the number of epochs that they were trained for."""
    name = models.understanding_name(UNDERSTANDING, pipeline(), sentences())
    counts = sorted(int(path.name.rpartition("-")[2]) for path in models.FOLDER.glob(f"{name}-*"))
    found = {epochs: models.find(f"{name}-{epochs}") for epochs in counts}
    return {epochs: trained for epochs, trained in found.items() if trained}


def pipeline(epochs: int = EPOCHS) -> dict[str, Any]:
    """The part of Rasa's default configuration that understands."""
    config = configuration(epochs)
    return {name: config[name] for name in ("recipe", "language", "assistant_id", "pipeline")}


def sentences() -> str:
    """The training sentences of all files, without the answers and rules that are beside them, in Rasa's format.

    A change of an answer is no reason to train for hours.
    """
    found = [yaml.load(path.read_text(), Loader=yaml.CSafeLoader) or {} for path in _files(ROOT / "data/nlu")]
    items = [item for content in found for item in content.get("nlu", [])]
    return yaml.dump({"version": "3.1", "nlu": items}, Dumper=yaml.CSafeDumper, allow_unicode=True, sort_keys=False, width=10**9)


def simple_stories() -> dict[str, Any]:
    """A story for each rule that is only a message and its answers, as in a project that Rasa's own tutorial begins.

    The content itself has rules only. From those Memoization, UnexpecTED and TED learn nothing: they are there and cost nothing.
    """
    paths = [*_files(ROOT / "data/rules"), *_files(ROOT / "data/nlu")]
    rules = [rule for path in paths for rule in (yaml.safe_load(path.read_text()) or {}).get("rules", [])]
    plain = [rule for rule in rules if rule.keys() == {"rule", "steps"} and all(step.keys() <= PLAIN for step in rule["steps"])]
    return {"version": "3.1", "stories": [{"story": rule["rule"], "steps": rule["steps"]} for rule in plain]}


def _older(kind: str, config: str) -> Trained | None:
    """The newest model of this kind and configuration, whatever content it was trained on."""
    paths = models.FOLDER.glob(f"{kind}-*/{CONFIG}")
    same = [path.parent.name for path in paths if path.parent.name.rpartition("-")[0] == kind and path.read_text() == config]
    found = [trained for name in same if (trained := models.find(name))]
    return replace(max(found, key=lambda trained: trained.path.stat().st_mtime), current=False) if found else None


def _files(path: Path) -> list[Path]:
    return sorted(path.rglob("*.yml")) if path.is_dir() else [path]


class Stock(Side):
    """`rasa run` and `rasa run actions`. The actions look in a Redis whether an agent is at the desk; it isn't counted."""

    name = "stock Rasa"

    def __init__(self, folder: Path, model: Path) -> None:
        super().__init__(folder)
        self._model = model

    def start(self) -> None:
        actions_port = free_port()
        endpoints, credentials = self._folder / "endpoints.yml", self._folder / "credentials.yml"
        endpoints.write_text(yaml.safe_dump({
            "action_endpoint": {"url": f"http://127.0.0.1:{actions_port}/webhook"}, "nlg": {"type": "bot.brain.nlg.GemeenteNLG"},
        }))
        credentials.write_text("rest:\n")
        self.redis.start()
        # The action server listens on every address unless SANIC_HOST says otherwise.
        env = environment(BALIE_REDIS_URL=self.redis.url, BALIE_DATA_DIR=str(self._folder / "var"), SANIC_HOST="127.0.0.1")
        actions = ["run", "actions", "--actions", "actions", "--port", str(actions_port)]
        self._launch("action server", ["-m", "rasa", *actions], env)
        serve = ["run", "--model", str(self._model), "--endpoints", str(endpoints), "--credentials", str(credentials)]
        self._launch("rasa", ["-m", "rasa", *serve, "-i", "127.0.0.1", "--port", str(self._port)], env)

    def client(self, session: aiohttp.ClientSession) -> Client:
        return RestClient(session, f"http://127.0.0.1:{self._port}")
