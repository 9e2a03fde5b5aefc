"""What is doubtful in the settings of the whole page, and in what looks like one."""

from collections.abc import Iterator

from bff.settings import Settings
from bff.settings.doctor.named import valued
from bff.settings.layers import FILE_SUFFIX, PREFIX


def doubts(settings: Settings) -> Iterator[str]:
    """A sentence for each."""
    if settings.gateway_timeout is not None and settings.page_deadline >= settings.gateway_timeout:
        yield (
            f"{valued(settings, 'page_deadline')} is not below {valued(settings, 'gateway_timeout')}: "
            "users see the gateway's 504 in place of a page without its slow sections. Lower the first."
        )
    if any(network.prefixlen == 0 for network in settings.trusted_proxies):
        yield (
            "BFF_TRUSTED_PROXIES holds every address there is: any client can shorten its page's deadline. "
            "Name the proxies' own."
        )
    for variable in settings.unread:
        yield f"{variable} is not read: {_why_unread(settings, variable)}"


def _why_unread(settings: Settings, variable: str) -> str:
    option = variable.removeprefix(PREFIX).removesuffix(FILE_SUFFIX)
    for chosen in settings.chosen:
        if chosen.setting.option == option:
            return f"it does not say whose it is, as {chosen.setting.variable} does. Write it for each that it is for."
    return "there is no such setting. `bff config` lists all there are. Take it out, or rename what is not for us."
