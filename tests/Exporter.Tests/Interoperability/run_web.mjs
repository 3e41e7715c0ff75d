// ONNX Runtime as WebAssembly, as a browser runs it, on golden tensors.
// run_web.mjs DIRECTORY… prints a line of JSON for each model version.
import * as ort from "onnxruntime-web";
import { readFileSync } from "node:fs";
import { report } from "./golden.mjs";

ort.env.wasm.numThreads = 1;
const { version } = JSON.parse(readFileSync(new URL("node_modules/onnxruntime-web/package.json", import.meta.url)));
for (const directory of process.argv.slice(2)) {
  const model = new Uint8Array(readFileSync(`${directory}/model.onnx`));
  await report(ort, "onnxruntime-web", version, directory, model);
}
