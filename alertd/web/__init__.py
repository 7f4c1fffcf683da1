"""What is served over HTTP: pages that need no login, and the hooks of providers."""
