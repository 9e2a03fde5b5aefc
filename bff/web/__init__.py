"""The only place where everything is put together: the ASGI app, who asks, health, pages."""
