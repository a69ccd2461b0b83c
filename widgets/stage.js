// @ts-check
/**
 * The stage: draws the newest snapshot of a picture, and answers pointer and keys by look-ups in it.
 * One `render` is one view: what is lit, pinned, chosen or playing belongs to the view alone.
 */
import { decode, inside, valueAt, weightAt, channelsOf, windowOf, feeds, tapReads, unread, products, sumOf, fill, number, short, floats, writtenProducts, writtenTerms } from "./lookups.js";
import { build, element, icon, ICONS, themeBehind, mendSliders } from "./parts.js";
import { THEMES, drawCells, drawLight, drawStrip, roomIn } from "./drawing.js";

const CELLS_A_SECOND = [1, 3, 8, 20];
const MOST_TERMS = 6; // channels' sums written out before the rest folds
const MOST_PRODUCTS = 25; // products written out before the rest folds
/** @param {{model: any, el: HTMLElement}} view */
function render({ model, el }) {
  const words = model.get("words");
  const ui = build(words);
  const ending = new AbortController();
  const box = () => el.closest(".cn-explorer") ?? el;
  const listen = (/** @type {EventTarget} */ target, /** @type {string} */ kind, /** @type {(event: any) => void} */ act, options = {}) =>
    target.addEventListener(kind, act, { signal: ending.signal, ...options });

  let lastWidth = 0; // of the stage; asking the page at each draw would make it lay itself out again
  let theme = THEMES.light;
  /** @type {any} */ let picture = decode(model.get("snapshot"));
  /** @type {{panel: string, row: number, column: number} | null} */ let lit = { panel: "1", row: 0, column: 0 };
  let pinned = false;
  let [filter, channel, position] = [0, 0, 0];
  let playing = 0; // a timer, or 0
  let saying = 0;
  let asking = 0;
  /** @type {{key: string, values: Float32Array} | null} */ let fetched = null;

  const link = () => picture.links[0];
  const input = () => picture.grids[0];
  const output = () => picture.grids[1];
  const slice = () => Math.max(0, channelsOf(link(), filter).indexOf(channel));

  /** What one panel shows: a grid's channel, or the slice of the kernel that reads the channel shown. @param {string} id */
  function shown(id) {
    if (id === "kernel") {
      const [rows, columns] = link().taps;
      const at = (/** @type {number} */ r, /** @type {number} */ c) => weightAt(link(), r, c, slice(), filter);
      return { rows, columns, padding: [[0, 0], [0, 0]], at, limit: link().kernel_limit, grey: false };
    }
    const grid = picture.grids[Number(id)];
    const index = id === "0" ? channel : filter;
    return { ...grid, at: (/** @type {number} */ r, /** @type {number} */ c) => valueAt(grid, r, c, index) ?? NaN };
  }

  /** The cell size of each panel, from the room there is. */
  function layout() {
    const full = document.fullscreenElement === box() || box().classList.contains("cn-full");
    const width = Math.max(lastWidth - 8, 200);
    const narrow = width < 520;
    el.classList.toggle("cn-narrow", narrow);
    ui.full.textContent = full ? words.full_leave : words.full;
    ui.full.setAttribute("aria-label", ui.full.textContent);
    ui.full.title = ui.full.textContent;
    const high = full ? Math.max(window.innerHeight * 0.5, 220) : narrow ? 240 : 330;
    const most = full ? 90 : 44;
    const fit = (/** @type {any} */ v, /** @type {number} */ room) => {
      const [[top, bottom], [left, right]] = v.padding;
      return Math.min(room / (v.columns + left + right), high / (v.rows + top + bottom), most);
    };
    const wide = full ? width : Math.min(width, 1060);
    const room = narrow ? width / 2 - 10 : (wide - 40) * (17 / 44);
    const [a, b] = [fit(shown("0"), room), fit(shown("1"), room)];
    const same = Math.min(a, b);
    ui.panels[0].cell = same >= 12 ? same : a;
    ui.panels[1].cell = same >= 12 ? same : Math.min(b, Math.max(12, a));
    ui.panels.kernel.cell = Math.min(fit(shown("kernel"), narrow ? width - 20 : (wide - 40) * (10 / 44)), most);
  }

  function drawAll() {
    picture = decode(model.get("snapshot"));
    el.dataset.theme ??= themeBehind(el);
    theme = THEMES[/** @type {"light" | "dark"} */ (el.dataset.theme)];
    drawWords();
    const any = picture.grids.length > 0;
    el.classList.toggle("cn-none", !any);
    el.classList.toggle("cn-stale", any && picture.problem !== "");
    if (any) {
      filter = Math.min(filter, output().channels - 1);
      channel = Math.min(channel, input().channels - 1);
      if (!channelsOf(link(), filter).includes(channel)) channel = channelsOf(link(), filter)[0];
      position = Math.min(position, output().rows * output().columns - 1);
      if (lit) {
        const { rows, columns, padding: [[top, bottom], [left, right]] } = shown(lit.panel);
        lit.row = Math.max(-top, Math.min(lit.row, rows + bottom - 1));
        lit.column = Math.max(-left, Math.min(lit.column, columns + right - 1));
      }
      fetched = null;
      drawGrids();
    }
    el.dataset.revision = picture.revision;
  }

  function drawGrids() {
    layout();
    const titles = { 0: [input().name, input().shape], kernel: [words.kernel, link().kernel_shape], 1: [output().name, output().shape] };
    const labels = {
      0: nameOf("x", ":", ":", channel),
      kernel: fill(words.kernel_of, { slice: slice(), filter }),
      1: nameOf("y", ":", ":", filter),
    };
    const missing = unread(link(), input());
    for (const [id, part] of Object.entries(ui.panels)) {
      const view = { ...shown(id), unread: id === "0" ? missing : undefined };
      const [name, shape] = titles[/** @type {"0"} */ (id)];
      part.title.textContent = `${name} (${shape.join(", ")})`;
      part.label.textContent = labels[/** @type {"0"} */ (id)];
      part.frame.setAttribute("aria-label", fill(words.grid_label, { name, ...view }));
      drawCells(part.cells, view, part.cell, theme);
      drawChooser(id);
    }
    drawSamples();
    ui.legend.replaceChildren(...legend(missing.rows.length + missing.columns.length > 0));
    ui.position.max = output().rows * output().columns - 1;
    drawLit();
  }

  /** The thumbnails below a panel. @param {string} id */
  function drawChooser(id) {
    const part = ui.panels[/** @type {"0"} */ (id)];
    const tiles = id === "kernel"
      ? { count: link().fan, at: (/** @type {number} */ i, /** @type {number} */ r, /** @type {number} */ c) => weightAt(link(), r, c, i, filter) }
      : { count: picture.grids[id].channels, at: (/** @type {number} */ i, /** @type {number} */ r, /** @type {number} */ c) => valueAt(picture.grids[id], r, c, i) ?? NaN };
    const chosen = { 0: channel, kernel: slice(), 1: filter }[/** @type {"0"} */ (id)];
    const what = { 0: words.channels, kernel: words.slices, 1: words.filters }[/** @type {"0"} */ (id)];
    part.chooser.hidden = tiles.count === 1;
    if (tiles.count === 1) return;
    part.chooser.firstChild.textContent = fill(words.chooser, { what, index: chosen, count: tiles.count });
    part.tiles = drawStrip(part.strip, { ...shown(id), ...tiles }, chosen, Math.max(part.cell * shown(id).columns, 150), theme);
    name(part.strip, what, chosen, tiles.count);
  }

  function drawSamples() {
    const { thumbnails, samples, sample } = picture;
    ui.samples.hidden = samples === 1;
    if (samples === 1) return;
    const [count, rows, columns] = thumbnails.shape;
    const values = /** @type {Float32Array} */ (floats(thumbnails.values));
    const at = (/** @type {number} */ i, /** @type {number} */ r, /** @type {number} */ c) => values[(i * rows + r) * columns + c];
    const strip = ui.samples.lastChild;
    ui.samples.firstChild.textContent = fill(words.chooser, { what: words.samples, index: sample, count: samples })
      + (samples > count ? ` ${fill(words.thumbnails_more, { shown: count, count: samples })}` : "");
    strip.tiles = drawStrip(strip, { count, rows, columns, at, limit: input().limit, grey: input().grey }, sample, lastWidth - 20, theme);
    name(strip, words.samples, sample, count);
  }

  /** @param {Element} strip @param {string} what @param {number} index @param {number} count */
  function name(strip, what, index, count) {
    const values = { "aria-label": what, "aria-valuemin": 0, "aria-valuemax": count - 1, "aria-valuenow": index, "aria-valuetext": fill(words.chooser, { what, index, count }) };
    for (const [attribute, value] of Object.entries(values)) strip.setAttribute(attribute, String(value));
  }

  /** @param {boolean} anyUnread */
  function legend(anyUnread) {
    const [[top, bottom], [left, right]] = input().padding;
    const items = [["window", words.legend_window], ["signed", words.legend_signed]];
    if (input().grey) items.push(["grey", fill(words.legend_grey, { limit: input().limit })]);
    if (top + bottom + left + right) items.push(["padding", words.legend_padding]);
    if (anyUnread) items.push(["unread", words.legend_unread]);
    return items.map(([kind, text]) => element("span", { class: "cn-key" }, element("i", { class: `cn-swatch cn-swatch-${kind}`, "aria-hidden": "true" }), text));
  }

  /** Code, facts, refusal: all that is words. */
  function drawWords() {
    const revealed = model.get("reveal");
    el.classList.toggle("cn-hidden", !revealed);
    ui.revealing.textContent = revealed ? words.hide : words.reveal;
    ui.revealing.setAttribute("aria-label", ui.revealing.textContent);
    ui.revealing.title = ui.revealing.textContent;
    ui.code.textContent = picture.code;
    ui.facts.replaceChildren(...picture.facts.map((/** @type {string[]} */ [label, text]) =>
      element("div", { class: "cn-fact", role: "listitem" }, element("span", {}, label), element("span", {}, text))));
    ui.warning.textContent = picture.warning;
    if (picture.problem) {
      const rest = picture.whole_problem === picture.problem ? [] : [element("details", {}, element("summary", {}, words.whole_problem), element("pre", {}, picture.whole_problem))];
      ui.problem.replaceChildren(
        element("strong", {}, words.refused), element("div", { class: "cn-words" }, picture.problem),
        element("div", { class: "cn-advice" }, picture.advice), ...rest,
        element("div", {}, picture.grids.length ? words.stale : words.empty));
    } else {
      ui.problem.replaceChildren();
    }
  }

  /** What is lit, in each panel, in the sum and in words. Nothing here asks Python, unless values are missing. */
  function drawLit() {
    const cells = /** @type {Record<string, any[]>} */ ({ 0: [], kernel: [], 1: [] });
    ui.sum.replaceChildren();
    let said = "";
    if (lit) {
      const { row, column } = lit;
      cells[lit.panel].push({ row, column });
      if (lit.panel === "1") said = lightOutput(row, column, cells);
      else if (lit.panel === "0") said = lightInput(row, column, cells);
      else said = lightTap(row, column, cells);
    }
    if (pinned) ui.sum.append(element("div", { class: "cn-pin" }, words.pinned));
    for (const [id, part] of Object.entries(ui.panels)) {
      drawLight(part.light, part.cells, cells[id], shown(id).padding, part.cell, theme);
    }
    ui.position.value = String(position);
    ui.position.setAttribute("aria-valuetext", fill(words.position_of, { position, count: Number(ui.position.max) + 1 }));
    ui.where.textContent = `${position + 1} / ${Number(ui.position.max) + 1}`;
    clearTimeout(saying);
    saying = window.setTimeout(() => { ui.said.textContent = said; }, 250);
    el.dataset.lit = lit ? `${lit.panel}:${lit.row}:${lit.column}` : "";
  }

  /** @param {number[]} rows @param {number[]} columns */
  const block = (rows, columns) => rows.flatMap((row) => columns.map((column) => ({ row, column })));
  /** @param {string} kind @param {string} text */
  const line = (kind, text) => element("div", { class: `cn-line cn-${kind}` }, text);
  /** A cell's name, as code: x[0, 1, 2, 0]. @param {string} of @param {number | string} row @param {number | string} column @param {number} ch */
  const nameOf = (of, row, column, ch) => fill(picture.cell, { name: of, sample: picture.sample, row, column, channel: ch });

  /** @param {number} row @param {number} column @param {Record<string, any[]>} cells */
  function lightOutput(row, column, cells) {
    const { rows, columns } = windowOf(link(), row, column);
    cells[0].push(...block(rows, columns));
    const value = Number(valueAt(output(), row, column, filter) ?? NaN);
    const before = link().before ? Number(valueAt(output(), row, column, filter, link().before)) : value;
    const key = `${picture.revision}:${row}:${column}:${filter}`;
    const missing = fetched?.key === key ? fetched.values : null;
    const { partials, bias, total } = sumOf(link(), input(), { row, column }, filter, missing);
    ui.sum.append(line("name", `${nameOf("y", row, column, filter)} = ${number(value)}`));
    const list = products(link(), input(), { row, column }, filter, slice(), missing);
    if (list) {
      const { channel: of, partial } = partials[slice()];
      const start = link().fan > 1 ? `${fill(words.sum_channel, { channel: of })}: ` : "";
      ui.sum.append(line("products", `${start}${writtenProducts(list.slice(0, MOST_PRODUCTS))}${list.length > MOST_PRODUCTS ? " + …" : ` = ${number(Number(partial))}`}`));
      if (list.length > MOST_PRODUCTS) ui.sum.append(fold(fill(words.sum_more, { count: list.length - MOST_PRODUCTS }), () => `${writtenProducts(list.slice(MOST_PRODUCTS))} = ${number(Number(partial))}`));
    }
    if (total === undefined) {
      ui.sum.append(line("waiting", words.sum_waiting));
      askWindow(row, column, key);
    } else {
      const terms = partials.map(({ partial }) => Number(partial));
      const parts = [
        link().fan > 1 ? fill(words.sum_all, { count: terms.length }) : "",
        writtenTerms(terms.slice(0, MOST_TERMS)) + (terms.length > MOST_TERMS ? " + …" : ""),
        link().bias ? fill(words.sum_bias, { bias: number(bias) }) : "",
      ];
      if (link().bias || link().fan > 1) ui.sum.append(line("total", `${parts.filter(Boolean).join(" ")} = ${number(before)}`));
      if (terms.length > MOST_TERMS) {
        ui.sum.append(fold(fill(words.sum_channels, { count: terms.length }), () => partials.map(({ channel: c }, i) => `${fill(words.sum_channel, { channel: c })}: ${number(terms[i])}`).join("\n")));
      }
      if (link().activation) ui.sum.append(line("activation", fill(link().activation === "softmax" ? words.sum_softmax : words.sum_activation, { activation: link().activation, before: number(before), value: number(value) })));
      ui.sum.dataset.total = String(total);
    }
    ui.sum.dataset.before = String(before);
    ui.sum.dataset.value = String(value);
    ui.sum.append(line("returned", fill(words.sum_returned, { value: number(value) })));
    return fill(words.said_output, { row, column, filter, value: number(value), rows: rows.join(" "), columns: columns.join(" ") });
  }

  /** @param {number} row @param {number} column @param {Record<string, any[]>} cells */
  function lightInput(row, column, cells) {
    const value = number(Number(valueAt(input(), row, column, channel) ?? NaN));
    const fed = channelsOf(link(), filter).includes(channel) ? feeds(link(), row, column) : [];
    const weights = fed.map(({ tap: [a, b] }) => weightAt(link(), a, b, slice(), filter));
    const room = roomIn(ui.panels[1].cell) - 1; // the outline takes its part
    cells[1].push(...fed.map((cell, i) => ({ ...cell, text: short(weights[i], room) })));
    cells.kernel.push(...fed.map(({ tap: [a, b] }) => ({ row: a, column: b })));
    const title = inside(input(), row, column) ? `${nameOf("x", row, column, channel)} = ${value}` : fill(words.padding_cell, { row, column });
    ui.sum.append(line("name", title));
    ui.sum.append(line("feeds", fed.length ? fill(words.feeds, { count: fed.length, filter }) : words.feeds_none));
    const list = fed.map((cell, i) => `${nameOf("y", cell.row, cell.column, filter)}: ${writtenProducts([{ x: Number(value), weight: weights[i] }])}`);
    if (list.length) ui.sum.append(line("fed", list.slice(0, 9).join("\n")));
    if (list.length > 9) ui.sum.append(fold(fill(words.more, { count: list.length - 9 }), () => list.slice(9).join("\n")));
    return fill(words.said_input, { row, column, channel, value, count: fed.length });
  }

  /** @param {number} row @param {number} column @param {Record<string, any[]>} cells */
  function lightTap(row, column, cells) {
    const { rows, columns } = tapReads(link(), row, column);
    cells[0].push(...block(rows, columns));
    const value = number(weightAt(link(), row, column, slice(), filter));
    const padding = cells[0].filter((cell) => !inside(input(), cell.row, cell.column)).length;
    ui.sum.append(line("name", fill(words.tap_cell, { row, column, slice: slice(), filter, value })));
    ui.sum.append(line("reads", fill(words.tap_reads, { count: cells[0].length, padding })));
    return fill(words.said_tap, { row, column, value, count: cells[0].length });
  }

  /** Text that is made only when it is asked for. @param {string} summary @param {() => string} text */
  function fold(summary, text) {
    const details = element("details", { class: "cn-fold" }, element("summary", { "data-lm-suppress-shortcuts": "true" }, summary));
    details.addEventListener("toggle", () => { if (details.open && details.childNodes.length === 1) details.append(element("pre", {}, text())); });
    return details;
  }

  /** @param {number} row @param {number} column @param {string} key */
  function askWindow(row, column, key) {
    clearTimeout(asking);
    asking = window.setTimeout(() => model.send({ window: [row, column, filter], revision: picture.revision, key }), 120);
  }

  /** @param {any} answer @param {any[]} buffers */
  function answered(answer, buffers) {
    const [row, column, of] = answer.window ?? [];
    if (answer.revision !== picture.revision || of !== filter || lit?.panel !== "1" || lit.row !== row || lit.column !== column) return;
    fetched = { key: `${picture.revision}:${row}:${column}:${filter}`, values: /** @type {Float32Array} */ (floats(buffers[0])) };
    drawLit();
  }

  /** Light a cell. @param {string} id @param {number} row @param {number} column */
  function light(id, row, column) {
    lit = { panel: id, row, column };
    if (id === "1") position = row * output().columns + column;
    drawLit();
  }

  /** @param {number} to */
  function go(to) {
    const count = output().rows * output().columns;
    position = Math.max(0, Math.min(to, count - 1));
    light("1", Math.floor(position / output().columns), position % output().columns);
  }

  function pause() {
    clearTimeout(playing);
    playing = 0;
    ui.play.replaceChildren(icon(ICONS.play));
    ui.play.setAttribute("aria-label", words.play);
    ui.play.title = words.play;
  }

  function play() {
    if (position === Number(ui.position.max)) position = -1; // from the end, start again
    ui.play.replaceChildren(icon(ICONS.pause));
    ui.play.setAttribute("aria-label", words.pause);
    ui.play.title = words.pause;
    const step = () => {
      go(position + 1);
      if (position < Number(ui.position.max)) playing = window.setTimeout(step, 1000 / CELLS_A_SECOND[Number(ui.speed.value)]);
      else pause();
    };
    step();
  }

  /** Choose a channel, a slice or a filter. @param {string} id @param {number} index */
  function choose(id, index) {
    const count = { 0: () => input().channels, kernel: () => link().fan, 1: () => output().channels }[/** @type {"0"} */ (id)]();
    const to = Math.max(0, Math.min(index, count - 1));
    if (id === "1") filter = to;
    else channel = id === "0" ? to : channelsOf(link(), filter)[to];
    if (id === "0" && !channelsOf(link(), filter).includes(channel)) {
      filter = Math.floor(link().channels.indexOf(channel) / link().fan); // the first filter that reads it
    } else if (!channelsOf(link(), filter).includes(channel)) {
      channel = channelsOf(link(), filter)[0];
    }
    const sent = [[input(), channel], [output(), filter]].every(([grid, wanted]) => valueAt(grid, 0, 0, wanted) !== undefined);
    if (!sent) want(picture.sample);
    drawGrids();
  }

  /** @param {number} sample */
  function want(sample) {
    model.set("wanted", { sample, channels: [channel, filter] });
    model.save_changes();
  }

  /** The cell under the pointer. @param {any} part @param {PointerEvent} event */
  function under(part, event) {
    const { left, top } = part.light.getBoundingClientRect();
    const view = shown(part.id);
    const [[above, after], [before, behind]] = view.padding;
    const row = Math.floor((event.clientY - top) / part.cell) - above;
    const column = Math.floor((event.clientX - left) / part.cell) - before;
    const on = row >= -above && column >= -before && row < view.rows + after && column < view.columns + behind;
    return on ? { row, column } : null;
  }

  for (const part of Object.values(ui.panels)) {
    listen(part.frame, "pointermove", (event) => {
      const cell = under(part, event);
      if (pinned || playing || !cell || (lit?.panel === part.id && lit.row === cell.row && lit.column === cell.column)) return;
      light(part.id, cell.row, cell.column);
    });
    listen(part.frame, "click", (event) => {
      const cell = under(part, event);
      if (!cell) return;
      const again = pinned && lit?.panel === part.id && lit.row === cell.row && lit.column === cell.column;
      pause();
      pinned = !again;
      light(part.id, cell.row, cell.column);
    });
    listen(part.strip, "click", (event) => {
      const { left, top } = part.strip.getBoundingClientRect();
      const { step, perRow } = part.tiles;
      choose(part.id, Math.floor((event.clientY - top) / step) * perRow + Math.floor((event.clientX - left) / step));
    });
    listen(part.strip, "keydown", (event) => stripKey(event, { 0: channel, kernel: slice(), 1: filter }[/** @type {"0"} */ (part.id)], (to) => choose(part.id, to)));
  }
  const sampleStrip = ui.samples.lastChild;
  const chooseSample = (/** @type {number} */ to) => want(Math.max(0, Math.min(to, picture.thumbnails.shape[0] - 1)));
  listen(sampleStrip, "click", (event) => {
    const { left, top } = sampleStrip.getBoundingClientRect();
    const { step, perRow } = sampleStrip.tiles;
    chooseSample(Math.floor((event.clientY - top) / step) * perRow + Math.floor((event.clientX - left) / step));
  });
  listen(sampleStrip, "keydown", (event) => stripKey(event, picture.sample, chooseSample));

  /** @param {KeyboardEvent} event @param {number} now @param {(to: number) => void} act */
  function stripKey(event, now, act) {
    const steps = /** @type {Record<string, number>} */ ({ ArrowRight: 1, ArrowUp: 1, ArrowLeft: -1, ArrowDown: -1, Home: -1e9, End: 1e9 });
    if (!(event.key in steps)) return;
    event.preventDefault();
    event.stopPropagation();
    act(now + steps[event.key]);
  }

  /** @param {KeyboardEvent} event */
  function key(event) {
    const on = /** @type {Element} */ (event.target);
    if (event.key === "Escape") { pause(); pinned = false; lit = null; drawLit(); }
    else if (on.closest(".cn-frame") && picture.grids.length) {
      const id = on.closest(".cn-panel")?.getAttribute("data-grid") ?? "1";
      const view = shown(id);
      const [[above, after], [before, behind]] = view.padding;
      const from = lit?.panel === id ? lit : { row: 0, column: 0 };
      const fresh = lit?.panel !== id;
      const moves = /** @type {Record<string, number[]>} */ ({ ArrowUp: [-1, 0], ArrowDown: [1, 0], ArrowLeft: [0, -1], ArrowRight: [0, 1] });
      if (event.key in moves) {
        const [down, right] = fresh ? [0, 0] : moves[event.key];
        pause();
        light(id, Math.max(-above, Math.min(from.row + down, view.rows + after - 1)), Math.max(-before, Math.min(from.column + right, view.columns + behind - 1)));
      } else if (event.key === "Home") light(id, 0, 0);
      else if (event.key === "End") light(id, view.rows - 1, view.columns - 1);
      else if (event.key === "Enter") { pinned = !pinned; light(id, from.row, from.column); }
      else if (event.key === " ") ui.play.click();
      else return;
    } else if (event.key === " " && !on.closest("button, select, summary")) ui.play.click();
    else return;
    event.preventDefault();
    event.stopPropagation();
  }
  listen(el, "keydown", key);
  listen(ui.play, "click", () => { if (playing) pause(); else { pinned = false; play(); } });
  for (const [part, to] of /** @type {[any, () => number][]} */ ([[ui.first, () => 0], [ui.back, () => position - 1], [ui.forward, () => position + 1], [ui.last, () => Infinity]])) {
    listen(part, "click", () => { pause(); go(to()); });
  }
  listen(ui.position, "input", () => { pause(); go(Number(ui.position.value)); });
  listen(ui.revealing, "click", () => { model.set("reveal", !model.get("reveal")); model.save_changes(); });
  listen(ui.copy, "click", async () => {
    try { await navigator.clipboard.writeText(picture.code); } catch {
      getSelection()?.selectAllChildren(ui.code); // a frame without the clipboard: select, so that Ctrl+C does it
      document.execCommand("copy");
    }
    ui.copy.textContent = words.copied;
    setTimeout(() => { ui.copy.textContent = words.copy; }, 1500);
  });
  listen(ui.full, "click", async () => {
    const leaving = document.fullscreenElement || box().classList.contains("cn-full");
    try {
      if (document.fullscreenElement) await document.exitFullscreen();
      else if (!leaving) await box().requestFullscreen();
    } catch { /* a frame that may not: fill it instead */ }
    box().classList.toggle("cn-full", !leaving);
    lastWidth = el.clientWidth;
    drawAll();
  });
  listen(document, "fullscreenchange", () => {
    if (!document.fullscreenElement) box().classList.remove("cn-full");
    lastWidth = el.clientWidth;
    drawAll();
  });

  const newest = () => drawAll();
  model.on("change:snapshot change:reveal", newest);
  model.on("msg:custom", answered);
  const resized = new ResizeObserver(() => {
    if (el.clientWidth === lastWidth) return;
    lastWidth = el.clientWidth;
    el.dataset.theme = themeBehind(el); // only an element on the page knows what is behind it
    drawAll();
  });
  const retheme = () => {
    const now = themeBehind(el);
    if (now === el.dataset.theme) return;
    el.dataset.theme = now;
    drawAll();
  };
  const rethemed = new MutationObserver(retheme);
  for (const node of [document.documentElement, document.body]) rethemed.observe(node, { attributes: true });
  listen(matchMedia("(prefers-color-scheme: dark)"), "change", retheme);
  listen(document, "focusin", () => { if (el.isConnected) mendSliders(box()); });

  el.classList.add("cn-stage");
  el.setAttribute("role", "group");
  el.setAttribute("aria-label", words.stage);
  el.append(...ui.all);
  resized.observe(el);
  lastWidth = el.clientWidth;
  drawAll();
  requestAnimationFrame(() => mendSliders(box()));

  return () => {
    pause();
    clearTimeout(saying);
    clearTimeout(asking);
    ending.abort();
    resized.disconnect();
    rethemed.disconnect();
    model.off("change:snapshot change:reveal", newest);
    model.off("msg:custom", answered);
  };
}

export default { render };
