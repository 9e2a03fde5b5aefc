"""Processes and sockets: the page on its listener, by one process or several, and the admin listener beside it."""
