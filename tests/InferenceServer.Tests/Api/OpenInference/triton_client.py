"""Talks to the server with Triton's own Python client, tritonclient, over gRPC and over HTTP.

usage: triton_client.py GRPC_ADDRESS HTTP_ADDRESS PICTURE
The models are "tiny" (FP32) and "pixels" (UINT8), both 1×4×4 pixels with the labels a, b, c; repository control is open.
Exits with 0 and the line "PASS" if every answer is as it should be.
"""
import queue
import sys

import numpy as np
import tritonclient.grpc
import tritonclient.http
from tritonclient.utils import InferenceServerException

grpc_address, http_address, picture = sys.argv[1:]
floats = (np.arange(16, dtype=np.float32) * 37 % 256).reshape(1, 1, 4, 4)
pixels = floats.astype(np.uint8)
file = np.array([open(picture, "rb").read()], dtype=np.object_)
answers = []


def fails(call, status):
    try:
        call()
    except InferenceServerException as error:
        assert error.status() == status, (error.status(), error.message())
        assert error.message(), status
        return
    raise AssertionError(status + " did not come")


def tensor(module, datatype, values, **options):
    result = module.InferInput("pixels", values.shape, datatype)
    result.set_data_from_numpy(values, **options)
    return [result]


def probabilities(result):
    values = result.as_numpy("output")
    assert values.dtype == np.float32 and values.shape[1:] == (3,) and np.allclose(values.sum(1), 1, atol=1e-5), values
    return values


def labels(result):
    rows = [[(text if isinstance(text, str) else text.decode()).split(":") for text in row] for row in result.as_numpy("output")]
    for row in rows:
        assert all("abc"[int(index)] == label for _, index, label in row), row
        assert [float(value) for value, _, _ in row] == sorted((float(value) for value, _, _ in row), reverse=True), row
    return rows


def check(module, client, not_found, unimplemented, unavailable):
    """Checks the answers that both transports give alike; adds to `answers` the ones that the same image gave in every form."""
    infer = client.infer
    assert client.is_server_live() and client.is_server_ready() and client.is_model_ready("tiny") and client.is_model_ready("tiny", "1")
    assert not client.is_model_ready("nobody") and not client.is_model_ready("tiny", "2")

    for model, datatype, values in (("tiny", "FP32", floats), ("tiny", "UINT8", pixels), ("pixels", "UINT8", pixels),
                                    ("tiny", "BYTES", file), ("tiny", "FP16", floats.astype(np.float16))):
        answers.append(probabilities(infer(model, tensor(module, datatype, values), request_id="7")))
    two = probabilities(infer("tiny", tensor(module, "FP32", np.concatenate([floats, floats[:, :, ::-1]]))))
    assert np.array_equal(two[:1], answers[0]) and not np.array_equal(two[1:], answers[0]), two

    best = [module.InferRequestedOutput("output", class_count=2)]
    rows = labels(infer("tiny", tensor(module, "FP32", floats), outputs=best))
    assert len(rows) == 1 and len(rows[0]) == 2 and int(rows[0][0][1]) == answers[0].argmax(), rows
    assert labels(infer("tiny", tensor(module, "BYTES", file), outputs=best)) == rows

    fails(lambda: infer("nobody", tensor(module, "FP32", floats)), not_found)
    fails(lambda: client.get_model_metadata("nobody"), not_found)
    for call in (client.get_system_shared_memory_status, client.get_cuda_shared_memory_status,
                 client.get_trace_settings, client.get_log_settings,
                 lambda: client.register_system_shared_memory("region", "/region", 64), client.unregister_system_shared_memory,
                 lambda: client.register_cuda_shared_memory("region", b"aGFuZGxl", 0, 64), client.unregister_cuda_shared_memory):
        fails(call, unimplemented)
    shared = module.InferInput("pixels", [1, 1, 4, 4], "FP32")
    shared.set_shared_memory("region", 64)
    fails(lambda: infer("tiny", [shared]), unimplemented)
    written = module.InferRequestedOutput("output")
    written.set_shared_memory("region", 12)
    fails(lambda: infer("tiny", tensor(module, "FP32", floats), outputs=[written]), unimplemented)

    client.unload_model("pixels")
    assert not client.is_model_ready("pixels")
    fails(lambda: infer("pixels", tensor(module, "UINT8", pixels)), unavailable)
    client.load_model("pixels")
    assert client.is_model_ready("pixels")
    answers.append(probabilities(infer("pixels", tensor(module, "UINT8", pixels))))
    fails(lambda: client.load_model("nobody"), not_found)
    fails(lambda: client.load_model("pixels", config="{}"), unimplemented)


def check_grpc():
    module = tritonclient.grpc
    client = module.InferenceServerClient(grpc_address)
    check(module, client, "StatusCode.NOT_FOUND", "StatusCode.UNIMPLEMENTED", "StatusCode.UNAVAILABLE")
    fails(lambda: client.infer("tiny", tensor(module, "FP32", floats[:, :, :3])), "StatusCode.INVALID_ARGUMENT")

    assert {"classification", "model_repository"} <= set(client.get_server_metadata().extensions)
    metadata, config = client.get_model_metadata("tiny"), client.get_model_config("tiny").config
    assert list(metadata.inputs[0].shape) == [-1, 1, 4, 4] and metadata.inputs[0].datatype == "FP32" and list(metadata.versions) == ["1"]
    assert config.max_batch_size > 0 and list(config.input[0].dims) == [1, 4, 4]
    assert client.get_model_metadata("pixels").inputs[0].datatype == "UINT8"
    index = client.get_model_repository_index().models
    assert sorted((model.name, model.version, model.state) for model in index) == [("pixels", "1", "READY"), ("tiny", "1", "READY")], index
    assert client.get_model_config("tiny", as_json=True)["config"]["name"] == "tiny"

    for compression in ("gzip", "deflate"):
        answers.append(probabilities(client.infer("tiny", tensor(module, "FP32", floats), compression_algorithm=compression)))

    done = queue.Queue()
    callback = lambda result, error: done.put((result, error))
    for i in range(4):
        client.async_infer("tiny", tensor(module, "FP32", floats), callback, request_id=str(i))
    results = [done.get(timeout=30) for _ in range(4)]
    assert sorted(result.get_response().id for result, error in results) == ["0", "1", "2", "3"], results
    answers.extend(probabilities(result) for result, _ in results)

    client.start_stream(callback)
    for i, values in enumerate((floats, floats[:, :, :3], floats)):
        client.async_stream_infer("tiny", tensor(module, "FP32", values), request_id=str(i))
    results = [done.get(timeout=30) for _ in range(3)]
    client.stop_stream()
    assert [error is None for _, error in results] == [True, False, True], results
    assert "unexpected shape" in results[1][1].message(), results[1][1]
    assert [results[i][0].get_response().id for i in (0, 2)] == ["0", "2"]
    answers.extend(probabilities(results[i][0]) for i in (0, 2))

    statistics = client.get_inference_statistics("tiny").model_stats[0]
    assert statistics.inference_stats.success.count == statistics.execution_count >= 14, statistics
    assert statistics.inference_count == statistics.execution_count + 1, statistics
    assert {each.name for each in client.get_inference_statistics().model_stats} == {"tiny", "pixels"}
    client.close()


def check_http():
    module = tritonclient.http
    client = module.InferenceServerClient(http_address, concurrency=4)
    check(module, client, "404", "501", "503")
    fails(lambda: client.infer("tiny", tensor(module, "FP32", floats[:, :, :3])), "400")

    assert {"classification", "binary_tensor_data", "model_repository"} <= set(client.get_server_metadata()["extensions"])
    metadata, config = client.get_model_metadata("tiny", "1"), client.get_model_config("tiny")
    assert metadata["inputs"] == [{"name": "pixels", "datatype": "FP32", "shape": [-1, 1, 4, 4]}], metadata
    assert config["max_batch_size"] > 0, config
    assert config["input"][0]["dims"] == [1, 4, 4] and config["input"][0]["format"] == "FORMAT_NCHW", config
    index = client.get_model_repository_index()
    states = sorted((model["name"], model["version"], model["state"]) for model in index)
    assert states == [("pixels", "1", "READY"), ("tiny", "1", "READY")], index

    for binary_in in (True, False):
        for binary_out in (True, False):
            for datatype, values in (("FP32", floats), ("UINT8", pixels)):
                outputs = [module.InferRequestedOutput("output", binary_data=binary_out)]
                inputs = tensor(module, datatype, values, binary_data=binary_in)
                answers.append(probabilities(client.infer("tiny", inputs, outputs=outputs)))
    text = [module.InferRequestedOutput("output", binary_data=False, class_count=3)]
    assert len(labels(client.infer("tiny", tensor(module, "FP32", floats, binary_data=False), outputs=text))[0]) == 3

    for compression in ("gzip", "deflate"):
        for answer in (None, "gzip", "deflate"):
            answers.append(probabilities(client.infer(
                "tiny", tensor(module, "FP32", floats), request_compression_algorithm=compression, response_compression_algorithm=answer)))
    # Large enough for the server to compress the answer.
    many = np.repeat(floats, 200, axis=0)
    for compression in ("gzip", "deflate"):
        result = client.infer("tiny", tensor(module, "FP32", many),
                              request_compression_algorithm=compression, response_compression_algorithm=compression)
        answers.append(probabilities(result)[199:])

    # Bare NaN and Infinity, which Python's json writes and JSON does not know.
    strange = floats.copy()
    strange[0, 0, 0, 0] = np.nan
    strange[0, 0, 3, 3] = -np.inf
    expected = client.infer("tiny", tensor(module, "FP32", strange)).as_numpy("output")
    result = client.infer("tiny", tensor(module, "FP32", strange, binary_data=False))
    assert np.isnan(expected).any() and np.array_equal(result.as_numpy("output"), expected, equal_nan=True), expected

    handles = [client.async_infer("tiny", tensor(module, "FP32", floats), request_id=str(i)) for i in range(4)]
    results = [handle.get_result(timeout=30) for handle in handles]
    assert [result.get_response()["id"] for result in results] == ["0", "1", "2", "3"]
    answers.extend(probabilities(result) for result in results)

    statistics = client.get_inference_statistics("tiny")["model_stats"][0]
    assert statistics["inference_stats"]["success"]["count"] == statistics["execution_count"]
    assert statistics["inference_count"] > statistics["execution_count"]
    client.close()


check_grpc()
check_http()
assert len(answers) == 40 and all(np.array_equal(answer, answers[0]) for answer in answers), answers
print("PASS")
