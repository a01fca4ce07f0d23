"""Twelve faults for any mail client, one after the other: the `gates`, a `spot` in the record, and the `gauntlet` itself."""
