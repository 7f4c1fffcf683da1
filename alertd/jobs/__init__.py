"""The jobs: each is one `tick(now)` that the scheduler, a test, a virtual clock or the command line can call."""
