"""The ledger judged anew: slowly, and by another way than the one that wrote it."""
