"""Zalo Official Account (delivery reference 1a, 1b, 1d)."""
