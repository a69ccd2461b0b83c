// Reads snapshots as the page gets them, and writes what would be highlighted with each cell of the last grid and of the first.
// Run by tests/picture/test_measured_links.py: in comes JSON with bytes as {"bytes": base64}, out goes JSON.
import { readFileSync } from "node:fs";
import { highlightsOfCell } from "../../widgets/stage/related_cells.js";
import { cellsOf, decode, floats, inside } from "../../widgets/stage/lookups.js";

const revived = (_, value) => (value?.bytes === undefined ? value : new Uint8Array(Buffer.from(value.bytes, "base64")));

const answers = JSON.parse(readFileSync(0, "utf8"), revived).map(({ snapshot, first }) => {
  const picture = decode(snapshot, floats(first));
  const [input, output] = [picture.grids[0], picture.grids.at(-1)];
  const channels = picture.grids.map(() => 0);
  const highlighted = (g, cell, wanted) => {
    const cells = highlightsOfCell(picture, channels, g, cell)
      .grids.at(wanted)
      .map((one) => one.cell);
    return cells.filter((at) => inside(picture.grids.at(wanted), at));
  };
  const last = picture.grids.length - 1;
  return {
    reads: cellsOf(output).map((cell) => ({ cell, cells: highlighted(last, cell, 0) })),
    feeds: cellsOf(input).map((cell) => ({ cell, cells: highlighted(0, cell, -1) })),
  };
});
process.stdout.write(JSON.stringify(answers));
