"""Pipelines that Python and command lines call, and what command lines share.

Command lines answer ``--help`` without any package installed: nothing is imported here.
"""
