// Reads snapshots as the page gets them, and writes for each the sums that the page would write out for some cells.
// Run by test_sums.py: in comes JSON with bytes as {"bytes": base64}, out goes JSON.
import { readFileSync } from "node:fs";
import { decode, floats, sumOf, valueAt } from "../../widgets/stage/lookups.js";

const revived = (_, value) => (value?.bytes === undefined ? value : new Uint8Array(Buffer.from(value.bytes, "base64")));

const answers = JSON.parse(readFileSync(0, "utf8"), revived).map(({ snapshot, first, cells }) => {
  const { grids, links } = decode(snapshot, floats(first));
  const [earlier, later] = grids.slice(-2);
  return cells.map(([plane, row, column, channel]) => ({
    value: valueAt(later, [plane, row, column], channel),
    total: sumOf(links.at(-1), earlier, [plane, row, column], channel).total,
  }));
});
process.stdout.write(JSON.stringify(answers));
