"""The paper's tables and figures: its claims, our own figures beside them, and how both look."""
