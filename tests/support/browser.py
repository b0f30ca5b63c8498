"""A real browser: headless Chromium that tells what it asked for and what it complained about."""

from __future__ import annotations

import json
import os
import shutil
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest
from selenium.webdriver import Chrome, ChromeOptions
from selenium.webdriver.chrome.service import Service
from selenium.webdriver.common.action_chains import ActionChains
from selenium.webdriver.common.by import By
from selenium.webdriver.remote.webelement import WebElement

_ARGUMENTS = (
    "--headless=new",
    "--no-sandbox",  # tests may run as root in a container
    "--disable-gpu",
    "--disable-dev-shm-usage",
    "--disable-quic",
    "--no-first-run",
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-sync",
    "--hide-scrollbars",
)
_BROWSERS = ("chromium", "chromium-browser", "google-chrome")


def _programs() -> tuple[str, str]:
    """Return Chromium and its driver; skip without them, but fail where ``.ci/run`` saw them."""
    browser = next(filter(None, map(shutil.which, _BROWSERS)), None)
    driver = shutil.which("chromedriver")
    if browser is None or driver is None:
        missing = "chromium" if browser is None else "chromedriver"
        reason = f"{missing} is not installed (Debian: chromium, chromium-driver)"
        if os.environ.get("BROWSER_REQUIRED"):
            pytest.fail(reason)
        pytest.skip(reason)
    return browser, driver


@contextmanager
def open_browser(profile: Path) -> Iterator[Browser]:
    """Start Chromium with an empty profile; skip the test where there is none."""
    browser, driver = _programs()
    options = ChromeOptions()
    options.binary_location = browser
    for argument in (*_ARGUMENTS, f"--user-data-dir={profile}"):
        options.add_argument(argument)
    options.set_capability("goog:loggingPrefs", {"performance": "ALL", "browser": "ALL"})
    chrome = Chrome(options=options, service=Service(driver))
    try:
        yield Browser(chrome)
    finally:
        chrome.quit()


class Browser:
    """One window."""

    def __init__(self, chrome: Chrome) -> None:
        self._chrome = chrome

    def open(self, url: str) -> None:
        """Go to ``url`` and forget what was logged before."""
        self._chrome.get("about:blank")
        self._chrome.get_log("performance")
        self._chrome.get_log("browser")
        self._chrome.get(url)

    def complaints(self) -> list[str]:
        """Return what the console has shown since the page was opened, of every level."""
        return [entry["message"] for entry in self._chrome.get_log("browser")]

    def requests(self) -> dict[str, str]:
        """Return every address that was wanted since the page was opened, the page's too.

        Returns:
            For each address why the browser blocked it, such as ``csp``; empty if it was asked.
        """
        found: dict[str, str] = {}
        names: dict[str, str] = {}
        for entry in self._chrome.get_log("performance"):
            message = json.loads(entry["message"])["message"]
            method, params = message["method"], message["params"]
            if method == "Network.requestWillBeSent":
                names[params["requestId"]] = params["request"]["url"]
                found.setdefault(params["request"]["url"], "")
            elif method == "Network.webSocketCreated":
                found.setdefault(params["url"], "")
            elif method == "Network.loadingFailed" and params["requestId"] in names:
                found[names[params["requestId"]]] = params.get("blockedReason", "")
        return found

    def run(self, script: str, *arguments: object) -> object:
        """Run JavaScript and return its value."""
        return self._chrome.execute_script(script, *arguments)

    def press(self, *keys: str) -> None:
        """Press keys, one after the other."""
        ActionChains(self._chrome).send_keys(*keys).perform()

    @property
    def focused(self) -> WebElement:
        """The element that has the focus."""
        return self._chrome.switch_to.active_element

    def find(self, selector: str) -> list[WebElement]:
        """Return the elements that a CSS selector names."""
        return self._chrome.find_elements(By.CSS_SELECTOR, selector)

    def look(self, *, width: int, height: int = 900, scheme: str = "light") -> None:
        """Set the size of the window in pixels, and whether the system is light or dark."""
        size = {"width": width, "height": height, "deviceScaleFactor": 1, "mobile": width < 600}
        self._chrome.execute_cdp_cmd("Emulation.setDeviceMetricsOverride", size)
        wanted = {"features": [{"name": "prefers-color-scheme", "value": scheme}]}
        self._chrome.execute_cdp_cmd("Emulation.setEmulatedMedia", wanted)

    def screenshot(self, path: Path) -> Path:
        """Write what is seen as a PNG file, once everything that is in view has been drawn."""
        self.run(
            "return new Promise((done) => "
            "requestAnimationFrame(() => requestAnimationFrame(() => done(1))))"
        )
        path.parent.mkdir(parents=True, exist_ok=True)
        self._chrome.save_screenshot(str(path))
        return path
