"""The same duties on several machines: Procrastinate gives each of them to one process at a time (DESIGN section 8)."""
