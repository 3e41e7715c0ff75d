// The values of a model's layers as pictures, and the parts of an image that speak for a class.

import { connections, hasBitmaps, showBitmaps } from "/page/network.js";
import { bytes, count, element, paint, signed } from "/page/page.js";

const floats = text => new Float32Array(bytes(text).buffer);
/** Most maps and most units in a row. */
const COLUMNS = { maps: 8, units: 42 };
/** The share of light that the ink of the picture under an attribution takes. */
const SHADE = 0.3;

/** The names of the layers to show, of all layers in their order. */
export const namesOf = (layers, spec) => shown(layers, spec).map(layer => layer.name);

/** Layers to show: a layer whose activation follows is shown by its activation, under its own name. A foreign model has other names. */
function shown(layers, spec) {
  return layers.map((layer, index) => ({
    ...layer, title: spec ? layer.name.split("_")[0] : layer.name, next: layers[index + 1]?.name ?? "",
    shape: layer.shape.length === 3 && layer.shape[1] * layer.shape[2] === 1 ? layer.shape.slice(0, 1) : layer.shape,
  })).filter(layer => !spec || !layer.next.startsWith(`${layer.name}_`));
}

/** The values of an answer's tensors and of its image, by name: {shape, floats}. */
export function valuesOf(answer, model) {
  const values = new Map(tensorsOf(answer.layers));
  values.set("pixels", { shape: [model.channels, model.height, model.width], floats: Float32Array.from(bytes(answer.pixels)) });
  return values;
}

/** Names and values of tensors: {shape, floats}. */
export const tensorsOf = layers => layers.map(({ name, shape, values }) => [name, { shape, floats: floats(values) }]);

/** Shows the layers in a box. Elements of the answer before are used again, so that a drawing in progress moves smoothly. */
export function showLayers(box, layers, values, model) {
  const spec = model?.manifest?.spec;
  const list = shown(layers, spec);
  const key = list.map(layer => `${layer.name} ${layer.shape}`).join() + (model?.sha256 ?? "");
  if (box.dataset.key !== key) {
    box.dataset.key = key;
    box.replaceChildren(...list.map(layer => create(layer, spec)));
  }
  list.forEach((layer, index) => {
    const canvas = box.children[index].querySelector("canvas");
    canvas.layer = { ...layer, floats: values.get(layer.name).floats };
    paintLayer(canvas, canvas.layer);
    const bitmaps = box.children[index].querySelector(".bitmaps");
    if (bitmaps)
      showBitmaps(bitmaps, spec.layers.find(record => record.name === layer.name), values.get(list[index - 1].name).floats,
        [...canvas.layer.floats], model.labels);
  });
}

/** The unit of a layer under a pointer: its layer, map, place and value; null between the maps. */
export function unitAt(canvas, event) {
  const { layer } = canvas;
  const [, height = 1, width = 1] = layer.shape;
  const { gap, columns } = atlas(layer);
  const column = Math.floor(event.offsetX * canvas.width / canvas.clientWidth);
  const row = Math.floor(event.offsetY * canvas.height / canvas.clientHeight);
  const map = Math.floor(row / (height + gap)) * columns + Math.floor(column / (width + gap));
  return unitOf(layer, map, column % (width + gap), row % (height + gap));
}

/** The unit of a layer at a place; null outside of the layer. */
export function unitOf(layer, map, x, y) {
  const [maps, height = 1, width = 1] = layer.shape;
  return map >= maps || map < 0 || x >= width || y >= height || x < 0 || y < 0 ? null
    : { layer, map, x, y, value: layer.floats[(map * height + y) * width + x] };
}

/** Frames around maps of a layer's canvas, in shares of it. */
export function framesOf(layer, maps) {
  const [, height = 1, width = 1] = layer.shape;
  const { gap, columns, width: across, height: down } = atlas(layer);
  const share = value => `${100 * value}%`;
  return maps.map(map => ({
    left: share((map % columns) * (width + gap) / across), top: share(Math.floor(map / columns) * (height + gap) / down),
    width: share(width / across), height: share(height / down),
  }));
}

/** The part of the input that one unit of a layer sees, in pixels: {x, y, side}; null if it sees all of the input. */
export function fieldOf(spec, unit) {
  let [jump, side, start] = [1, 1, 0];
  for (const layer of spec?.layers ?? []) {
    const size = layer.kernel ?? (layer.type === "pooling" || layer.type === "subsampling" ? layer.size ?? 2 : 0);
    if (layer.type === "dense" || layer.type === "rbf")
      return null;
    if (size > 0) {
      side += (size - 1) * jump;
      start -= (layer.padding ?? 0) * jump;
      jump *= layer.stride ?? (layer.type === "convolution" ? 1 : size);
    }
    if (layer.name === unit.layer.name)
      return { x: start + unit.x * jump, y: start + unit.y * jump, side };
  }
  return null;
}

function create(layer, spec) {
  const { width, height } = atlas(layer);
  const maps = layer.shape.length === 3;
  const record = spec?.layers.find(one => one.name === layer.title);
  const what = maps ? `${count(layer.shape[0], "map")} of ${layer.shape[1]}×${layer.shape[2]}` : count(layer.shape[0], "unit");
  const rest = hasBitmaps(record) ? ", the nearer F6 is to a bitmap the brighter; the nearest is the answer" : "";
  const canvas = element("canvas", { width, height, tabIndex: 0, role: "img", "aria-label": `${layer.title}: ${what}` });
  const side = maps ? Math.min(64, Math.max(38, 2 * layer.shape[2])) / layer.shape[2] : layer.shape[0] > 20 ? 12 : 20;
  canvas.style.width = `calc(${Math.round(width * side)}px * var(--scale, 1))`;
  return element("figure", { className: "layer" },
    element("figcaption", {}, element("b", { title: layer.name }, layer.title), ` ${what}${rest}`),
    element("div", { className: "maps" }, canvas),
    record?.input_maps ? connections(record) : null,
    hasBitmaps(record) ? element("div", { className: "bitmaps" }) : null);
}

/** Maps stand in rows with a gap of one pixel; units in rows without. The rows are as equally long as they can be. */
function atlas(layer) {
  const [maps, height = 1, width = 1] = layer.shape;
  const gap = layer.shape.length === 3 ? 1 : 0;
  const rows = Math.ceil(maps / (gap ? COLUMNS.maps : COLUMNS.units));
  const columns = Math.ceil(maps / rows);
  return { gap, columns, width: columns * (width + gap) - gap, height: rows * (height + gap) - gap };
}

function paintLayer(canvas, layer) {
  const values = layer.floats;
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
  size(canvas, model);
  paint(canvas, bytes(pixels), model.channels === 3 ? "rgb" : "gray");
}

/** Shows an attribution over the picture in gray: red speaks for the class, blue against it. Returns the value of full color. */
export function showAttribution(canvas, attribution, picture, model) {
  const values = floats(attribution.values);
  const most = values.reduce((most, value) => Math.max(most, Math.abs(value)), 1e-6);
  const gray = grayOf(bytes(picture), values.length);
  size(canvas, attribution);
  const planes = new Uint8Array(3 * values.length);
  values.forEach((value, pixel) => {
    // Imaging of digits makes their ink bright.
    const ink = model.geometry === "GEOMETRY_DIGIT" ? gray[pixel] / 255 : 1 - gray[pixel] / 255;
    signed(value / most).forEach((part, channel) => planes[channel * values.length + pixel] = part * (1 - SHADE * ink));
  });
  paint(canvas, planes, "rgb");
  return most;
}

/** The mean of the channels at each pixel. */
const grayOf = (pixels, count) => Float32Array.from({ length: count }, (_, pixel) => {
  let sum = 0;
  for (let index = pixel; index < pixels.length; index += count)
    sum += pixels[index];
  return sum * count / pixels.length;
});

/** Gives a canvas the size of a picture, whose longer side is always shown equally long. */
function size(canvas, { width, height }) {
  Object.assign(canvas, { width, height });
  canvas.style.width = `${100 * width / Math.max(width, height)}%`;
}
