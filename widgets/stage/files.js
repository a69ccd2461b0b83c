// @ts-check
/** Files and texts that a reader brings to the stage, or takes from it. */
import { say } from "./text.js";
import { copy, element, noteBeside } from "./dom.js";
import { isFramed } from "./host_page.js";

const LARGEST_FILE = 8e6; // bytes; a larger message ends the line to some kernels

/** An image of the reader's own. @param {any} stage */
function ownImage({ ui, words, source, listen }) {
  ui.own.hidden = !source.newest().takes_image;
  listen(ui.own, "click", () => ui.file.click());
  listen(ui.file, "change", async () => {
    const [file] = ui.file.files;
    const fields = { limit: LARGEST_FILE / 1e6, size: ((file?.size ?? 0) / 1e6).toFixed(1) };
    const large = file?.size > LARGEST_FILE;
    noteBeside(ui.own, large ? say(words, { key: "own_large", fields }) : "");
    if (file && !large) source.send({ image: file.name }, [await file.arrayBuffer()]);
    ui.file.value = ""; // so that the same file can be chosen again
  });
}

/** Pictures and the state as text. @param {any} stage */
export function files(stage) {
  const { ui, words, source, listen } = stage;
  ownImage(stage);
  const kinds = ["png", "gif", "state"];
  let asked = ui.png; // the button of what was asked for last
  for (const kind of kinds)
    listen(ui[kind], "click", () => {
      const { highlighted, channels, output } = stage.state;
      for (const other of kinds) ui[other].disabled = true;
      for (const other of kinds) noteBeside(ui[other], "");
      ui.text.hidden = true;
      ui.tools.querySelector(".cn-saved-picture")?.remove();
      asked = ui[kind];
      source.send({ export: kind, channels, cell: highlighted?.id === String(output) ? highlighted.cell : [] });
    });
  stage.take = (answer, buffers) => {
    ui.progress.hidden = answer.progress === undefined;
    if (answer.progress !== undefined) {
      ui.progress.value = answer.progress;
      return;
    }
    for (const kind of kinds) ui[kind].disabled = false;
    if (answer.image_refused) return noteBeside(ui.own, say(words, answer.image_refused));
    if (answer.file) return handOver(stage, asked, answer, buffers[0]);
    ui.text.value = answer.text ?? say(words, answer.refused ?? "");
    ui.text.hidden = ui.text.value === ""; // it was interrupted
    ui.text.select();
    if (answer.text) copy(asked, answer.text, () => ui.text.select(), words);
  };
}

/** Give a file to the browser. A frame that may not download does not say so: there the picture is shown too.
 * @param {any} stage @param {HTMLElement} asked the button @param {{file: string, type: string}} answer @param {any} bytes */
function handOver({ ui, words }, asked, { file, type }, bytes) {
  const address = URL.createObjectURL(new Blob([bytes], { type }));
  Object.assign(document.createElement("a"), { href: address, download: file }).click();
  if (!isFramed()) {
    setTimeout(() => URL.revokeObjectURL(address), 10000);
    return;
  }
  noteBeside(asked, say(words, { key: "file_framed", fields: { file } }));
  ui.text.after(element("img", { class: "cn-saved-picture", alt: words.made, src: address }));
}
