// @ts-check
/** A stage whose pictures come from a record: what Keras said when the page was made. */

/** @param {string} text base64 @returns {Promise<Uint8Array>} */
async function unpack(text) {
  const packed = Uint8Array.from(atob(text), (letter) => letter.charCodeAt(0));
  const stream = new Blob([packed]).stream().pipeThrough(new DecompressionStream("deflate"));
  return new Uint8Array(await new Response(stream).arrayBuffer());
}

/** A recorded value with its buffers in their places. @param {any} value @param {Uint8Array} data @returns {any} */
export function withBuffers(value, data) {
  if (value === null || typeof value !== "object") return value;
  if (Array.isArray(value)) return value.map((one) => withBuffers(one, data));
  if ("at" in value && "size" in value) return data.subarray(value.at, value.at + value.size);
  return Object.fromEntries(Object.entries(value).map(([name, one]) => [name, withBuffers(one, data)]));
}

/** The place of a state: the chosen values are the digits of a number, that of the last control the lowest.
 * @param {{values: any[]}[]} controls @param {number[]} chosen */
export const stateIndex = (controls, chosen) =>
  controls.reduce((index, { values }, i) => index * values.length + chosen[i], 0);

/** What a record holds, unpacked: `at(chosen)` is one state. @param {any} record @returns {Promise<any>} */
export async function openRecord({ packed, controls }) {
  const [text, data] = await Promise.all(packed.map(unpack));
  const states = new TextDecoder().decode(text).split("\n");
  return { at: (chosen) => withBuffers(JSON.parse(states[stateIndex(controls, chosen)]), data) };
}

/** @param {any} record with the stage's words @param {{at: (chosen: number[]) => any}} opened
 * @param {(chosen: number[]) => void} choose the stage asks for other values: another view, or those before the last move */
export function recordedSource({ words, controls, start, reveal, question = "" }, opened, choose) {
  const view = controls.findIndex(({ name }) => name === "view");
  /** @type {() => void} */ let changed = () => {};
  /** @type {any} */ let drawn = { grids: [], links: [] }; // the last picture: where Keras refuses, it stays, greyed
  let first = { key: -1, values: null };
  let revision = 0;
  /** @type {any[]} */ let [before, last, now] = []; // what was chosen at the last two answers that were others, and at last
  /** @type {any} */ let newest;

  /** @param {number[]} chosen */
  function show(chosen) {
    const { snapshot, first_values: values } = opened.at(chosen);
    if (snapshot.grids.length) {
      drawn = { grids: snapshot.grids, links: snapshot.links };
      first = { key: values.byteOffset, values }; // a buffer's place tells it from the others
    }
    now = chosen;
    if (!snapshot.problem && snapshot.code !== last?.code) [before, last] = [last, { code: snapshot.code, chosen }];
    const told = { revision: ++revision, first_key: first.key, back: Boolean(before) && !snapshot.problem };
    newest = { snapshot: { ...snapshot, ...drawn, ...told }, first_values: first };
    changed();
  }

  return {
    words,
    show,
    newest: () => ({ ...newest, reveal, question, start }),
    send(command) {
      if ("reveal" in command) {
        reveal = command.reveal;
        changed();
      }
      const withView = (chosen, value) => chosen.map((other, i) => (i === view ? value : other));
      if ("back" in command) choose(withView(before.chosen, now[view]));
      if ("view" in command && view >= 0) choose(withView(now, controls[view].values.indexOf(command.view)));
    },
    follow(act) {
      changed = act;
      return () => (changed = () => {});
    },
  };
}
