"""onnx.checker with full_check and strict shape inference: check_onnx.py DIRECTORY… prints a line of JSON for each model version."""
import json
import os
import sys

import onnx
import onnx.checker
import onnx.shape_inference


def shape(value):
    return [d.dim_param or d.dim_value for d in value.type.tensor_type.shape.dim]


for directory in sys.argv[1:]:
    result = {"directory": directory, "tool": "onnx.checker", "version": onnx.__version__}
    try:
        model = onnx.load(os.path.join(directory, "model.onnx"))
        onnx.checker.check_model(model, full_check=True)
        inferred = onnx.shape_inference.infer_shapes(model, check_type=True, strict_mode=True, data_prop=True)
        declared = {v.name: shape(v) for v in list(model.graph.value_info) + list(model.graph.output)}
        for value in list(inferred.graph.value_info) + list(inferred.graph.output):
            if value.name in declared and shape(value) != declared[value.name]:
                raise ValueError(f"{value.name} is declared as {declared[value.name]}, inferred {shape(value)}")
    except Exception as error:  # the caller reports it
        result["error"] = f"{type(error).__name__}: {error}"
    print(json.dumps(result))
