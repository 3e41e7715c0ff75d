"""The same net as torch.onnx.export writes it, from a run's weights: torch_export.py RUN OUT_DIRECTORY

Writes three peers. peer.onnx has C5 as a convolution and lacks normalization: the fastest file of the exporter. peer-linear.onnx has C5 as
a Linear layer. peer-normalised.onnx has the normalization in the graph, as our file does. Needs Debian's python3-torch and python3-onnx,
with /usr/bin/python3. Knows convolution, batch norm, ReLU or tanh, pooling by maximum, dense layers and softmax.
"""
import json
import os
import sys

import numpy as np
import torch
from torch import nn


def read_safetensors(path):
    data = open(path, "rb").read()
    length = int.from_bytes(data[:8], "little")
    tensors = {}
    for name, entry in json.loads(data[8 : 8 + length]).items():
        if name != "__metadata__":
            begin, end = (8 + length + offset for offset in entry["data_offsets"])
            tensors[name] = torch.from_numpy(np.frombuffer(data[begin:end], np.float32).reshape(entry["shape"]).copy())
    return tensors


class Normalise(nn.Module):
    def __init__(self, mean, deviation):
        super().__init__()
        self.register_buffer("mean", torch.tensor(mean, dtype=torch.float32).view(1, -1, 1, 1))
        self.register_buffer("deviation", torch.tensor(deviation, dtype=torch.float32).view(1, -1, 1, 1))

    def forward(self, pixels):
        return (pixels - self.mean) / self.deviation


def build(model, weights, linear, normalise):
    layers = [Normalise(model["normalization"]["mean"], model["normalization"]["deviation"])] if normalise else []
    channels, side, flat = model["spec"]["input"]["channels"], model["spec"]["input"]["height"], False
    for layer in model["spec"]["layers"]:
        own = {key[len(layer["name"]) + 1 :]: value for key, value in weights.items() if key.startswith(layer["name"] + ".")}
        kind = layer["type"]
        if kind == "convolution":
            kernel, maps = layer["kernel"], layer["maps"]
            if linear and kernel == side:
                layers += [nn.Flatten(), nn.Linear(channels * side * side, maps, bias="bias" in own)]
                own["weight"], flat = own["weight"].reshape(maps, -1), True
            else:
                layers.append(nn.Conv2d(channels, maps, kernel, bias="bias" in own))
            channels, side = maps, side - kernel + 1
        elif kind == "batch-norm":
            layers.append((nn.BatchNorm1d if flat else nn.BatchNorm2d)(channels, eps=layer["epsilon"]))
            own["num_batches_tracked"] = torch.tensor(0)
        elif kind == "activation":
            layers.append({"relu": nn.ReLU, "tanh": nn.Tanh}[layer["function"]]())
        elif kind == "pooling":
            layers.append(nn.MaxPool2d(layer["size"]))
            side //= layer["size"]
        elif kind == "dense":
            if not flat:
                layers.append(nn.Flatten())
                channels, side, flat = channels * side * side, 1, True
            layers.append(nn.Linear(channels, own["weight"].shape[0], bias="bias" in own))
            channels = own["weight"].shape[0]
        elif kind == "softmax":
            layers.append(nn.Softmax(1))
        elif kind != "dropout":
            sys.exit(f"layer {layer['name']}: {kind} has no peer here")
        if own:
            layers[-1].load_state_dict(own)
    return nn.Sequential(*layers).eval()


def main(run, out):
    model = json.load(open(os.path.join(run, "model.json")))
    weights = read_safetensors(os.path.join(run, "checkpoint/model.safetensors"))
    shape = model["spec"]["input"]
    example = torch.zeros(1, shape["channels"], shape["height"], shape["width"])
    os.makedirs(out, exist_ok=True)
    for name, linear, normalise in [("peer", False, False), ("peer-linear", True, False), ("peer-normalised", False, True)]:
        torch.onnx.export(
            build(model, weights, linear, normalise), example, os.path.join(out, f"{name}.onnx"),
            opset_version=13, do_constant_folding=True, input_names=["pixels"], output_names=["probabilities"],
            dynamic_axes={"pixels": {0: "batch"}, "probabilities": {0: "batch"}},
        )
        print(os.path.join(out, f"{name}.onnx"), f"torch {torch.__version__}")


if __name__ == "__main__":
    if len(sys.argv) != 3:
        sys.exit(__doc__)
    main(*sys.argv[1:])
