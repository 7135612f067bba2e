"""A brain without TensorFlow: Rasa loads, and what needs TensorFlow says so."""

import subprocess
import sys

SCRIPT = """
import sys
from bot.brain import environment, lean
environment.prepare("ERROR")
lean.install()
import rasa.core.agent
import rasa.core.policies.rule_policy
from rasa.utils.tensorflow import models
assert not [name for name in sys.modules if name.startswith("tensorflow.python")], "TensorFlow was imported"
import tensorflow as tf
try:
    tf.constant([1, 2])
except lean.TensorFlowNeeded as exc:
    print("refused", exc)
"""


def test_rasa_loads_without_tensorflow_and_using_it_is_an_error() -> None:
    done = subprocess.run([sys.executable, "-c", SCRIPT], capture_output=True, text=True, timeout=120, check=False)
    assert done.returncode == 0, done.stderr[-2000:]
    assert done.stdout.strip() == "refused tensorflow.constant"
