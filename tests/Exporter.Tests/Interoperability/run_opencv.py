"""OpenCV's DNN module on golden tensors: run_opencv.py DIRECTORY… prints a line of JSON for each model version."""
import json
import os
import sys

import cv2
import numpy as np

import golden

for directory in sys.argv[1:]:
    result = {"directory": directory, "tool": "OpenCV DNN", "version": cv2.__version__}
    try:
        tensors = golden.read(os.path.join(directory, "golden.safetensors"))
        net = cv2.dnn.readNetFromONNX(os.path.join(directory, "model.onnx"))
        net.setPreferableBackend(cv2.dnn.DNN_BACKEND_OPENCV)
        rows = []
        gradients = []
        novelties = []
        names = net.getUnconnectedOutLayersNames()
        # A model with channels last has it in its directory's name; OpenCV does not tell its inputs' shapes.
        channels_last = os.path.basename(directory).endswith("-nhwc")
        for image in tensors["pixels"]:
            net.setInput((image.transpose(1, 2, 0) if channels_last else image)[None].astype(np.float32))
            outputs = dict(zip(names, net.forward(names)))
            rows.append(outputs["probabilities"].reshape(-1).copy())
            gradients += [outputs["gradient"].reshape(-1).copy()] if "gradient" in names else []
            novelties += [float(outputs["novelty"])] if "novelty" in names else []
        result.update(golden.compare(tensors["probabilities"], np.stack(rows)))
        if gradients and os.path.exists(os.path.join(directory, "gradient.safetensors")):
            expected = golden.read(os.path.join(directory, "gradient.safetensors"))["gradient"].reshape(len(gradients), -1)
            result["max_gradient_difference"] = float(np.abs(expected - np.stack(gradients)).max())
        if novelties:
            expected = golden.read(os.path.join(directory, "novelty.safetensors"))["novelty"].reshape(-1)
            result["max_novelty_difference"] = float((np.abs(expected - novelties) / np.maximum(1, expected)).max())
    except Exception as error:  # the caller reports it
        result["error"] = " ".join(f"{type(error).__name__}: {error}".split())
    print(json.dumps(result), flush=True)
