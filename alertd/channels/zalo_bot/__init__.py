"""The Zalo Bot platform (delivery reference 1c)."""
