// @ts-check
/** What lights up in a picture together with one cell, or with one tap of a kernel. Look-ups; nothing is drawn here. */
import {
  inside,
  valueAt,
  weightAt,
  channelsOf,
  sliceOf,
  windowOf,
  feeds,
  feedsPoints,
  pointsOf,
  pointsOfTap,
  neighbours,
  touched,
  kept,
  spread,
  product,
} from "./lookups.js";

/**
 * @typedef {{cell: number[], number?: number}} Light a cell (plane, row and column), and the number that is written in it while it is lit
 * @typedef {{grids: Light[][], kernels: Light[][]}} Lights of each grid, and of each link's kernel
 */

/** @param {any} picture @returns {Lights} */
const noLights = ({ grids, links }) => ({ grids: grids.map(() => []), kernels: links.map(() => []) });

/** The cells that the values at these points are made of. @param {number[][]} points */
const cellsAround = (points) =>
  points.flatMap((point) =>
    neighbours(point)
      .filter(({ part }) => part)
      .map(({ cell }) => ({ cell })),
  );

/** All that a cell of grid g is made from, back to the first grid, and for a cell of the first grid all that it feeds.
 * @param {any} picture @param {number[]} chosen the channel of each grid @param {number} g @param {number[]} cell */
export function lightsOfCell(picture, chosen, g, cell) {
  const lights = noLights(picture);
  lightEarlier(picture, chosen, g, cell, lights);
  if (g === 0 && picture.links.length) lightLater(picture, chosen, cell, lights);
  return lights;
}

/** @param {any} picture @param {number[]} chosen @param {number} g @param {number[]} cell @param {Lights} lights */
function lightEarlier({ grids, links }, chosen, g, cell, lights) {
  let block = cell.map((index) => [index]);
  for (let i = g - 1; i >= 0; i--) {
    if (links[i].points) {
      if (i === g - 1)
        lights.grids[i] = cellsAround(pointsOf(links[i], cell, chosen[i], grids[i].channels).map(({ point }) => point));
      return;
    }
    block = spread(links[i], kept(grids[i + 1], block));
    lights.grids[i] = product(block)
      .filter((at) => i === 0 || inside(grids[i], at))
      .map((at) => ({ cell: at }));
    if (i === g - 1 && links[i].scatter) lights.kernels[i] = windowOf(links[i], cell).map(({ tap }) => ({ cell: tap }));
  }
}

/** @param {any} picture @param {number[]} chosen @param {number[]} cell @param {Lights} lights */
function lightLater({ grids, links }, chosen, cell, lights) {
  const link = links[0];
  if (!channelsOf(link, chosen[1]).includes(chosen[0])) return;
  const fed = (
    link.points ? feedsPoints(link, grids[0], grids[1], cell, chosen[0]) : feeds(link, grids[0], cell)
  ).filter(({ at }) => inside(grids[1], at));
  const value = Number(valueAt(grids[0], cell, chosen[0]) ?? NaN);
  lights.grids[1] = fed.map(({ at, tap }) => {
    if (link.points || !link.kernel) return { cell: at }; // what is only moved is there already
    const weight = weightAt(link, tap, sliceOf(link, chosen[0], chosen[1]), chosen[1]);
    return { cell: at, number: link.scatter ? weight * value : weight };
  });
  lights.kernels[0] = fed.map(({ tap }) => ({ cell: tap }));
  let block = spread(
    link,
    cell.map((index) => [index]),
    true,
  );
  for (let i = 1; i < links.length && fed.length && !link.points; i++) {
    block = spread(links[i], kept(grids[i], block), true);
    lights.grids[i + 1] = product(block)
      .filter((at) => inside(grids[i + 1], at))
      .map((at) => ({ cell: at }));
  }
}

/** All that a tap of a link's kernel reads, or in a scatter writes.
 * @param {any} picture @param {number[]} chosen @param {number} i @param {number[]} tap */
export function lightsOfTap(picture, chosen, i, tap) {
  const {
    grids,
    links: { [i]: link },
  } = picture;
  const lights = noLights(picture);
  lights.grids[link.scatter ? i + 1 : i] = link.points
    ? cellsAround(pointsOfTap(link, grids[i + 1], tap, chosen[i], grids[i].channels))
    : product(touched(link, tap)).map((cell) => ({ cell }));
  return lights;
}
