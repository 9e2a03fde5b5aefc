"""Take the docs' pictures of pages anew, from a `bff dev` that was just started: `python docs/take_pictures.py`.

Needs Chromium and `pip install playwright pillow`. Prettiest where the fonts Inter and P052 are installed.
"""

import sys
from io import BytesIO
from pathlib import Path
from shutil import which
from typing import Final
from urllib.parse import urlsplit

from PIL import Image
from playwright.sync_api import Page, sync_playwright

from bff.errors import BffError
from bff.lab.dev.breaking import break_source, mend
from bff.lab.dev.rundir import find

PICTURES: Final = Path(__file__).parent / "pictures"
BROWSERS: Final = ("chromium", "chromium-browser", "google-chrome", "google-chrome-stable")
ARE_DECODED: Final = "Promise.all([...document.images].map((image) => image.decode()))"
MISSING: Final = "[...document.querySelectorAll('.vacancy:has(code)')].map((one) => one.parentElement.id)"


def main(url: str) -> None:
    """Users of their own, so that no page is helped by what was cached for another."""
    port = urlsplit(url).port or 80
    browser = next((found for found in map(which, BROWSERS) if found), None)
    if browser is None:
        sys.exit(f"There is no browser to take pictures with: install one of {', '.join(BROWSERS)}.")
    with sync_playwright() as driver, driver.chromium.launch(executable_path=browser) as chromium:
        size = {"width": 1280, "height": 900}
        page = chromium.new_page(viewport=size, device_scale_factor=2, reduced_motion="reduce")
        mend(port)
        take(page, f"{url}/?user=1&dev", "landing.png", missing=[])
        break_source(port, "recommendations", "hang")
        try:
            take(page, f"{url}/?user=2&dev", "landing-degraded.png", missing=["recommendations"])
            break_source(port, "recommendations", "slow", "2s")
            page.goto(f"{url}/?user=3")
            page.wait_for_selector("#made li", state="attached")
            take_times(page, port)
        finally:
            mend(port)


def take(page: Page, url: str, name: str, *, missing: list[str]) -> None:
    """Picture the page, once it is whole but for what ought to be missing."""
    page.goto(url)
    page.wait_for_selector("#made li", state="attached")
    page.evaluate(ARE_DECODED)
    lacks = page.evaluate(MISSING)
    if lacks != missing:
        sys.exit(f"{url} lacks {lacks} where it should lack {missing}: start bff dev anew, and try again.")
    keep(page.screenshot(full_page=True), name)


def take_times(page: Page, port: int) -> None:
    """Where the time of the last page went, as the admin listener shows it."""
    page.wait_for_timeout(2_500)  # the vendor's call goes on after the answer
    requests = f"{find(port)[1].admin_url}debug/requests"
    page.goto(requests)
    keep(page.screenshot(clip={"x": 0, "y": 0, "width": 1280, "height": 480}), "requests.png")
    page.goto(f"{requests}?kind=degraded")
    page.click("table a")
    drawn = page.locator(".scroll > .stage").first.bounding_box()
    assert drawn is not None, "a request opens as a picture"
    page.set_viewport_size({"width": 1280, "height": int(drawn["y"] + drawn["height"]) + 160})
    keep(page.screenshot(), "waterfall.png")
    page.set_viewport_size({"width": 1600, "height": 900})
    keep(page.locator(".scroll > svg").last.screenshot(), "sequence.png")


def keep(screenshot: bytes, name: str) -> None:
    """Few colours do, and make it small."""
    picture = Image.open(BytesIO(screenshot))
    picture.convert("RGB").quantize(256, dither=Image.Dither.NONE).save(PICTURES / name, optimize=True)
    print(f"{PICTURES / name}: {(PICTURES / name).stat().st_size // 1000} kB")


if __name__ == "__main__":
    try:
        main(sys.argv[1].rstrip("/") if len(sys.argv) > 1 else "http://127.0.0.1:8000")
    except BffError as error:
        sys.exit(str(error))
