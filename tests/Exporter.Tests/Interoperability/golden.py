"""Golden tensors beside a model: raw pixels and torch's answers. Format: https://github.com/huggingface/safetensors#format"""
import json

import numpy as np

TYPES = {"U8": np.uint8, "F32": np.float32}


def read(path):
    """The tensors of a safetensors file by name."""
    data = open(path, "rb").read()
    length = int.from_bytes(data[:8], "little")
    header = json.loads(data[8 : 8 + length])
    body = memoryview(data)[8 + length :]
    tensors = {}
    for name, entry in header.items():
        if name == "__metadata__":
            continue
        begin, end = entry["data_offsets"]
        tensors[name] = np.frombuffer(body[begin:end], TYPES[entry["dtype"]]).reshape(entry["shape"])
    return tensors


def compare(expected, found):
    """The figures that every tool reports."""
    return {
        "images": len(expected),
        "same_argmax": int((expected.argmax(1) == found.argmax(1)).sum()),
        "max_difference": float(np.abs(expected.astype(np.float64) - found).max()),
    }
