"""A page in headless Chromium: what it logs, how broad it is, what it has drawn."""

import json
import re
import shutil
import subprocess
from pathlib import Path
from typing import Any

import pytest

NAMES = ('chromium', 'chromium-browser', 'google-chrome', 'google-chrome-stable')
CHROMIUM = next(filter(None, map(shutil.which, NAMES)), None)

needs_chromium = pytest.mark.skipif(CHROMIUM is None, reason='Chromium is not installed')

# Said by the page itself in its frame's name for the test, which reads it from the dumped DOM.
PROBE = """<script>
addEventListener('load', () => setTimeout(() => {
  const root = document.documentElement;
  parent.postMessage({
    width: innerWidth, needed: root.scrollWidth, height: root.scrollHeight,
    background: getComputedStyle(document.body).backgroundColor,
    charts: [...document.querySelectorAll('.chart')].map(c => [
      c.id, c.querySelectorAll('svg path').length, c.scrollWidth, c.clientWidth]),
  }, '*');
}, 1500));
</script>"""
# A window is at least 500 px broad, a frame as narrow as a phone.
FRAME = """<body><iframe width="{width}" height="3000" src="page.html"></iframe><pre></pre><script>
addEventListener('message', e => document.querySelector('pre').textContent = JSON.stringify(e.data))
</script></body>"""


def opened(html: str, folder: Path, width: int, dark: bool) -> tuple[list[str], dict[str, Any]]:
    """Open a page ``width`` px broad.

    Returns:
        All that it wrote to the console, and what the probe found.
    """
    head, end, tail = html.rpartition('</body>')
    (folder / 'page.html').write_text(f'{head}{PROBE}{end}{tail}', 'utf-8')
    (folder / 'frame.html').write_text(FRAME.format(width=width), 'utf-8')
    command = [
        *(str(CHROMIUM), '--headless', '--no-sandbox', '--disable-gpu', '--hide-scrollbars'),
        *('--disable-background-networking', f'--user-data-dir={folder / "profile"}'),
        *('--enable-logging=stderr', '--virtual-time-budget=20000', '--window-size=1400,1000'),
        *(f'--blink-settings=preferredColorScheme={0 if dark else 1}', '--dump-dom'),
        (folder / 'frame.html').as_uri(),
    ]
    done = subprocess.run(command, capture_output=True, text=True, check=True, timeout=300)
    console = [line for line in done.stderr.splitlines() if ':CONSOLE:' in line]
    found = re.search(r'<pre>(.*)</pre>', done.stdout)
    assert found, done.stdout[-2000:]
    return console, json.loads(found[1])
