"""The rules of the house, pure: no I/O, no clock, no configuration file; `now` is always an argument."""
