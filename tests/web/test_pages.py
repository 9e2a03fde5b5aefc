"""A page's own files: those of its folder, under a policy that lets no other origin in."""

from collections.abc import AsyncIterator
from pathlib import Path

import httpx
import pytest
from starlette.applications import Starlette
from starlette.routing import Mount

from bff.web.pages import PageFiles


@pytest.fixture
async def client(tmp_path: Path) -> AsyncIterator[httpx.AsyncClient]:
    """Of a folder with a page, beside a file that is nobody's business."""
    (tmp_path / "secret.txt").write_text("hush")
    folder = tmp_path / "frontend"
    (folder / "pictures").mkdir(parents=True)
    (folder / "index.html").write_text("<!doctype html><title>Page</title>")
    (folder / "page.js").write_text("")
    (folder / "link.txt").symlink_to(tmp_path / "secret.txt")
    app = Starlette(routes=[Mount("/", PageFiles(folder))])
    async with httpx.AsyncClient(transport=httpx.ASGITransport(app), base_url="http://bff.test") as client:
        yield client


async def test_the_root_is_the_page(client: httpx.AsyncClient) -> None:
    answer = await client.get("/")
    assert answer.status_code == 200
    assert answer.headers["content-type"].startswith("text/html")
    assert "<title>Page</title>" in answer.text


@pytest.mark.parametrize("path", ["/", "/page.js"])
async def test_every_file_comes_under_a_policy_that_lets_no_other_origin_in(
    client: httpx.AsyncClient, path: str
) -> None:
    headers = (await client.get(path)).headers
    policy = dict(rule.strip().partition(" ")[::2] for rule in headers["content-security-policy"].split(";"))
    assert policy["default-src"] == policy["frame-ancestors"] == policy["base-uri"] == "'none'"
    assert policy["script-src"] == policy["connect-src"] == "'self'"
    assert "unsafe" not in headers["content-security-policy"]
    assert headers["x-content-type-options"] == "nosniff"
    assert headers["referrer-policy"] == "no-referrer"
    assert headers["cross-origin-opener-policy"] == headers["cross-origin-resource-policy"] == "same-origin"
    assert "camera=()" in headers["permissions-policy"]


async def test_a_page_that_needs_more_says_so(tmp_path: Path) -> None:
    (tmp_path / "index.html").write_text("<!doctype html>")
    policy = "default-src 'none'; style-src 'unsafe-inline'"
    app = Starlette(routes=[Mount("/", PageFiles(tmp_path, policy=policy))])
    async with httpx.AsyncClient(transport=httpx.ASGITransport(app), base_url="http://bff.test") as client:
        assert (await client.get("/")).headers["content-security-policy"] == policy


async def test_a_file_that_has_not_changed_is_not_sent_again(client: httpx.AsyncClient) -> None:
    first = await client.get("/page.js")
    assert first.headers["cache-control"] == "no-cache"
    again = await client.get("/page.js", headers={"if-none-match": first.headers["etag"]})
    assert again.status_code == 304


@pytest.mark.parametrize(
    "path",
    [
        "/nothing.html",
        "/../secret.txt",
        "/%2e%2e/secret.txt",
        "/..%2fsecret.txt",
        "/..%5csecret.txt",
        "/pictures/../../secret.txt",
        "//etc/passwd",
        "/link.txt",
        "/%00",
        "/" + "x" * 5_000,
        "/pictures",
    ],
)
async def test_what_is_not_in_the_folder_is_not_found(client: httpx.AsyncClient, path: str) -> None:
    request = httpx.Request("GET", "http://bff.test/")
    request.url = request.url.copy_with(raw_path=path.encode())
    answer = await client.send(request)
    assert answer.status_code in (404, 405)
    assert "hush" not in answer.text


async def test_files_are_only_read(client: httpx.AsyncClient) -> None:
    assert (await client.post("/page.js")).status_code == 405
