#!/usr/bin/env python3
"""Looks at a page of groklab in a browser: every chart draws under the page's policy, and nothing is complained about.

    tools/check_page.py build/groklab

Trains a small run, writes its page, and loads it in a headless Chromium (77, "skipped", where there is none). Every
place of a chart must hold a drawing and a closed menu, the console must be silent, and a script and a style that are put into
the page must not run: the control that the policy is in force.
"""
import os
import re
import shutil
import subprocess
import sys
import tempfile

RUN = """[task]
modulus = 7
[split]
train_fraction = 0.6
[model]
d_model = 16
n_heads = 2
d_mlp = 32
[train]
steps = 500
evaluate_every = 20
probe_every = 100
"""
INTRUDER = "<script>document.title = 'intruder'; console.error('intruder');</script>"


def browser():
    for name in ("chromium-headless-shell", "chromium", "chromium-browser", "google-chrome"):
        if path := shutil.which(name):
            return path
    return None


def load(program, page):
    """(document, console) after the page's scripts have run."""
    words = [program, "--headless", "--no-sandbox", "--disable-gpu", "--enable-logging=stderr", "--window-size=1200,3000",
             "--virtual-time-budget=30000", "--dump-dom", "file://" + page]
    done = subprocess.run(words, capture_output=True, text=True, timeout=300)
    return done.stdout, [line for line in done.stderr.splitlines() if ":CONSOLE" in line]


def main():
    program = browser()
    if program is None:
        print("no Chromium")
        return 77
    groklab = os.path.abspath(sys.argv[1])
    with tempfile.TemporaryDirectory() as folder:
        page = os.path.join(folder, "page.html")
        with open(os.path.join(folder, "run.toml"), "w") as file:
            file.write(RUN)
        for words in (["train", "run.toml", "--quiet"], ["report", "last", "-o", page]):
            subprocess.run([groklab] + words, cwd=folder, check=True, stdout=subprocess.DEVNULL,
                           env=dict(os.environ, GROKLAB_STORE=os.path.join(folder, "store")))
        document, console = load(program, page)
        with open(page) as file:
            text = file.read()
        expected = len(re.findall(r"<[^>]*\sdata-chart=", text))
        canvases, menus, opened = (len(re.findall(p, document)) for p in (r"<canvas|<svg[^>]* class=\"marks\"", r"<details title", r"<details title[^>]* open"))
        print(f"{expected} charts, {canvases} drawn, {menus} menus, {opened} of them open, {len(console)} complaints")
        failed = not expected or canvases != expected or menus != expected or opened or console
        for line in console:
            print(line)
        with open(page, "w") as file:
            file.write(text.replace("</body>", INTRUDER + "</body>"))
        document, console = load(program, page)
        if "<title>intruder" in document or not any("Content Security Policy" in line for line in console):
            print("control: a foreign script ran, or nobody complained about it")
            failed = True
        return 1 if failed else 0


if __name__ == "__main__":
    sys.exit(main())
