"""How long an architecture takes on a device, by a table that was measured there."""

from pisnas_mm.latency.table import LatencyTable, read_table

__all__ = ['LatencyTable', 'read_table']
