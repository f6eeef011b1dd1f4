"""The vocabulary every layer shares: sources, places, values, findings. Imports nothing of launchlint."""
