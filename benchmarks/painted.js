// When did input arrive, when did the page change last in answer to it, and when was that painted? In ms of performance.now().
// The page changes with its picture, and with the elements and words of an output outside the sliders, spoken words included.
// A picture changes by a call on a canvas or by an image that has loaded. A change made inside an animation frame is
// painted with that frame, any other with the next one; a message posted in a frame is handled once it is painted.
window.painted = (() => {
  let input = null,
    last = null,
    changed = null,
    written = null,
    inFrame = false,
    waiting = false;
  const nativeFrame = window.requestAnimationFrame.bind(window);
  window.requestAnimationFrame = (callback) =>
    nativeFrame((time) => {
      inFrame = true;
      try {
        callback(time);
      } finally {
        inFrame = false;
      }
    });

  const afterPaint = new MessageChannel();
  afterPaint.port1.onmessage = () => {
    last = performance.now();
  };
  const endFrame = () => {
    waiting = false;
    afterPaint.port2.postMessage(null);
  };
  const change = () => {
    if (!input) return;
    changed = performance.now();
    if (waiting) return;
    waiting = true;
    if (inFrame) endFrame();
    else nativeFrame(endFrame);
  };

  for (const [name, property] of Object.entries(Object.getOwnPropertyDescriptors(CanvasRenderingContext2D.prototype))) {
    if (!/^(clear|fill|stroke|draw|put)/.test(name) || typeof property.value !== "function") continue;
    CanvasRenderingContext2D.prototype[name] = function (...values) {
      change();
      return property.value.apply(this, values);
    };
  }
  document.addEventListener(
    "load",
    (event) => {
      if (event.target instanceof HTMLImageElement) change();
    },
    true,
  );
  const words = new MutationObserver((records) => {
    if (
      input &&
      records.some(({ target }) => !(target.closest ? target : target.parentElement)?.closest(".widget-slider"))
    )
      written = performance.now();
  });
  const text = { subtree: true, childList: true, characterData: true };
  for (const type of ["keydown", "pointermove"]) {
    window.addEventListener(
      type,
      (event) => {
        input ??= { handled: performance.now(), happened: event.timeStamp };
      },
      true,
    );
  }

  return {
    arm() {
      input = last = changed = written = null;
      for (const output of document.querySelectorAll(".jp-OutputArea-output")) words.observe(output, text);
    },
    /** Once nothing has changed for `quiet` ms: ms to the last change, and to the paint of the picture; null if no picture has changed in `limit` ms. */
    async settled(quiet, limit) {
      const start = performance.now();
      for (;;) {
        await new Promise((done) => setTimeout(done, 5));
        const now = performance.now();
        if (changed === null ? now - start > limit : now - Math.max(changed, written) > quiet && !waiting) break;
      }
      if (last === null) return null;
      return {
        changed: Math.max(changed, written) - input.handled,
        painted: last - input.handled,
        paintedSinceEvent: last - input.happened,
      };
    },
  };
})();
