"""What must be set before Rasa is imported: no telemetry, and no noise from its old dependencies."""

import logging
import os
import warnings

import structlog


def prepare(level: str = "INFO") -> None:
    """Set environment, warning filters and logging. Call this before the first import of rasa."""
    os.environ["RASA_TELEMETRY_ENABLED"] = "false"  # a government counter sends no telemetry
    for name in ("OPENBLAS_NUM_THREADS", "OMP_NUM_THREADS"):  # one sentence is too little work to share; threads would spin
        os.environ.setdefault(name, "1")
    os.environ.setdefault("TF_CPP_MIN_LOG_LEVEL", "3")
    os.environ.setdefault("SQLALCHEMY_SILENCE_UBER_WARNING", "1")
    warnings.showwarning = _show_warning  # type: ignore[assignment]
    logging.getLogger("rasa").setLevel(logging.WARNING)
    logging.getLogger("rasa_sdk").setLevel(logging.WARNING)
    logging.getLogger("matplotlib").setLevel(logging.ERROR)
    configure_logs(level)


def _show_warning(message: Warning | str, category: type[Warning], *where: object) -> None:
    """Rasa's dependencies reset the filters when imported, so what is deprecated in them is dropped where it is shown."""
    if not issubclass(category, DeprecationWarning | PendingDeprecationWarning | FutureWarning | UserWarning):
        logging.getLogger("py.warnings").warning("%s: %s", category.__name__, message)


def configure_logs(level: str) -> None:
    """Structured logs, one JSON record a line. Rasa's own debug records hold message texts and are dropped."""
    structlog.configure(
        processors=[
            structlog.processors.add_log_level,
            structlog.processors.TimeStamper(fmt="iso", utc=True),
            structlog.processors.JSONRenderer(),
        ],
        wrapper_class=structlog.make_filtering_bound_logger(max(logging.getLevelName(level), logging.INFO)),
    )
