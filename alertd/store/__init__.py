"""The store: dossiers with their history, the ledger of alerts, the outbox. Synchronous; the daemon calls it in a thread."""
