"""What must be set before Rasa is imported: no telemetry, and no noise from its old dependencies."""

import logging
import os
import warnings

from bot import logs


def prepare(level: str = "INFO") -> None:
    """Set environment, warning filters and logging. Call this before the first import of rasa.

    Rasa's own debug records hold message texts: no level is lower than INFO.
    """
    os.environ["RASA_TELEMETRY_ENABLED"] = "false"  # a government counter sends no telemetry
    for name in ("OPENBLAS_NUM_THREADS", "OMP_NUM_THREADS"):  # one sentence is too little work to share; threads would spin
        os.environ.setdefault(name, "1")
    os.environ.setdefault("TF_CPP_MIN_LOG_LEVEL", "3")
    os.environ.setdefault("SQLALCHEMY_SILENCE_UBER_WARNING", "1")
    warnings.showwarning = _show_warning  # type: ignore[assignment]
    logging.getLogger("rasa").setLevel(logging.WARNING)
    logging.getLogger("rasa_sdk").setLevel(logging.WARNING)
    logging.getLogger("matplotlib").setLevel(logging.ERROR)
    logs.structured("INFO" if level == "DEBUG" else level)


def _show_warning(message: Warning | str, category: type[Warning], *where: object) -> None:
    """Rasa's dependencies reset the filters when imported, so what is deprecated in them is dropped where it is shown."""
    if not issubclass(category, DeprecationWarning | PendingDeprecationWarning | FutureWarning | UserWarning):
        logging.getLogger("py.warnings").warning("%s: %s", category.__name__, message)
