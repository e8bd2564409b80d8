"""A browser that is driven over the WebDriver protocol, with the standard library alone."""
import base64
import json
import socket
import subprocess
import tempfile
import time
import urllib.error
import urllib.request

FLAGS = [
    "--headless", "--no-sandbox", "--disable-gpu", "--disable-quic", "--no-first-run",
    "--disable-background-networking", "--disable-component-update", "--disable-sync",
    "--autoplay-policy=no-user-gesture-required", "--force-device-scale-factor=1",
]
ELEMENT = "element-6066-11e4-a52e-4f735466cecf"
KEYS = {"right": "\ue014", "left": "\ue012", "home": "\ue011", "end": "\ue010", "shift": "\ue008", "alt": "\ue00a"}


class Browser:
    """One window of Chromium."""

    def __init__(self, width=1440, height=1000):
        self.port = free_port()
        self.driver = subprocess.Popen(
            ["chromedriver", f"--port={self.port}"], stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)
        self.profile = tempfile.TemporaryDirectory()
        self.session = None
        flags = FLAGS + [f"--user-data-dir={self.profile.name}", f"--window-size={width},{height}"]
        options = {"args": flags, "binary": "/usr/bin/chromium"}
        capabilities = {"alwaysMatch": {"goog:chromeOptions": options, "goog:loggingPrefs": {"browser": "ALL"}}}
        deadline = time.monotonic() + 30
        while True:
            try:
                made = self.ask("POST", "/session", {"capabilities": capabilities})
                break
            except (urllib.error.URLError, ConnectionError):
                if time.monotonic() > deadline:
                    raise
                time.sleep(0.1)
        self.session = made["sessionId"]

    def ask(self, method, path, body=None):
        """One command; what is wrong is raised with the driver's words."""
        where = f"http://127.0.0.1:{self.port}" + (f"/session/{self.session}" if self.session else "") + path
        data = None if method == "GET" else json.dumps(body or {}).encode()
        request = urllib.request.Request(where, data=data, method=method, headers={"Content-Type": "application/json"})
        try:
            with urllib.request.urlopen(request, timeout=120) as answer:
                return json.load(answer)["value"]
        except urllib.error.HTTPError as error:
            raise RuntimeError(json.load(error)["value"]["message"].splitlines()[0]) from error

    def go(self, url):
        self.ask("POST", "/url", {"url": url})

    def js(self, script, *arguments):
        return self.ask("POST", "/execute/sync", {"script": script, "args": list(arguments)})

    def wait(self, script, what, seconds=60):
        """Until `script` is true."""
        deadline = time.monotonic() + seconds
        while not (found := self.js(f"return {script}")):
            if time.monotonic() > deadline:
                raise AssertionError(f"waited {seconds} s for {what}")
            time.sleep(0.02)
        return found

    def press(self, *keys):
        """The keys one after the other, the first ones held; to whatever has the focus."""
        *held, key = [KEYS.get(key, key) for key in keys]
        down = [{"type": "keyDown", "value": each} for each in held + [key]]
        up = [{"type": "keyUp", "value": each} for each in reversed(held + [key])]
        self.ask("POST", "/actions", {"actions": [{"type": "key", "id": "keys", "actions": down + up}]})
        self.settle()

    def click(self, selector):
        found = self.ask("POST", "/element", {"using": "css selector", "value": selector})
        self.ask("POST", f"/element/{found[ELEMENT]}/click")

    def settle(self):
        """Until the page has drawn what it was asked to."""
        self.wait("typeof isAsked === 'undefined' || !isAsked", "drawing")

    def text(self, selector):
        self.settle()
        return self.js("return document.querySelector(arguments[0]).textContent", selector)

    def picture(self, path):
        with open(path, "wb") as file:
            file.write(base64.b64decode(self.ask("GET", "/screenshot")))

    def complaints(self):
        """What the page has said to its console that is an error."""
        return [each["message"] for each in self.ask("POST", "/se/log", {"type": "browser"}) if each["level"] == "SEVERE"]

    def close(self):
        if self.session:
            self.ask("DELETE", "")
        self.driver.terminate()
        self.driver.wait(10)
        self.profile.cleanup()

    def __enter__(self):
        return self

    def __exit__(self, *_):
        self.close()


def free_port():
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return probe.getsockname()[1]
