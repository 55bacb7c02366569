"""Chips in their emulators, and the network on their serial line."""
