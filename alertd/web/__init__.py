"""What is served over HTTP: the board, pages that need no login, the hooks of providers, what machines ask."""
