"""An architecture as data, and the forms it is read from."""
