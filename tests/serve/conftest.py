"""A running shop and a headless browser, for the tests of the page."""

import json
import os
import shutil
import socket
import subprocess
import sys
import time
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import httpx
import pytest
from playwright.sync_api import Browser, BrowserContext, Page, sync_playwright

REPO = Path(__file__).parents[2]
CHROMIUM = shutil.which("chromium") or shutil.which("chromium-browser") or ""
QUIET = """--no-sandbox --disable-gpu --disable-quic --no-first-run --disable-background-networking
--disable-component-update --disable-sync"""
MADE = {
    "id": "made/he",
    "lang": "he",
    "title": {"he": "אגרטל קרמיקה בעבודת יד"},
    "brand": "אדמה",
    "offers": [{"market": "", "price": "80 USD"}],
}


@pytest.fixture(scope="session")
def shop(tmp_path_factory: pytest.TempPathFactory) -> Iterator[str]:
    """Address of a running `dragoman serve` with the demo sellers and a Hebrew vase."""
    folder = tmp_path_factory.mktemp("shop")
    made = folder / "made.jsonl"
    made.write_text(json.dumps(MADE), encoding="utf-8")
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        port = free.getsockname()[1]
    run = [sys.executable, "-c", "from dragoman.serve.cli import main; main()"]
    run += ["--shop", str(folder / "index"), "--encoder", "hash", "--index", "edge"]
    feeds = [str(REPO / "data/sample/sellers.jsonl"), str(made)]
    # Hashed letters know no meaning: ranks of both legs are fused, so that a matching word wins.
    env = os.environ | {
        "DRAGOMAN_FUSION": "reciprocal",
        "DRAGOMAN_TRANSLATOR": "none",
        "DRAGOMAN_RERANKER": "none",
        "DRAGOMAN_READER": "none",
        "DRAGOMAN_TITLE": "Dragoman demo shop",
        "DRAGOMAN_PICTURES": str(REPO / "data/sample/pictures"),
    }
    subprocess.run(
        [*run, "ingest", *feeds], check=True, capture_output=True, cwd=folder, env=env, timeout=120
    )
    server = subprocess.Popen(
        [*run, "serve", "--port", str(port)], cwd=folder, env=env, stderr=subprocess.DEVNULL
    )
    try:
        _wait_for(f"http://127.0.0.1:{port}/health/ready")
        # At the first question the encoder is measured, which takes longer than a browser is waited for.
        asked = {"question": "What does it cost?", "about": ["demo-de-02"]}
        httpx.post(f"http://127.0.0.1:{port}/v1/answer", json=asked, timeout=60).raise_for_status()
        yield f"http://127.0.0.1:{port}"
    finally:
        server.terminate()
        server.wait(timeout=20)


def _wait_for(address: str) -> None:
    for _ in range(300):
        try:
            httpx.get(address, timeout=5).raise_for_status()
        except httpx.HTTPError:
            time.sleep(0.1)
        else:
            return
    pytest.fail(f"{address} never answered")


@pytest.fixture(scope="session")
def browser() -> Iterator[Browser]:
    if not CHROMIUM:
        pytest.skip("no chromium: `make browser` installs it")
    with sync_playwright() as playwright:
        running = playwright.chromium.launch(executable_path=CHROMIUM, args=QUIET.split())
        yield running
        running.close()


class Shopper:
    """One shopper's window; every complaint of the browser is kept."""

    def __init__(self, context: BrowserContext, address: str) -> None:
        context.set_default_timeout(10_000)
        self.page: Page = context.new_page()
        self.address = address
        self.complaints: list[str] = []
        self.page.on("console", lambda said: self.complaints.append(said.text))
        self.page.on("pageerror", lambda error: self.complaints.append(str(error)))

    def visit(self, path: str) -> Page:
        self.page.goto(self.address + path)
        self.page.wait_for_selector(".card:not(.ghost), .empty, .trouble, #product h1, #other h1")
        return self.page


@pytest.fixture
def shopper(request: pytest.FixtureRequest, browser: Browser, shop: str) -> Iterator[Shopper]:
    """A window (``indirect`` parameter: options of the browser's context) that must not complain."""
    given: dict[str, Any] = getattr(request, "param", {})  # Any: playwright's own options
    options = {"viewport": {"width": 1280, "height": 900}, "locale": "en-US"} | given
    context = browser.new_context(**options)
    someone = Shopper(context, shop)
    yield someone
    context.close()
    assert someone.complaints == []
