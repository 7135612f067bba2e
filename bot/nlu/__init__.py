"""Understanding Dutch: Rasa graph components on spaCy, and the models behind them.

The modules that hold the work (language, features, linear, calibration, danger) import no Rasa; the components that
Rasa names in `config.yml` (tokenizer, entities, classifier, crisis) do. This package imports none of them by itself.
"""
