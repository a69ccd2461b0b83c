// @ts-check
/** What is lit, in words: the sum behind a cell, what a cell feeds, what a tap touches. No DOM here. */
import {
  valueAt,
  weightAt,
  channelsOf,
  windowOf,
  feeds,
  feedsPoints,
  pointsOf,
  pointsOfTap,
  neighbours,
  touched,
  inside,
  product,
  products,
  sumOf,
  fill,
  number,
  writtenProducts,
  writtenTerms,
} from "./lookups.js";

/**
 * @typedef {{kind: string, text: string}} Line
 * @typedef {{summary: string, more: () => string}} Fold text that is made only when it is asked for
 * @typedef {{lines: (Line | Fold)[], said: string, value?: number, before?: number, total?: number, missing?: boolean}} Told
 */

const MOST_PRODUCTS = 25; // products written out before the rest folds
const MOST_TERMS = 6; // channels' sums written out before the rest folds
const MOST_FED = 9; // fed cells written out before the rest folds

/** A cell's or a tap's name, as code: x[0, 1, 2, 0]. @param {string} template @param {(number | string)[]} cell @param {Record<string, any>} values */
export const named = (template, [plane, row, column], values) => fill(template, { plane, row, column, ...values });

/** @param {any} picture @param {number} g @param {(number | string)[]} cell @param {number} channel */
export const cellName = (picture, g, cell, channel) =>
  named(picture.cell, cell, { name: picture.grids[g].symbol, sample: picture.sample, channel });

/** @param {any} link @param {(number | string)[]} tap @param {number} slice @param {number} filter */
export function tapName(link, tap, slice, filter) {
  return named(link.kernel_cell, tap, {
    name: link.kernel_name,
    slice,
    filter,
    channel: link.channels[filter * link.fan + slice],
    copy: filter % link.copies,
  });
}

/** The axes that this picture has, of a plane, a row and a column. @param {any} picture @param {any[]} list */
const present = (picture, list) => list.slice(3 - picture.rank);

/** The sum behind a cell of grid g > 0. @param {any} picture @param {any} words @param {number} g @param {number[]} cell
 * @param {number[]} chosen the channel shown of each grid @param {Float32Array | null} fetched @returns {Told} */
export function tellSum(picture, words, g, cell, chosen, fetched) {
  const [link, earlier, later] = [picture.links[g - 1], picture.grids[g - 1], picture.grids[g]];
  const filter = chosen[g];
  const value = Number(valueAt(later, cell, filter) ?? NaN);
  const before = link.before ? Number(valueAt(later, cell, filter, link.before)) : value;
  const name = cellName(picture, g, cell, filter);
  const reads = windowOf(link, cell);
  const along = present(picture, [0, 1, 2]).map((axis) => [...new Set(reads.map(({ at }) => at[axis]))].join(" "));
  const said = fill(words.said_output, { name, value: number(value), cells: along.join(" × ") });
  /** @type {(Line | Fold)[]} */ const lines = [{ kind: "name", text: `${name} = ${number(value)}` }];
  if (!link.kernel) {
    lines.push({
      kind: "moved",
      text: fill(words[`told_${link.operation}`] ?? words.told_other, { operation: link.operation }),
    });
    return { lines, said, value, before };
  }
  const { partials, bias, total } = sumOf(link, earlier, cell, filter, fetched);
  const slice = Math.max(0, channelsOf(link, filter).indexOf(chosen[g - 1]));
  const list = products(link, earlier, cell, filter, slice, fetched, reads);
  if (list) {
    const start = link.fan > 1 ? `${fill(words.sum_channel, { channel: partials[slice].channel })}: ` : "";
    const end = ` = ${number(Number(partials[slice].partial), 4)}`;
    const many = list.length > MOST_PRODUCTS;
    lines.push({
      kind: "products",
      text: list.length
        ? `${start}${writtenProducts(list.slice(0, MOST_PRODUCTS))}${many ? " + …" : end}`
        : words.sum_nothing,
    });
    if (many)
      lines.push({
        summary: fill(words.sum_more, { count: list.length - MOST_PRODUCTS }),
        more: () => writtenProducts(list.slice(MOST_PRODUCTS)) + end,
      });
  }
  if (total === undefined) {
    lines.push({ kind: "waiting", text: words.sum_waiting });
  } else {
    const terms = partials.map(({ partial }) => Number(partial));
    const parts = [
      link.fan > 1 ? fill(words.sum_all, { count: terms.length }) : "",
      writtenTerms(terms.slice(0, MOST_TERMS)) + (terms.length > MOST_TERMS ? " + …" : ""),
      link.bias ? fill(words.sum_bias, { bias: number(bias, 4) }) : "",
    ];
    if (link.bias || link.fan > 1)
      lines.push({ kind: "total", text: `${parts.filter(Boolean).join(" ")} = ${number(before, 4)}` });
    if (terms.length > MOST_TERMS) {
      const each = () =>
        partials.map(({ channel }, i) => `${fill(words.sum_channel, { channel })}: ${number(terms[i], 4)}`).join("\n");
      lines.push({ summary: fill(words.sum_channels, { count: terms.length }), more: each });
    }
    if (link.activation) {
      const template = link.activation === "softmax" ? words.sum_softmax : words.sum_activation;
      lines.push({
        kind: "activation",
        text: fill(template, { activation: link.activation, before: number(before, 4), value: number(value, 4) }),
      });
    }
  }
  if (link.points) {
    const channel = partials[slice].channel;
    const around = (/** @type {number[]} */ point) =>
      neighbours(point)
        .filter(({ part }) => part)
        .map(({ cell: at, part }) => `${number(part, 3)}·${number(Number(valueAt(earlier, at, channel) ?? NaN), 4)}`)
        .join(" + ");
    const each = () =>
      pointsOf(link, cell, channel, earlier.channels)
        .map(
          ({ tap, point, factor }) =>
            `[${tap[1]}, ${tap[2]}] (${number(point[0], 4)}, ${number(point[1], 4)}): ${around(point) || 0}${link.mask ? `, × ${number(factor, 4)}` : ""}`,
        )
        .join("\n");
    lines.push({ summary: words.points, more: each }, { kind: "hint", text: words.points_hint });
  }
  lines.push({ kind: "returned", text: fill(words.sum_returned, { value: number(value) }) });
  return { lines, said, value, before, total, missing: total === undefined };
}

/** What a cell feeds in the next grid. @param {any} picture @param {any} words @param {number} g @param {number[]} cell @param {number[]} chosen @returns {Told} */
export function tellFed(picture, words, g, cell, chosen) {
  const [grid, link] = [picture.grids[g], picture.links[g]];
  const [channel, filter] = [chosen[g], chosen[g + 1]];
  const value = Number(valueAt(grid, cell, channel) ?? NaN);
  const slice = channelsOf(link, filter).indexOf(channel);
  const fed =
    slice < 0
      ? []
      : (link.points ? feedsPoints(link, grid, picture.grids[g + 1], cell, channel) : feeds(link, grid, cell)).filter(
          ({ at }) => inside(picture.grids[g + 1], at),
        );
  const name = inside(grid, cell)
    ? cellName(picture, g, cell, channel)
    : fill(words.padding_cell, { cell: present(picture, cell).join(", ") });
  const part = (/** @type {any} */ read) => (link.points ? `${number(read.part, 3)}·` : ""); // of the cell, where a point lies beside it
  const list = fed.map(
    ({ at, tap, ...read }) =>
      `${cellName(picture, g + 1, at, filter)}: ${part(read)}${link.kernel ? writtenProducts([{ x: value, weight: weightAt(link, tap, slice, filter) }]) : number(value)}`,
  );
  /** @type {(Line | Fold)[]} */ const lines = [
    { kind: "name", text: `${name} = ${number(value)}` },
    {
      kind: "feeds",
      text: fed.length
        ? fill(words.feeds, { count: fed.length, grid: picture.grids[g + 1].name, filter })
        : words.feeds_none,
    },
  ];
  if (list.length) lines.push({ kind: "fed", text: list.slice(0, MOST_FED).join("\n") });
  if (list.length > MOST_FED)
    lines.push({
      summary: fill(words.more, { count: list.length - MOST_FED }),
      more: () => list.slice(MOST_FED).join("\n"),
    });
  return { lines, said: fill(words.said_input, { name, value: number(value), count: fed.length }), value };
}

/** What one tap of a kernel reads, or in a scatter writes. @param {any} picture @param {any} words @param {number} i the link
 * @param {number[]} tap @param {number[]} chosen @returns {Told} */
export function tellTap(picture, words, i, tap, chosen) {
  const link = picture.links[i];
  const filter = chosen[i + 1];
  const slice = Math.max(0, channelsOf(link, filter).indexOf(chosen[i]));
  const value = weightAt(link, tap, slice, filter);
  const cells = product(touched(link, tap));
  const within = picture.grids[link.scatter ? i + 1 : i];
  const outside = cells.filter((cell) => !inside(within, cell)).length;
  const name = tapName(link, tap, slice, filter);
  if (link.points) {
    const points = pointsOfTap(link, picture.grids[i + 1], tap, chosen[i], picture.grids[i].channels);
    const away = points.filter(
      (point) => !neighbours(point).some(({ cell, part }) => part && inside(picture.grids[i], cell)),
    ).length;
    const there = fill(words.tap_points, { count: points.length, outside: away });
    return {
      lines: [
        { kind: "name", text: `${name} = ${number(value)}` },
        { kind: "reads", text: there },
      ],
      said: `${name} = ${number(value)}. ${there}.`,
      value,
    };
  }
  const told = fill(link.scatter ? words.tap_writes : words.tap_reads, { count: cells.length, outside });
  return {
    lines: [
      { kind: "name", text: `${name} = ${number(value)}` },
      { kind: "reads", text: told },
    ],
    said: `${name} = ${number(value)}. ${told}.`,
    value,
  };
}
