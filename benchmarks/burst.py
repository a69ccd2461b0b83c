"""Sixty slider keys in one second: how long after the last one is the picture at rest, and is it the one asked for?"""

from statistics import median

import latency
from painted import open_lab

KEYS = 60
START, LOW, HIGH = 3, 1, 10  # of the sliders of all tools
WITHIN = 150  # ms after the last key

# Keys to the focused slider, one each sixtieth of a second; then the time from the last one to the last paint, with the
# picture's revision at each of its changes.
BURST = """async keys => {
  const handle = document.activeElement;
  const stage = document.querySelector('.cn-stage');
  const revisions = [];
  const watch = new MutationObserver(() => revisions.push(Number(stage.dataset.revision)));
  if (stage) watch.observe(stage, { attributeFilter: ['data-revision'] });
  let late = 0;
  const start = performance.now();
  for (const [i, key] of keys.entries()) {
    await new Promise(done => setTimeout(done, Math.max(0, start + 1000 * i / keys.length - performance.now())));
    late = Math.max(late, performance.now() - start - 1000 * i / keys.length);
    if (i === keys.length - 1) painted.arm();
    handle.dispatchEvent(new KeyboardEvent('keydown', { key, bubbles: true, cancelable: true }));
  }
  const settled = await painted.settled(600, 5000);
  watch.disconnect();
  return { settled: settled?.painted ?? 0, revisions, late, value: Number(handle.getAttribute('aria-valuenow')) };
}"""


def sweep():
    """The keys, there and back over the slider's range, and the value where they end."""
    value, step, keys = START, 1, []
    for _ in range(KEYS):
        if not LOW <= value + step <= HIGH:
            step = -step
        value += step
        keys.append("ArrowRight" if step > 0 else "ArrowLeft")
    return keys, value


def measure(lab, bursts=7):
    """ms from the last key to rest: {name of the tool: list of `bursts` numbers}.

    Raises:
        RuntimeError: the explorer ended at another value than that asked for, or showed an older picture after a
            newer one.
    """
    tools = latency.open_tools(lab, latency.TOOLS)
    keys, end = sweep()
    times = {name: [] for name in tools}
    for burst in range(-1, bursts):
        for name, (notebook, slider) in tools.items():
            slider.focus()
            notebook.page.keyboard.press("Home")
            for _ in range(START - LOW):
                notebook.page.keyboard.press("ArrowRight")
            notebook.page.wait_for_timeout(1000)
            slider.focus()
            told = notebook.page.evaluate(BURST, keys)
            if told["value"] != end:
                raise RuntimeError(f"{name}: the slider is at {told['value']}, not at {end}")
            if "explorer" in name:
                if told["revisions"] != sorted(told["revisions"]):
                    raise RuntimeError(f"{name}: an older picture after a newer one: {told['revisions']}")
                shape = notebook.stage.locator('[data-grid="kernel"] .cn-shape').inner_text()
                if not shape.startswith(f"({end}, {end},"):
                    raise RuntimeError(f"{name}: shows a kernel of {shape}, not of {end} by {end}")
            if burst >= 0:
                times[name].append(told["settled"])
    for notebook, _ in tools.values():
        notebook.close()
    return times


def rows(lab):
    """For the table in README.md."""
    rest = {name: median(taken) for name, taken in measure(lab).items()}
    beside = ", ".join(f"{name} {rest[name]:.0f} ms" for name in ("bare anywidget", "interactive"))
    for name, told in {"explorer": "plain", "grouped explorer": "grouped"}.items():
        yield (
            f"{KEYS} slider keys in one second: from the last to the last paint, {told} (median of 7; "
            "no older picture after a newer one, the last is the one asked for)",
            f"{rest[name]:.0f} ms",
            beside,
            f"{rest[name] / rest['bare anywidget']:.2f}",
            f"at most {WITHIN} ms",
        )


if __name__ == "__main__":
    with open_lab() as lab:
        for name, taken in measure(lab).items():
            print(f"{name}: median {median(taken):.0f} ms, worst {max(taken):.0f} ms of {len(taken)} bursts")
