// @ts-check
/** A stage whose pictures come from a kernel. Only here anywidget's model is known. */
import { render } from "./stage.js";
import { editing } from "./editing.js";
import { files } from "./files.js";

const SHOWN = ["snapshot", "first_values", "reveal", "question", "start", "editable", "takes_image"];
const TRAITS = ["requested_channels", "reveal", "view"]; // a command of such a name sets a trait, which other views follow
const PATIENCE = 500; // ms after the kernel was idle again

/** @param {{model: any, el: HTMLElement}} view @returns {import("./stage.js").Source} */
export function liveSource({ model, el }) {
  const tell = (event) => el.dispatchEvent(new Event(event, { bubbles: true })); // the connection beside the stage hears it

  function heard() {
    el.dataset.hears = "yes";
    tell("cn-heard");
  }

  return {
    words: model.get("words"),
    newest: () => Object.fromEntries(SHOWN.map((name) => [name, model.get(name)])),
    send(command, buffers = []) {
      const [name] = Object.keys(command);
      let event = "cn-sent";
      try {
        if (TRAITS.includes(name)) model.set(name, command[name]);
        if (TRAITS.includes(name)) model.save_changes();
        else model.send(command, undefined, buffers);
      } catch {
        event = "cn-lost"; // Jupyter throws where the kernel is gone
      }
      tell(event);
    },
    follow(changed, answered) {
      const hear = (answer, buffers) => {
        heard();
        if (answer !== "heard") answered(answer, buffers);
      };
      const listeners = {
        "change:snapshot": heard,
        "change:snapshot change:reveal change:question": changed,
        "msg:custom": hear,
      };
      for (const [events, act] of Object.entries(listeners)) model.on(events, act);
      let ended = false;
      el.dataset.hears = "no";
      askWhetherHeard(model, () => !ended && el.dataset.hears === "no" && tell("cn-deaf"));
      return () => {
        ended = true;
        for (const [events, act] of Object.entries(listeners)) model.off(events, act);
      };
    },
  };
}

/** Where a module took longer than 2 s to load, anywidget hands over no message of the kernel, for good. Ask for one;
 * `then` is called when it must be here, which is after the kernel was idle again. Colab's page says "idle" when it has
 * sent a message: that is no word of the kernel's. @param {any} model @param {() => void} then */
function askWhetherHeard(model, then) {
  const status = ({ header, content }) => {
    if (header && content.execution_state === "idle") setTimeout(then, PATIENCE);
  };
  try {
    model.send("heard?", { iopub: { status } });
  } catch {
    /* no kernel: nothing will be missed */
  }
}

export default { render: (view) => render(liveSource(view), view.el, [editing, files]) };
