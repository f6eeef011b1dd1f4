"""`python -m launchlint`."""

from launchlint.cli import main

main()
