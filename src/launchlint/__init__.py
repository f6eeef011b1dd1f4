"""launchlint: a static linter for the production readiness of AI systems."""

__version__ = "0.1.0"
