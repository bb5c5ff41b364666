"""Colours that colour-blind readers can tell apart, on paper and on a dark screen."""

from collections.abc import Mapping

# Okabe and Ito's palette.
COLOURS = ('#0072B2', '#D55E00', '#009E73', '#CC79A7', '#E69F00', '#56B4E9')
GREY = '#777777'
# For quantities: even in lightness, so that it also reads in black and white.
SEQUENTIAL = 'viridis'

Theme = Mapping[str, str]
"""Colours by the names of CSS variables."""

LIGHT: Theme = {
    'paper': '#ffffff',
    'panel': '#f5f7f9',
    'ink': '#1b1f23',
    'soft': '#59636e',
    'line': '#d5dae0',
    **{f'c{i}': colour for i, colour in enumerate(COLOURS)},
    'grey': '#8a929b',
}
# The same hues, lighter where they would not stand out from the dark.
DARK: Theme = {
    'paper': '#14171a',
    'panel': '#1d2125',
    'ink': '#e6e9ec',
    'soft': '#a3acb5',
    'line': '#3a4148',
    **{f'c{i}': colour for i, colour in enumerate(COLOURS)},
    'c0': '#3a9ad9',
    'c1': '#f07a2b',
    'c2': '#22b98f',
    'grey': '#7d858d',
}


def resolved(text: str, theme: Theme) -> str:
    """``var(--name)`` replaced by its colour, for what is drawn outside a page."""
    for name, colour in theme.items():
        text = text.replace(f'var(--{name})', colour)
    return text
