"""How far the centre of each pyramid level sees: in closed form, and by sampling."""

from pisnas_mm.receptive.radii import receptive_map, stage_radii

__all__ = ['receptive_map', 'stage_radii']
