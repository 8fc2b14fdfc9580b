"""The components, one module for each kind; templates load them all as ``components``."""
