"""gdsim: a desktop lab bench for gradient descent."""

__version__ = "0.1.0"
