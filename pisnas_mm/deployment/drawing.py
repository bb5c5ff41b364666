"""Detections painted on a picture."""

from colorsys import hsv_to_rgb

from pisnas_mm.deployment.detector import Detections
from pisnas_mm.deployment.images import Picture


def drawn(picture: Picture, detections: Detections) -> Picture:
    """A copy of a picture with boxes, each with its class and score."""
    import cv2

    canvas = picture.copy()
    size = max(picture.shape[:2])
    line, font = max(1, round(size / 400)), max(0.35, size / 1600)
    for (name, score, box), label in zip(detections, detections.labels, strict=True):
        left, top, right, bottom = map(round, box)
        colour = colour_of(int(label))
        cv2.rectangle(canvas, (left, top), (right, bottom), colour, line, cv2.LINE_AA)
        text = f'{name} {score:.2f}'
        (width, height), _ = cv2.getTextSize(text, cv2.FONT_HERSHEY_SIMPLEX, font, line)
        base = top - line if top > height + line else top + height + line
        cv2.rectangle(canvas, (left, base - height), (left + width, base + line), colour, -1)
        white = (255, 255, 255)
        cv2.putText(
            canvas, text, (left, base), cv2.FONT_HERSHEY_SIMPLEX, font, white, line, cv2.LINE_AA
        )
    return canvas


def colour_of(label: int) -> tuple[int, int, int]:
    """Of a class: hues that follow each other are far apart (by the golden ratio)."""
    red, green, blue = hsv_to_rgb(label * 0.618034 % 1, 0.85, 0.75)
    return round(255 * blue), round(255 * green), round(255 * red)
