// The parts of LeCun's own network that others do not have: the table of connections, and the bitmaps of the digits.

import { element, number, paint } from "/page/page.js";

const SVG = "http://www.w3.org/2000/svg";
const STEP = 22;
const HEIGHT = 64;
const BITMAP = { width: 7, height: 12 };

const shape = (tag, attributes) => {
  const made = document.createElementNS(SVG, tag);
  for (const [name, value] of Object.entries(attributes))
    made.setAttribute(name, value);
  return made;
};

/** The table of a convolution as lines from the maps that feed it, above, to its own maps, below. */
export function connections(record) {
  const maps = record.input_maps.length;
  const sources = 1 + Math.max(...record.input_maps.flat());
  const width = maps * STEP;
  const across = (index, count) => (index + 0.5) * width / count;
  const lines = record.input_maps.flatMap((row, map) => row.map(source =>
    shape("line", { x1: across(source, sources), y1: 8, x2: across(map, maps), y2: HEIGHT - 8, "data-map": map, "data-source": source })));
  const dots = (count, y) => Array.from({ length: count }, (_, index) => shape("circle", { cx: across(index, count), cy: y, r: 4 }));
  const svg = shape("svg", { viewBox: `0 0 ${width} ${HEIGHT}`, role: "img",
    "aria-label": `${record.name}: ${lines.length} connections of ${sources} maps with ${maps} maps` });
  svg.append(...lines, ...dots(sources, 8), ...dots(maps, HEIGHT - 8));
  svg.classList.add("connections");
  svg.style.width = `calc(${width}px * var(--scale, 1))`;
  return svg;
}

/** Marks the connections of one map in a box; null marks none. */
export function markConnections(box, map) {
  for (const line of box.querySelectorAll(".connections line"))
    line.classList.toggle("on", map !== null && line.dataset.map === String(map));
}

/** Whether a network compares its last units with bitmaps of 7×12 values. */
export const hasBitmaps = record => record?.type === "rbf" && record.centers[0].length === BITMAP.width * BITMAP.height;

/** Shows the last units as a glyph beside the bitmaps of the classes, each with its distance; the nearest is the answer. */
export function showBitmaps(box, record, units, outputs, labels) {
  if (box.childElementCount === 0)
    box.append(figure("F6", ""), ...record.centers.map((center, index) => {
      const made = figure(labels[index], "");
      paint(made.firstChild, center.map(value => value > 0 ? 255 : 0), "gray");
      return made;
    }));
  paint(box.firstChild.firstChild, Array.from(units, value => Math.max(0, Math.min(255, 127.5 + 127.5 * value))), "gray");
  const nearest = outputs.indexOf(Math.max(...outputs));
  outputs.forEach((value, index) => {
    const made = box.children[index + 1];
    made.classList.toggle("best", index === nearest);
    made.lastChild.replaceChildren(element("b", {}, labels[index]), ` ${number(-value, 1)}`);
  });
}

const figure = (label, text) => element("figure", { className: "glyph" },
  element("canvas", { ...BITMAP, role: "img", "aria-label": `bitmap of ${label}` }),
  element("figcaption", {}, element("b", {}, label), text));
