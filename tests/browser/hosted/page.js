// @ts-check
/**
 * The hosted service's page, made for tests: cells above one another, one kernel behind a websocket, and for every
 * cell's output a sandboxed frame of another origin, which hears of the kernel only what this page hands on.
 *
 * Tests use `window.hosted`. In the address: `theme` (light, dark), `sandbox` and `allow` (the frames' attributes),
 * `bare` (frames have no colour of their own behind what they show).
 */
const options = new URLSearchParams(location.search);
const SANDBOX =
  options.get("sandbox") ??
  "allow-downloads allow-forms allow-pointer-lock allow-popups allow-same-origin allow-scripts";
const ALLOW = options.get("allow") ?? "clipboard-write; fullscreen";
const HIGHEST = 1000; // px; a higher output scrolls within its frame, unless it asks for more
const LONGEST = 300; // s that a cell may take
const QUIET = 60; // ms without a message until the page counts as settled

/** @typedef {{frame: HTMLIFrameElement, port: MessagePort, known: Set<string>, height: number, highest: number}} Output
 * `known`: the models that it has asked for; `height`: of what it shows; `highest`: that of its frame, within which it scrolls */
/** @type {Map<string, Output>} */ const outputs = new Map(); // of each cell
/** @type {Map<string, {state: any, live: boolean}>} */ const models = new Map();
/** @type {Map<string, {cell?: string, outputs: any[], status: string, end: (run: any) => void}>} */ const runs =
  new Map();
/** @type {Set<string>} */ const unanswered = new Set(); // messages of widgets that the kernel has not worked off
/** @type {WebSocket} */ let socket;
let [messages, lastMessage] = [0, 0];
document.body.classList.toggle("dark", options.get("theme") === "dark");

/** A message as Jupyter's websocket wants it: text, or its parts behind a table of their places. @param {any} message @param {ArrayBuffer[]} buffers */
function encoded(message, buffers) {
  if (!buffers.length) return JSON.stringify(message);
  const parts = [new TextEncoder().encode(JSON.stringify(message)), ...buffers.map((buffer) => new Uint8Array(buffer))];
  const table = new DataView(new ArrayBuffer(4 * (parts.length + 1)));
  let place = table.byteLength;
  table.setUint32(0, parts.length);
  parts.forEach((part, i) => {
    table.setUint32(4 * (i + 1), place);
    place += part.byteLength;
  });
  return new Blob([table, ...parts]);
}

/** @param {string | ArrayBuffer} data @returns {any} */
function decoded(data) {
  if (typeof data === "string") return { ...JSON.parse(data), buffers: [] };
  const table = new DataView(data);
  const places = Array.from({ length: table.getUint32(0) }, (_, i) => table.getUint32(4 * (i + 1)));
  const [message, ...buffers] = places.map((place, i) => data.slice(place, places[i + 1]));
  return { ...JSON.parse(new TextDecoder().decode(message)), buffers };
}

/** @param {string} type @param {any} content @param {ArrayBuffer[]} buffers @returns {string} its id */
function toKernel(type, content, buffers = []) {
  const header = {
    msg_id: `page${++messages}`,
    username: "",
    session: "page",
    msg_type: type,
    version: "5.3",
    date: new Date().toISOString(),
  };
  socket.send(encoded({ header, parent_header: {}, metadata: {}, content, channel: "shell" }, buffers));
  lastMessage = performance.now();
  return header.msg_id;
}

/** @param {any} state @param {any[]} paths @param {any[]} buffers */
function withBuffers(state, paths = [], buffers) {
  paths.forEach((path, i) => {
    const place = path.slice(0, -1).reduce((/** @type {any} */ part, /** @type {any} */ name) => part[name], state);
    place[path.at(-1)] = buffers[i];
  });
  return state;
}

/** Hand something on to the outputs that know a model. @param {string} id @param {any} message */
function toOutputs(id, message) {
  for (const { port, known } of outputs.values()) if (known.has(id)) port.postMessage({ ...message, id });
}

/** @param {any} message */
function fromKernel({ header, parent_header, content, buffers }) {
  lastMessage = performance.now();
  const type = header.msg_type;
  const run = runs.get(parent_header.msg_id);
  if (type === "comm_open" && content.target_name === "jupyter.widget") {
    models.set(content.comm_id, {
      state: withBuffers(content.data.state, content.data.buffer_paths, buffers),
      live: true,
    });
  } else if (type === "comm_msg") {
    const { data, comm_id } = content;
    const model = models.get(comm_id);
    if (model && data.method === "update")
      Object.assign(model.state, withBuffers(structuredClone(data.state), data.buffer_paths, buffers));
    toOutputs(comm_id, { kind: "message", data, buffers });
  } else if (type === "comm_close") {
    models.delete(content.comm_id);
    toOutputs(content.comm_id, { kind: "closed" });
  } else if (type === "status" && content.execution_state === "idle") {
    unanswered.delete(parent_header.msg_id);
    if (run) {
      run.end({ status: run.status, outputs: run.outputs });
      runs.delete(parent_header.msg_id);
    }
  } else if (run && type === "execute_reply") {
    run.status = content.status;
  } else if (run && ["stream", "display_data", "execute_result", "error"].includes(type)) {
    run.outputs.push({ type, ...content });
    if (run.cell) outputOf(run.cell).port.postMessage({ kind: "output", type, content });
  }
}

/** The frame of a cell's output. @param {string} cell */
function outputOf(cell) {
  const known = outputs.get(cell);
  if (known) return known;
  const frame = document.createElement("iframe");
  frame.setAttribute("sandbox", SANDBOX);
  frame.setAttribute("allow", ALLOW);
  frame.name = cell;
  frame.src = `http://output.localhost:${location.port}/frame.html?${new URLSearchParams({ theme: options.get("theme") ?? "light", bare: options.get("bare") ?? "" })}`;
  const { port1, port2 } = new MessageChannel();
  const output = { frame, port: port1, known: new Set(), height: 0, highest: HIGHEST };
  outputs.set(cell, output);
  port1.onmessage = ({ data }) => fromOutput(output, data);
  frame.onload = () => frame.contentWindow?.postMessage("port", "*", [port2]);
  document.getElementById(cell)?.append(frame);
  return output;
}

/** @param {Output} output @param {any} message */
function fromOutput(output, { kind, id, question, ...message }) {
  const model = models.get(id);
  if (kind === "height" || kind === "highest") {
    output.height = message.height ?? output.height;
    output.highest = message.maxHeight ?? output.highest;
    output.frame.style.height = `${Math.min(output.height, output.highest)}px`;
  } else if (kind === "model") {
    if (model) output.known.add(id);
    output.port.postMessage({ kind: "answer", question, answer: model });
  } else if (kind === "send") {
    if (model?.live) {
      const { data, buffers } = message;
      // The page keeps what widgets set: the kernel does not say it back.
      if (data.method === "update")
        Object.assign(model.state, withBuffers(structuredClone(data.state), data.buffer_paths, buffers));
      unanswered.add(toKernel("comm_msg", { comm_id: id, data }, buffers));
    }
    output.port.postMessage({ kind: "answer", question, answer: null }); // sent is all that the service tells of a message
  }
}

/** Nothing that tests wait for may be waited for without end. @param {Promise<any>} promise */
const inTime = (promise) =>
  Promise.race([
    promise,
    new Promise((_, fail) => setTimeout(() => fail(new Error(`no answer in ${LONGEST} s`)), 1000 * LONGEST)),
  ]);

/** Run code, as a cell of that name or without one. @param {string} code @param {string} [cell] */
function run(code, cell) {
  if (cell && !document.getElementById(cell)) {
    const place = document.createElement("div");
    place.id = cell;
    place.append(Object.assign(document.createElement("pre"), { textContent: code }));
    document.body.append(place);
  }
  if (cell) {
    outputs.get(cell)?.frame.remove(); // run again: a new frame
    outputs.delete(cell);
  }
  return inTime(
    new Promise((end) => {
      const content = {
        code,
        silent: false,
        store_history: Boolean(cell),
        user_expressions: {},
        allow_stdin: false,
        stop_on_error: true,
      };
      runs.set(toKernel("execute_request", content), { cell, outputs: [], status: "", end });
    }),
  );
}

/** Wait until all that the outputs have sent is worked off, and nothing has come or gone for a moment. */
const settled = () =>
  inTime(
    (async () => {
      while (unanswered.size || runs.size || performance.now() - lastMessage < QUIET)
        await new Promise((end) => setTimeout(end, 20));
    })(),
  );

/** The kernel has been started anew. Whether outputs hear that their models are closed, nobody has said. @param {boolean} told */
function restarted(told) {
  for (const [id, model] of models) {
    model.live = false;
    if (told) toOutputs(id, { kind: "closed" });
  }
  unanswered.clear();
  runs.clear();
}

/** Take away all cells, and what is known of the kernel's models. */
function clear() {
  document.body.replaceChildren();
  for (const known of [outputs, models, runs, unanswered]) known.clear();
}

/** @param {string} address of the kernel's channels */
const connect = (address) =>
  new Promise((open, fail) => {
    socket?.close();
    socket = new WebSocket(address);
    socket.binaryType = "arraybuffer";
    socket.onopen = open;
    socket.onerror = fail;
    socket.onmessage = ({ data }) => fromKernel(decoded(data));
  });

Object.assign(window, { hosted: { connect, run, settled, restarted, clear } });
