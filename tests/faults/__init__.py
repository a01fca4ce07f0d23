"""Seeded faults: `python -m tests.faults` plants each in turn and fails if the suite notices nothing."""
