// ONNX Runtime's native binding for Node on golden tensors: run_node.mjs DIRECTORY… prints a line of JSON for each model version.
import ort from "onnxruntime-node";
import { createRequire } from "node:module";
import { report } from "./golden.mjs";

const { version } = createRequire(import.meta.url)("onnxruntime-node/package.json");
for (const directory of process.argv.slice(2)) await report(ort, "onnxruntime-node", version, directory, `${directory}/model.onnx`);
