"""Does a score rank detectors? Architectures drawn, trained briefly, and compared with scores."""
