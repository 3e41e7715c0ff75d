// Golden tensors beside a model: raw pixels and torch's answers. Format: https://github.com/huggingface/safetensors#format
import { existsSync, readFileSync } from "node:fs";

/** The tensors of a safetensors file by name. */
export function read(path) {
  const file = readFileSync(path);
  const length = Number(file.readBigUInt64LE(0));
  const header = JSON.parse(file.subarray(8, 8 + length).toString());
  const tensors = {};
  for (const [name, entry] of Object.entries(header)) {
    if (name === "__metadata__") continue;
    const [begin, end] = entry.data_offsets.map((offset) => 8 + length + offset);
    const bytes = new Uint8Array(file.subarray(begin, end));
    tensors[name] = { shape: entry.shape, data: entry.dtype === "F32" ? new Float32Array(bytes.buffer) : bytes };
  }
  return tensors;
}

function best(row) {
  return row.indexOf(Math.max(...row));
}

/** The figures that every tool reports. */
export function compare(expected, found, classes) {
  let sameArgmax = 0;
  let maxDifference = 0;
  const images = expected.length / classes;
  for (let image = 0; image < images; image++) {
    const [a, b] = [expected, found].map((values) => values.subarray(image * classes, (image + 1) * classes));
    if (best(a) === best(b)) sameArgmax++;
    for (let index = 0; index < classes; index++) maxDifference = Math.max(maxDifference, Math.abs(a[index] - b[index]));
  }
  return { images, same_argmax: sameArgmax, max_difference: maxDifference };
}

/** Runs a model on its golden images, in the batch that the model takes, and prints a line of JSON. */
export async function report(ort, tool, version, directory, model) {
  const result = { directory, tool, version };
  try {
    const tensors = read(`${directory}/golden.safetensors`);
    const executionProviders = [tool.includes("web") ? "wasm" : "cpu"];
    const session = await ort.InferenceSession.create(model, { executionProviders, intraOpNumThreads: 1, logSeverityLevel: 4 });
    const input = session.inputMetadata[0];
    const [count, ...image] = tensors.pixels.shape;
    const size = image.reduce((a, b) => a * b);
    const classes = tensors.probabilities.shape[1];
    const batch = typeof input.shape[0] === "number" && input.shape[0] > 0 ? input.shape[0] : count;
    const gradients = existsSync(`${directory}/gradient.safetensors`) ? read(`${directory}/gradient.safetensors`).gradient.data : null;
    const novelties = existsSync(`${directory}/novelty.safetensors`) ? read(`${directory}/novelty.safetensors`).novelty.data : null;
    const channelsLast = input.shape[3] === image[0] && input.shape[1] !== image[0];
    const found = new Float32Array(count * classes);
    for (let first = 0; first < count; first += batch) {
      const pixels = new Uint8Array(batch * size);
      pixels.set(tensors.pixels.data.subarray(first * size, Math.min(count, first + batch) * size));
      const ordered = channelsLast ? toChannelsLast(pixels, image) : pixels;
      const shape = channelsLast ? [batch, image[1], image[2], image[0]] : [batch, ...image];
      const data = input.type === "uint8" ? ordered : Float32Array.from(ordered);
      const outputs = await session.run({ [input.name]: new ort.Tensor(input.type, data, shape) });
      const rows = outputs.probabilities.data.subarray(0, (Math.min(count, first + batch) - first) * classes);
      found.set(rows, first * classes);
      outputs.gradient?.data.forEach((value, index) => {
        const difference = Math.abs(value - (gradients?.[first * size + index] ?? NaN));
        if (gradients) result.max_gradient_difference = Math.max(result.max_gradient_difference ?? 0, difference);
      });
      outputs.novelty?.data.forEach((value, index) => {
        const expected = novelties?.[first + index] ?? NaN;
        result.max_novelty_difference = Math.max(result.max_novelty_difference ?? 0, Math.abs(value - expected) / Math.max(1, expected));
      });
    }
    Object.assign(result, compare(tensors.probabilities.data, found, classes));
  } catch (error) {
    result.error = String(error?.message ?? error).replace(/\s+/g, " ");
  }
  console.log(JSON.stringify(result));
}

function toChannelsLast(pixels, [channels, height, width]) {
  const area = height * width;
  const result = new Uint8Array(pixels.length);
  for (let index = 0; index < pixels.length; index++) {
    const image = Math.floor(index / (channels * area));
    const channel = Math.floor(index / area) % channels;
    result[image * channels * area + (index % area) * channels + channel] = pixels[index];
  }
  return result;
}
