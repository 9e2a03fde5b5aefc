"""What `bff dev` chooses where nothing is set."""

from typing import Final

from bff.settings import Settings

DEFAULT_PORT: Final = 8000
ANY_FREE: Final = 0

FOR_DEVELOPERS: Final = {
    ("server_timing",): "on",
    ("log", "format"): "text",
    ("introspection",): "on",
    ("rate", "viewer"): "off",
    ("rate", "address"): "off",
}


def admin_ports(settings: Settings) -> tuple[int, ...]:
    """Where the admin listener may be, what is best first; nowhere if it is off.

    The usual port belongs to the usual port of the page, if nobody else has it: a second run chooses another one.
    """
    port = settings.admin.port
    if port is None:
        return ()
    if settings.came_from("admin_port") != "default":
        return (port,)
    return (port, ANY_FREE) if settings.port == DEFAULT_PORT else (ANY_FREE,)


def settings_for_web(settings: Settings) -> dict[str, str]:
    """Variables for the page of `bff dev`, but for what is set."""
    external = [name for name, source in settings.sources.items() if source.identity.external]
    chosen = FOR_DEVELOPERS | {(name, "link_hosts"): "*" for name in external}
    return {
        settings.one(*path).setting.variable: value
        for path, value in chosen.items()
        if settings.came_from(*path) == "default"
    }
