"""The store: dossiers with their history, the ledger, the outbox. Synchronous; the daemon calls it in a thread."""
