// The values of a model's layers as pictures, and the parts of an image that speak for a class.

import { bytes, count, element, paint } from "/page/page.js";

const floats = text => new Float32Array(bytes(text).buffer);
const COLUMNS = { maps: 8, units: 42 };

/** Layers to show: a layer whose activation follows is shown by its activation, under its own name. */
function shown(layers) {
  return layers.map((layer, index) => ({ ...layer, title: layer.name.split("_")[0], next: layers[index + 1]?.name ?? "" }))
    .filter(layer => !layer.next.startsWith(`${layer.name}_`));
}

/** Shows the layers in a box. Elements of the answer before are used again, so that a drawing in progress moves smoothly. */
export function showLayers(box, layers) {
  const list = shown(layers);
  const key = list.map(layer => `${layer.name} ${layer.shape}`).join();
  if (box.dataset.key !== key) {
    box.dataset.key = key;
    box.replaceChildren(...list.map(create));
  }
  list.forEach((layer, index) => paintLayer(box.children[index].querySelector("canvas"), layer));
}

function create(layer) {
  const { width, height } = atlas(layer);
  const maps = layer.shape.length === 3;
  const what = maps ? `${count(layer.shape[0], "map")} of ${layer.shape[1]}×${layer.shape[2]}` : count(layer.shape[0], "unit");
  const canvas = element("canvas", { width, height, role: "img", "aria-label": `${layer.title}: ${what}` });
  const side = maps ? Math.min(64, Math.max(26, 2 * layer.shape[2])) / layer.shape[2] : layer.shape[0] > 20 ? 12 : 26;
  canvas.style.width = `${Math.round(width * side)}px`;
  return element("figure", { className: "layer" }, element("figcaption", {}, element("b", {}, layer.title), ` ${what}`), canvas);
}

/** Maps stand in rows with a gap of one pixel; units in rows without. */
function atlas(layer) {
  const [maps, height = 1, width = 1] = layer.shape;
  const gap = layer.shape.length === 3 ? 1 : 0;
  const columns = Math.min(maps, gap ? COLUMNS.maps : COLUMNS.units);
  const rows = Math.ceil(maps / columns);
  return { gap, columns, width: columns * (width + gap) - gap, height: rows * (height + gap) - gap };
}

function paintLayer(canvas, layer) {
  const values = floats(layer.values);
  const [maps, height = 1, width = 1] = layer.shape;
  const { gap, columns } = atlas(layer);
  let [low, high] = [Infinity, -Infinity];
  for (const value of values) {
    low = Math.min(low, value);
    high = Math.max(high, value);
  }
  const scale = high > low ? 255 / (high - low) : 0;
  const context = canvas.getContext("2d");
  const image = context.createImageData(canvas.width, canvas.height);
  const pixels = new Uint32Array(image.data.buffer);
  for (let map = 0; map < maps; map++) {
    const left = (map % columns) * (width + gap);
    const top = Math.floor(map / columns) * (height + gap);
    for (let y = 0; y < height; y++)
      for (let x = 0; x < width; x++) {
        const gray = (values[(map * height + y) * width + x] - low) * scale;
        pixels[(top + y) * canvas.width + left + x] = 0xff000000 | gray << 16 | gray << 8 | gray;
      }
  }
  context.putImageData(image, 0, 0);
}

/** Shows the image as the model sees it. */
export function showSeen(canvas, pixels, model) {
  canvas.width = model.width;
  canvas.height = model.height;
  paint(canvas, bytes(pixels), model.channels === 3 ? "rgb" : "gray");
}

/** Shows an attribution: red speaks for the class, blue against it. */
export function showAttribution(canvas, attribution) {
  const values = floats(attribution.values);
  const most = Math.max(1e-6, ...values.map(Math.abs));
  canvas.width = attribution.width;
  canvas.height = attribution.height;
  paint(canvas, Uint8Array.from(values, value => Math.round(127.5 + 127.5 * value / most)), "signed");
}
