"""`--app MODULE:PAGE`: from that text to the page. Whatever is wrong with it, or with the module, is one sentence."""

import sys
from importlib import import_module
from pathlib import Path
from traceback import FrameSummary, extract_tb
from types import ModuleType

from bff.errors import DeclarationError
from bff.page import Page


def load_page(reference: str) -> Page:
    """The page that `module:name` names, looked for in the current folder first. Raises `DeclarationError`."""
    module_name, _, name = reference.partition(":")
    if not all(step.isidentifier() for step in [*module_name.split("."), name]):
        raise DeclarationError(f"--app is {reference!r}, it must be MODULE:PAGE such as acme.page:page")
    module = _imported(module_name, reference)
    page = getattr(module, name, None)
    if not isinstance(page, Page):
        is_what = f"is {repr(page)[:100]}, not a bff.Page" if hasattr(module, name) else "does not exist"
        raise DeclarationError(f"--app {reference}: {name!r} in {module_name} {is_what}; {_pages_in(module)}")
    return page


def _imported(name: str, reference: str) -> ModuleType:
    here = str(Path.cwd())
    if here not in sys.path:  # it stays: the module may import more of its own when the page is asked for
        sys.path.insert(0, here)
    try:
        return import_module(name)
    except ModuleNotFoundError as error:
        if error.name is not None and f"{name}.".startswith(f"{error.name}."):
            raise DeclarationError(
                f"--app {reference}: there is no module {error.name!r} here: run bff in the folder that holds it, "
                "or install it"
            ) from error
        raise _broken(name, reference, error) from error
    except (Exception, SystemExit) as error:  # a module may raise whatever it likes
        raise _broken(name, reference, error) from error


def _broken(name: str, reference: str, error: BaseException) -> DeclarationError:
    said = f"{type(error).__name__}: {error}".partition("\n")[0]
    return DeclarationError(f"--app {reference}: importing {name} raised {said}{_place(error)}")


def _place(error: BaseException) -> str:
    """The last line of code in the current folder that was on the way to the error, if any was."""
    frames = [frame for frame in extract_tb(error.__traceback__) if _is_ours(frame)]
    return f" ({frames[-1].filename}, line {frames[-1].lineno})" if frames else ""


def _is_ours(frame: FrameSummary) -> bool:
    return Path(frame.filename).is_relative_to(Path.cwd())


def _pages_in(module: ModuleType) -> str:
    pages = [name for name, value in vars(module).items() if isinstance(value, Page)]
    return f"its pages are: {', '.join(pages)}" if pages else "it holds no page"
