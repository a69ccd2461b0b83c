// When did input arrive, and when was the last frame painted that answered it? All times in ms of performance.now().
// A picture changes by a call on a canvas or by an image that has loaded. A change made inside an animation frame is
// painted with that frame, any other with the next one; a message posted in a frame is handled once it is painted.
window.painted = (() => {
  let input = null, last = null, changed = null, inFrame = false, waiting = false;
  const nativeFrame = window.requestAnimationFrame.bind(window);
  window.requestAnimationFrame = callback => nativeFrame(time => {
    inFrame = true;
    try { callback(time); } finally { inFrame = false; }
  });

  const afterPaint = new MessageChannel();
  afterPaint.port1.onmessage = () => { last = performance.now(); };
  const endFrame = () => { waiting = false; afterPaint.port2.postMessage(null); };
  const change = () => {
    if (!input) return;
    changed = performance.now();
    if (waiting) return;
    waiting = true;
    if (inFrame) endFrame(); else nativeFrame(endFrame);
  };

  for (const [name, property] of Object.entries(Object.getOwnPropertyDescriptors(CanvasRenderingContext2D.prototype))) {
    if (!/^(clear|fill|stroke|draw|put)/.test(name) || typeof property.value !== 'function') continue;
    CanvasRenderingContext2D.prototype[name] = function (...values) { change(); return property.value.apply(this, values); };
  }
  document.addEventListener('load', event => { if (event.target instanceof HTMLImageElement) change(); }, true);
  for (const type of ['keydown', 'pointermove']) {
    window.addEventListener(type, event => { input ??= { handled: performance.now(), happened: event.timeStamp }; }, true);
  }

  return {
    arm() { input = last = changed = null; },
    /** Once nothing has changed for `quiet` ms: ms to the last change and its paint; null if nothing has in `limit` ms. */
    async settled(quiet, limit) {
      const start = performance.now();
      for (;;) {
        await new Promise(done => setTimeout(done, 5));
        const now = performance.now();
        if (changed === null ? now - start > limit : now - changed > quiet && !waiting) break;
      }
      if (last === null) return null;
      return { drawn: changed - input.handled, painted: last - input.handled, paintedSinceEvent: last - input.happened };
    },
  };
})();
