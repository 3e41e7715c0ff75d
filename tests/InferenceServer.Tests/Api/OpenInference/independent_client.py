"""Talks to the server as Triton's own Python client does, with nothing of this project but the descriptors of its proto files.

usage: independent_client.py DESCRIPTOR_SET GRPC_ADDRESS HTTP_PORT PICTURE
The model is "tiny": 1×4×4 pixels, labels a, b, c. Exits with 0 and the line "PASS" if every answer is as it should be.
"""
import gzip
import http.client
import json
import struct
import sys

import grpc
from google.protobuf import descriptor_pb2, descriptor_pool, message_factory

descriptors, address, port, picture = sys.argv[1:]
pool = descriptor_pool.DescriptorPool()
files = descriptor_pb2.FileDescriptorSet()
files.ParseFromString(open(descriptors, "rb").read())
for file in files.file:
    pool.Add(file)


def message(name):
    descriptor = pool.FindMessageTypeByName("inference." + name)
    if hasattr(message_factory, "GetMessageClass"):
        return message_factory.GetMessageClass(descriptor)
    return message_factory.MessageFactory(pool).GetPrototype(descriptor)


# The channel options of tritonclient.grpc.InferenceServerClient.
channel = grpc.insecure_channel(address, options=[
    ("grpc.max_send_message_length", 2**31 - 1),
    ("grpc.max_receive_message_length", 2**31 - 1),
    ("grpc.keepalive_time_ms", 2**31 - 1),
    ("grpc.keepalive_timeout_ms", 20000),
    ("grpc.keepalive_permit_without_calls", False),
    ("grpc.http2.max_pings_without_data", 2),
])


def call(method, request, **options):
    invoke = channel.unary_unary(
        "/inference.GRPCInferenceService/" + method,
        request_serializer=lambda value: value.SerializeToString(),
        response_deserializer=message(method + "Response").FromString)
    return invoke(request, timeout=30, **options)


def fails(method, request, code):
    try:
        call(method, request)
    except grpc.RpcError as error:
        assert error.code() == code, (method, error.code(), error.details())
        assert error.details(), method
        return error.details()
    raise AssertionError(method + " succeeded")


def infer_request(datatype, shape, raw, classes=0, request_id=""):
    request = message("ModelInferRequest")()
    request.model_name = "tiny"
    request.id = request_id
    tensor = request.inputs.add()
    tensor.name, tensor.datatype = "pixels", datatype
    tensor.shape.extend(shape)
    request.raw_input_contents.append(raw)
    request.parameters["priority"].uint64_param = 1
    request.parameters["timeout"].int64_param = 30_000_000
    if classes:
        output = request.outputs.add()
        output.name = "output"
        output.parameters["classification"].int64_param = classes
    return request


def strings(raw):
    values = []
    while raw:
        length = struct.unpack_from("<I", raw)[0]
        values.append(raw[4:4 + length].decode())
        raw = raw[4 + length:]
    return values


pixels = bytes(i * 37 % 256 for i in range(16))
floats = struct.pack("<16f", *pixels)

# Server and model.
assert call("ServerLive", message("ServerLiveRequest")()).live
assert call("ServerReady", message("ServerReadyRequest")()).ready
assert call("ModelReady", message("ModelReadyRequest")(name="tiny")).ready
server = call("ServerMetadata", message("ServerMetadataRequest")())
assert "system_shared_memory" not in server.extensions and "classification" in server.extensions
metadata = call("ModelMetadata", message("ModelMetadataRequest")(name="tiny"))
config = call("ModelConfig", message("ModelConfigRequest")(name="tiny")).config
assert list(metadata.inputs[0].shape) == [-1, 1, 4, 4] and metadata.outputs[0].datatype == "FP32"
# What image_client.py asks of a model.
assert len(config.input) == 1 and config.max_batch_size > 0 and config.input[0].format == 2
assert len(metadata.inputs[0].shape) == 4 and sum(size > 1 for size in metadata.outputs[0].shape[1:]) <= 1
assert call("RepositoryIndex", message("RepositoryIndexRequest")()).models[0].state == "READY"

# Inference: raw in, raw out, whatever the type and the compression.
expected = call("ModelInfer", infer_request("FP32", [1, 1, 4, 4], floats, request_id="7"))
assert expected.id == "7" and expected.model_version == "1" and list(expected.outputs[0].shape) == [1, 3]
assert len(expected.raw_output_contents) == 1 and not expected.outputs[0].HasField("contents")
assert abs(sum(struct.unpack("<3f", expected.raw_output_contents[0])) - 1) < 1e-5
file = open(picture, "rb").read()
for request in (
        infer_request("UINT8", [1, 1, 4, 4], pixels),
        infer_request("BYTES", [1, 1], struct.pack("<I", len(file)) + file),
        infer_request("FP16", [1, 1, 4, 4], struct.pack("<16e", *pixels))):
    for compression in (grpc.Compression.NoCompression, grpc.Compression.Gzip, grpc.Compression.Deflate):
        assert call("ModelInfer", request, compression=compression).raw_output_contents == expected.raw_output_contents, request
classes = call("ModelInfer", infer_request("FP32", [2, 1, 4, 4], floats * 2, classes=2))
assert classes.outputs[0].datatype == "BYTES" and list(classes.outputs[0].shape) == [2, 2]
labels = [text.split(":") for text in strings(classes.raw_output_contents[0])]
assert len(labels) == 4 and all(float(value) >= 0 and "abc"[int(index)] == label for value, index, label in labels), labels

# A stream of requests; a bad one among them does not end it.
requests = [infer_request("FP32", [1, 1, 4, 5 if i == 5 else 4], floats, request_id=str(i)) for i in range(20)]
stream = channel.stream_stream(
    "/inference.GRPCInferenceService/ModelStreamInfer",
    request_serializer=lambda value: value.SerializeToString(),
    response_deserializer=message("ModelStreamInferResponse").FromString)
responses = list(stream(iter(requests), timeout=30))
assert [response.infer_response.id for response in responses] == [str(i) for i in range(20)]
assert [i for i, response in enumerate(responses) if response.error_message] == [5]

# Faults.
fails("ModelInfer", infer_request("FP32", [1, 1, 4, 5], floats), grpc.StatusCode.INVALID_ARGUMENT)
fails("ModelMetadata", message("ModelMetadataRequest")(name="nobody"), grpc.StatusCode.NOT_FOUND)
fails("SystemSharedMemoryStatus", message("SystemSharedMemoryStatusRequest")(), grpc.StatusCode.UNIMPLEMENTED)
fails("RepositoryModelLoad", message("RepositoryModelLoadRequest")(model_name="tiny"), grpc.StatusCode.PERMISSION_DENIED)
assert call("ModelStatistics", message("ModelStatisticsRequest")(name="tiny")).model_stats[0].inference_stats.success.count >= 10


# REST, as tritonclient.http sends it.
def post(path, header, binary, **headers):
    body = json.dumps(header).encode()
    connection = http.client.HTTPConnection("127.0.0.1", int(port), timeout=30)
    headers = {"Inference-Header-Content-Length": str(len(body)), **headers}
    body += binary
    connection.request("POST", path, gzip.compress(body) if headers.get("Content-Encoding") == "gzip" else body, headers)
    return connection.getresponse()


header = {
    "id": "9",
    "inputs": [{"name": "pixels", "shape": [1, 1, 4, 4], "datatype": "FP32", "parameters": {"binary_data_size": 64}}],
    "parameters": {"binary_data_output": True},
}
for headers in ({}, {"Content-Encoding": "gzip"}):
    response = post("/v2/models/tiny/versions/1/infer", header, floats, **headers)
    length, body = int(response.getheader("Inference-Header-Content-Length")), response.read()
    answer = json.loads(body[:length])
    assert response.status == 200 and answer["id"] == "9" and body[length:] == expected.raw_output_contents[0]
    assert answer["outputs"][0]["parameters"]["binary_data_size"] == 12
header["outputs"] = [{"name": "output", "parameters": {"binary_data": True, "classification": 1}}]
response = post("/v2/models/tiny/infer", header, floats)
length, body = int(response.getheader("Inference-Header-Content-Length")), response.read()
assert strings(body[length:])[0].split(":")[2] in "abc"
response = post("/v2/models/nobody/infer", header, floats)
assert response.status == 404 and "error" in json.loads(response.read())

print("PASS")
