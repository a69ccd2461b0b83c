// @ts-check
/** A stage's pictures from a record: what Keras said when the page was made. No kernel is asked. */

/** @param {string} text base64 @returns {Promise<Uint8Array>} */
async function unpack(text) {
  const packed = Uint8Array.from(atob(text), (letter) => letter.charCodeAt(0));
  const stream = new Blob([packed]).stream().pipeThrough(new DecompressionStream("deflate"));
  return new Uint8Array(await new Response(stream).arrayBuffer());
}

/** A recorded value with its buffers in their places. @param {any} value @param {Uint8Array} data @returns {any} */
export function withBuffers(value, data) {
  if (Array.isArray(value)) return value.map((one) => withBuffers(one, data));
  if (value === null || typeof value !== "object") return value;
  if (typeof value.at === "number" && typeof value.size === "number" && Object.keys(value).length === 2) {
    return data.subarray(value.at, value.at + value.size);
  }
  return Object.fromEntries(Object.entries(value).map(([name, one]) => [name, withBuffers(one, data)]));
}

/** Which state the chosen values make: the digits of a number, those of the last control fastest.
 * @param {{values: any[]}[]} controls @param {number[]} chosen */
export const stateIndex = (controls, chosen) =>
  controls.reduce((index, { values }, i) => index * values.length + chosen[i], 0);

/** @param {any} record @returns {Promise<any>} the source, and a way to choose other values */
export async function recordedSource(record) {
  const [text, data] = await Promise.all(record.packed.map(unpack));
  const states = new TextDecoder().decode(text).split("\n");
  const chosen = record.controls.map(({ start }) => start);
  /** @type {(() => void)[]} */ const followers = [];
  let [reveal, revision] = [record.reveal, 0];
  /** @type {any} */ let drawn = null; // the last state that Keras did not refuse: its picture stays, greyed
  let state = read();

  function read() {
    const { snapshot, first_values: values } = withBuffers(JSON.parse(states[stateIndex(record.controls, chosen)]), data);
    revision += 1;
    const next = { snapshot: { ...snapshot, revision, first_key: revision }, firstValues: { key: revision, values } };
    if (snapshot.problem === "" || snapshot.grids.length) return (drawn = next);
    if (!drawn) return next;
    const { grids, links } = drawn.snapshot;
    next.snapshot = { ...next.snapshot, grids, links };
    next.firstValues.values = drawn.firstValues.values;
    return next;
  }

  function show() {
    for (const follow of followers) follow();
  }

  return {
    words: record.words,
    newest: () => ({ ...state, reveal, start: record.start, editable: [], takesImage: false }),
    send(command) {
      if ("reveal" in command) {
        reveal = command.reveal;
        show();
      }
      const view = record.controls.findIndex(({ name }) => name === "view");
      if ("view" in command && view !== -1) this.choose(view, record.controls[view].values.indexOf(command.view));
    },
    follow(changed) {
      followers.push(changed);
      return () => followers.splice(followers.indexOf(changed), 1);
    },
    chosen: () => [...chosen],
    /** @param {number} control @param {number} value their places */
    choose(control, value) {
      chosen[control] = value;
      state = read();
      show();
    },
  };
}
