"""Working days of a province on a virtual clock: polls, ticks, messages to a receiver, and what came of them.

`./do soak [--days N] [--part N] [--seed N]`: 30 days of 20,000 officers and 300,000 open dossiers.
"""
