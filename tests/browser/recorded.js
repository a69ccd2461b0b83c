// A source made of recorded snapshots, for a stage where no kernel runs. Tests call `window.show(record)` once, then
// `window.choose(name)` for another of its pictures, and read in `window.commands` what the stage asked for.
import { editing } from "/widgets/stage/editing.js";
import { render } from "/widgets/stage/stage.js";

const decoded = (_, value) =>
  value?.bytes === undefined ? value : Uint8Array.from(atob(value.bytes), (letter) => letter.charCodeAt(0));

/** @param {any} record `pictures`: by name, view and sample; what else the stage is told */
function recordedSource(record) {
  const { words, pictures, start, windows } = record;
  let [name, view, sample, reveal] = [record.name, record.view, 0, record.reveal];
  /** @type {() => void} */ let changed;
  /** @type {(answer: any, buffers: any[]) => void} */ let answered;
  const source = {
    words,
    newest: () => ({
      ...pictures[`${name} ${view} ${sample}`],
      reveal,
      question: record.question,
      start,
      editable: record.editable,
    }),
    send(command) {
      window.commands.push(command);
      if ("window" in command) return answered(command, [windows[command.window.join()]]);
      if ("reveal" in command) reveal = command.reveal;
      else if ("view" in command) view = command.view;
      else if ("requested_channels" in command) sample = command.requested_channels.sample;
      else return;
      changed();
    },
    follow(...acts) {
      [changed, answered] = acts;
      return () => window.commands.push("ended");
    },
  };
  window.choose = (another) => {
    name = another;
    changed();
  };
  return source;
}

window.show = (text) => {
  window.end?.();
  window.commands = [];
  window.end = render(recordedSource(JSON.parse(text, decoded)), document.querySelector("#stage"), [editing]);
};
