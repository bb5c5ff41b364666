"""Helpers of the command-line programs."""
