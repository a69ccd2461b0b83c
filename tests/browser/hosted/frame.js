// @ts-check
/**
 * One cell's output on the hosted page: shows what the kernel gave, and widgets with the manager that the service has,
 * which is built of the 8.0 alphas of ipywidgets whatever the kernel runs. Bundled with them by esbuild.
 */
import * as base from "@jupyter-widgets/base";
import * as controls from "@jupyter-widgets/controls";
import { ManagerBase } from "@jupyter-widgets/base-manager";
import { MessageLoop } from "@lumino/messaging";
import { Widget } from "@lumino/widgets";
import "@jupyter-widgets/controls/css/widgets.css";

// The service's manager sets these after the widgets' own style; all others keep the values of the light theme.
const COLOURS = `:root {
  --jp-widgets-color: var(--colab-primary-text-color); --jp-ui-font-color1: var(--colab-primary-text-color);
  --jp-layout-color2: var(--colab-secondary-surface-color); --jp-widgets-input-background-color: var(--colab-secondary-surface-color);
}`;
const options = new URLSearchParams(location.search);
if (options.get("theme") === "dark") document.documentElement.setAttribute("theme", "dark");
document.documentElement.classList.toggle("bare", options.get("bare") === "1");
document.head.append(Object.assign(document.createElement("style"), { textContent: COLOURS }));

/** @type {MessagePort} */ let port;
/** @type {Map<number, (answer: any) => void>} */ const questions = new Map();
/** @type {Map<string, Comm>} */ const comms = new Map();

/** Ask the page. @param {any} question */
function ask(question) {
  return new Promise((answer) => {
    const number = questions.size;
    questions.set(number, answer);
    port.postMessage({ ...question, question: number });
  });
}

/** A model's line to the kernel. What comes before the model listens is kept for it. */
class Comm {
  /** @param {string} id */
  constructor(id) {
    this.comm_id = id;
    /** @type {any[]} */ this.waiting = [];
    /** @type {((message: any) => void) | null} */ this.hear = null;
    /** @type {() => void} */ this.end = () => {};
  }
  /** @param {any} data @param {any} callbacks @param {any} metadata @param {any[]} buffers */
  send(data, callbacks, metadata, buffers = []) {
    const sent = buffers.map((buffer) =>
      ArrayBuffer.isView(buffer)
        ? buffer.buffer.slice(buffer.byteOffset, buffer.byteOffset + buffer.byteLength)
        : buffer,
    );
    ask({ kind: "send", id: this.comm_id, data: JSON.parse(JSON.stringify(data)), buffers: sent }).then(() =>
      callbacks?.iopub?.status?.({ content: { execution_state: "idle" } }),
    );
    return "";
  }
  /** @param {any} message */
  take(message) {
    if (this.hear) this.hear(message);
    else this.waiting.push(message);
  }
  /** @param {(message: any) => void} hear */
  on_msg(hear) {
    this.hear = hear;
    this.waiting.splice(0).forEach(hear);
  }
  /** @param {() => void} end */
  on_close(end) {
    this.end = end;
  }
  close() {}
}

class Manager extends ManagerBase {
  /** @type {Map<string, Promise<any>>} */ models = new Map();
  /** @type {Map<string, Promise<any>>} */ modules = new Map([
    ["@jupyter-widgets/base", Promise.resolve(base)],
    ["@jupyter-widgets/controls", Promise.resolve(controls)],
  ]);

  /** A model is made when something that is shown needs it, from the state that the page keeps. @param {string} id */
  get_model(id) {
    if (!this.models.has(id)) this.models.set(id, this.make(id));
    return this.models.get(id);
  }
  /** @param {string} id */
  async make(id) {
    const known = await ask({ kind: "model", id });
    if (!known) throw new Error(`no model ${id}`);
    const { state, live } = known;
    if (live) comms.set(id, new Comm(id));
    const split = base.remove_buffers(state);
    base.put_buffers(
      split.state,
      split.buffer_paths,
      split.buffers.map((/** @type {any} */ buffer) => new DataView(buffer)),
    );
    const { _model_name, _model_module, _model_module_version } = split.state;
    return this.new_model(
      {
        model_name: _model_name,
        model_module: _model_module,
        model_module_version: _model_module_version,
        model_id: id,
        comm: comms.get(id),
      },
      split.state,
    );
  }
  /** @param {string} name @param {string} module @param {string} version */
  async loadClass(name, module, version) {
    if (!this.modules.has(module)) this.modules.set(module, this.load(module));
    return (await this.modules.get(module))[name];
  }
  /** An AMD module, as other packages publish their widgets; the page has that of anywidget. @param {string} name */
  async load(name) {
    const code = await (await fetch("index.js")).text();
    return new Promise((loaded) => {
      const define = async (/** @type {string[]} */ needed, /** @type {any} */ make) =>
        loaded(make(...(await Promise.all(needed.map((one) => this.modules.get(one))))));
      new Function("define", code)(define);
    });
  }
  async _create_comm() {
    throw new Error("the page opens no widget of its own");
  }
  async _get_comm_info() {
    return {};
  }
}

const manager = new Manager();

/** @param {string} type @param {any} content @param {HTMLElement} place */
async function show(type, content, place) {
  const text = document.createElement("pre");
  const view = content.data?.["application/vnd.jupyter.widget-view+json"];
  if (view) {
    const { luminoWidget } = await manager.create_view(await manager.get_model(view.model_id));
    MessageLoop.sendMessage(luminoWidget, Widget.Msg.BeforeAttach);
    place.append(luminoWidget.node);
    MessageLoop.sendMessage(luminoWidget, Widget.Msg.AfterAttach);
  } else if (content.data?.["text/html"]) {
    place.append(document.createRange().createContextualFragment(content.data["text/html"]));
  } else if (content.data?.["image/png"]) {
    place.append(Object.assign(new Image(), { src: `data:image/png;base64,${content.data["image/png"].trim()}` }));
  } else {
    text.textContent =
      type === "stream"
        ? content.text
        : type === "error"
          ? content.traceback.join("\n").replace(/\x1b\[[0-9;]*m/g, "")
          : content.data["text/plain"];
    place.append(text);
  }
}

let shown = Promise.resolve();
/** @param {any} message */
function fromPage({ kind, id, question, answer, type, content, data, buffers }) {
  if (kind === "answer") questions.get(question)?.(answer);
  else if (kind === "message")
    comms.get(id)?.take({
      content: { comm_id: id, data },
      buffers: buffers.map((/** @type {ArrayBuffer} */ buffer) => new DataView(buffer)),
    });
  else if (kind === "closed") comms.get(id)?.end();
  else if (kind === "output") {
    const place = document.createElement("div");
    document.body.append(place);
    shown = shown.then(() => show(type, content, place)).catch((error) => console.error(error));
  }
}

// What the service gives to all that an output holds.
Object.assign(window, {
  google: {
    colab: {
      output: {
        setIframeHeight: (/** @type {number} */ _, /** @type {boolean} */ _follows, /** @type {any} */ { maxHeight }) =>
          port.postMessage({ kind: "highest", maxHeight }),
      },
    },
  },
});

addEventListener("message", ({ data, ports }) => {
  if (data !== "port") return;
  port = ports[0];
  port.onmessage = (event) => fromPage(event.data);
  new ResizeObserver(() =>
    port.postMessage({ kind: "height", height: Math.ceil(document.body.getBoundingClientRect().height) }),
  ).observe(document.body);
});
