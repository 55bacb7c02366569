"""The pytest plugin and the classes behind it."""
