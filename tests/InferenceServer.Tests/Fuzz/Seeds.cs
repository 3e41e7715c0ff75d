using System.IO.Compression;
using System.Text;
using Google.Protobuf;
using LeNetServe.InferenceServer.Tests.Api.Classify;
using LeNetServe.V1;
using SkiaSharp;

namespace LeNetServe.InferenceServer.Tests.Fuzz;

/// <summary>Sound requests, from which the mutations start.</summary>
internal static class Seeds
{
    /// <summary>Small pictures of every format, and one whose header promises a gigapixel.</summary>
    public static IReadOnlyList<byte[]> Pictures { get; } = [.. Encode(), Bomb()];

    /// <summary>Sound requests for every RPC of every service.</summary>
    public static IReadOnlyList<(string Service, string Method, MethodKind Kind, byte[] Message)> Rpcs { get; } =
    [
        .. Pictures.Select(picture => ("lenetserve.v1.Classifier", "Classify", MethodKind.Unary,
            new ClassifyRequest { Model = "tiny", TopK = 2, Image = new() { Encoded = ByteString.CopyFrom(picture) } }.ToByteArray())),
        ("lenetserve.v1.Classifier", "Classify", MethodKind.Unary,
            new ClassifyRequest { Model = "tiny", Version = 1, Image = ClassifierServiceTests.Stripe(1) }.ToByteArray()),
        ("lenetserve.v1.Classifier", "ClassifyBatch", MethodKind.Unary, new ClassifyBatchRequest { Images = { ClassifierServiceTests.Stripe(
            1), new Image { Encoded = ByteString.CopyFrom(Pictures[0]) } }, Geometry = Geometry.Digit }.ToByteArray()),
        ("lenetserve.v1.Classifier", "ClassifyStream", MethodKind.Duplex,
            new ClassifyStreamRequest { Id = "id", Request = new() { Image = ClassifierServiceTests.Stripe(0) } }.ToByteArray()),
        ("lenetserve.v1.Classifier", "CheckGolden", MethodKind.Unary, new CheckGoldenRequest { Model = "tiny", Version = 1 }.ToByteArray()),
        ("lenetserve.v1.Classifier", "Explain", MethodKind.Unary, new ExplainRequest
        {
            Model = "tiny", Image = ClassifierServiceTests.Stripe(1), Attribution = AttributionMethod.Occlusion,
            Layers = { "scores" }, Target = 1,
        }.ToByteArray()),
        ("lenetserve.v1.Classifier", "ListModels", MethodKind.Unary, []),
        ("lenetserve.v1.Classifier", "GetModel", MethodKind.Unary, new GetModelRequest { Name = "tiny", Version = 1 }.ToByteArray()),
        .. OpenInference,
        ("grpc.health.v1.Health", "Check", MethodKind.Unary, new Grpc.Health.V1.HealthCheckRequest { Service = "tiny/1" }.ToByteArray()),
        ("grpc.health.v1.Health", "Watch", MethodKind.ServerStream,
            new Grpc.Health.V1.HealthCheckRequest { Service = "tiny@stable" }.ToByteArray()),
        .. Reflection,
    ];

    private const string InferJson = """
        {"id":"1","inputs":[{"name":"pixels","shape":[1,1,4,4],"datatype":"UINT8","data":[0,1,2,3,4,5,6,7,8,9,10,11,12,13,14,255]}],
         "outputs":[{"name":"output","parameters":{"classification":2}}],"parameters":{"timeout":1000000}}
        """;

    private const string BinaryInferJson = """
        {"inputs":[{"name":"pixels","shape":[1,1,4,4],"datatype":"UINT8","parameters":{"binary_data_size":16}}],
         "outputs":[{"name":"output","parameters":{"binary_data":true}}]}
        """;

    private static IEnumerable<(string Service, string Method, MethodKind Kind, byte[] Message)> Reflection =>
        from service in new[] { "grpc.reflection.v1alpha.ServerReflection", "grpc.reflection.v1.ServerReflection" }
        from request in new Grpc.Reflection.V1Alpha.ServerReflectionRequest[]
        {
            new() { Host = "h", ListServices = "*" },
            new() { FileByFilename = "lenetserve/v1/classifier.proto" },
            new() { FileContainingSymbol = "lenetserve.v1.Classifier" },
        }
        select (service, "ServerReflectionInfo", MethodKind.Duplex, request.ToByteArray());

    private static IEnumerable<(string Service, string Method, MethodKind Kind, byte[] Message)> OpenInference
    {
        get
        {
            const string Service = "inference.GRPCInferenceService";
            var raw = Infer("UINT8", [1, 1, 4, 4]);
            raw.RawInputContents.Add(ByteString.CopyFrom(new byte[16]));
            raw.Outputs.Add(new global::Inference.ModelInferRequest.Types.InferRequestedOutputTensor
            {
                Name = "output",
                Parameters = { ["classification"] = new() { Int64Param = 2 } }
            });
            raw.Parameters["timeout"] = new() { Int64Param = 1_000_000 };
            var typed = Infer("FP32", [1, 1, 4, 4]);
            typed.Inputs[0].Contents = new() { Fp32Contents = { new float[16] } };
            var pictures = Infer("BYTES", [2]);
            pictures.Inputs[0].Contents = new() { BytesContents = { ByteString.CopyFrom(Pictures[0]), ByteString.CopyFrom(Pictures[1]) } };
            foreach (var request in new[] { raw, typed, pictures })
            {
                yield return (Service, "ModelInfer", MethodKind.Unary, request.ToByteArray());
                yield return (Service, "ModelStreamInfer", MethodKind.Duplex, request.ToByteArray());
            }
            var named = new global::Inference.ModelConfigRequest { Name = "tiny", Version = "1" }.ToByteArray();
            foreach (var method in new[] { "ServerLive", "ServerReady", "ServerMetadata", "ModelReady", "ModelMetadata", "ModelConfig",
                "ModelStatistics" })
                yield return (Service, method, MethodKind.Unary, named);
            yield return (Service, "RepositoryIndex", MethodKind.Unary,
                new global::Inference.RepositoryIndexRequest { Ready = true }.ToByteArray());
            foreach (var method in new[] { "RepositoryModelUnload", "RepositoryModelLoad" })
                yield return (Service, method, MethodKind.Unary,
                    new global::Inference.RepositoryModelLoadRequest { ModelName = Other }.ToByteArray());
            foreach (var method in NotOffered)
                yield return (Service, method, MethodKind.Unary, named);
        }
    }

    /// <summary>Sound requests for every REST route.</summary>
    public static IReadOnlyList<RestSeed> Rest { get; } =
    [
        .. Pictures.Select(picture => new RestSeed("POST", "/v1/models/tiny:classify?topK=1&geometry=fit", "image/png", picture)),
        new("POST", "/v1/models/tiny/versions/1:classify", "image/png", Pictures[0]),
        new("POST", "/v1/models/tiny:classify", "application/json", JsonFormatter.Default.Format(
            new ClassifyRequest { TopK = 1, Image = ClassifierServiceTests.Stripe(1) }).ToUtf8()),
        new("POST", "/v1/models/tiny/versions/1:classify", "application/json", JsonFormatter.Default.Format(
            new ClassifyRequest { Geometry = Geometry.Fit, Image = new() { Encoded = ByteString.CopyFrom(Pictures[0]) } }).ToUtf8()),
        new("POST", "/v1/models/tiny:classifyBatch", "application/json", JsonFormatter.Default.Format(
            new ClassifyBatchRequest { Images = { ClassifierServiceTests.Stripe(1) } }).ToUtf8()),
        new("POST", "/v1/models/tiny/versions/1:classifyBatch", "application/json", JsonFormatter.Default.Format(
            new ClassifyBatchRequest { Images = { ClassifierServiceTests.Stripe(2) } }).ToUtf8()),
        new("POST", "/v1/models/tiny:classify", "multipart/form-data; boundary=b", Form),
        new("POST", "/v1/models/tiny:explain?attribution=occlusion&layers=flat,scores", "image/png", Pictures[0]),
        new("POST", "/v1/models/tiny/versions/1:explain", "image/png", Pictures[0]),
        new("POST", "/v1/models/tiny:explain", "application/json", JsonFormatter.Default.Format(
            new ExplainRequest { Image = ClassifierServiceTests.Stripe(1) }).ToUtf8()),
        new("POST", "/v1/models/tiny/versions/1:explain", "application/json", JsonFormatter.Default.Format(
            new ExplainRequest { Image = ClassifierServiceTests.Stripe(1) }).ToUtf8()),
        new("POST", "/v1/models/tiny:classifyBatch", "multipart/form-data; boundary=b", Form),
        new("POST", "/v1/models/tiny/versions/1:classifyBatch", "multipart/form-data; boundary=b", Form),
        new("POST", "/v2/models/tiny/infer", "application/json", InferJson.ToUtf8()),
        new("POST", "/v2/models/tiny/versions/1/infer", "application/json", InferJson.ToUtf8()),
        new("POST", "/v2/models/tiny/infer", "application/json", Compress(InferJson.ToUtf8()), ("Content-Encoding", "gzip")),
        new("POST", "/v2/models/tiny/infer", "application/octet-stream", [.. BinaryInferJson.ToUtf8(), .. new byte[16]],
            ("Inference-Header-Content-Length", $"{BinaryInferJson.Length}")),
        new("POST", "/v2/models/tiny/infer", "application/octet-stream", new byte[64], ("Inference-Header-Content-Length", "0")),
        new("POST", "/v2/repository/index", "application/json", "{\"ready\":true}".ToUtf8()),
        new("POST", $"/v2/repository/models/{Other}/unload", "application/json", "{\"parameters\":{}}".ToUtf8()),
        new("POST", $"/v2/repository/models/{Other}/load", "application/json", "{\"parameters\":{}}".ToUtf8()),
        .. Routes.Select(path => new RestSeed("GET", path, null, [])),
    ];

    /// <summary>The model that is loaded and unloaded; the others stay.</summary>
    public const string Other = "other";

    private static string[] NotOffered =>
    [
        "SystemSharedMemoryStatus", "SystemSharedMemoryRegister", "SystemSharedMemoryUnregister",
        "CudaSharedMemoryStatus", "CudaSharedMemoryRegister",
        "CudaSharedMemoryUnregister", "TraceSetting", "LogSettings",
    ];

    private static string[] Routes =>
    [
        "/v2", "/v2/health/live", "/v2/health/ready", "/v2/models/stats",
        "/v2/models/tiny", "/v2/models/tiny/ready", "/v2/models/tiny/config", "/v2/models/tiny/stats",
        "/v2/models/tiny/versions/1", "/v2/models/tiny/versions/1/ready",
        "/v2/models/tiny/versions/1/config", "/v2/models/tiny/versions/1/stats",
        "/v2/systemsharedmemory/status", "/v2/cudasharedmemory/status", "/v2/trace/setting", "/v2/models/tiny/trace/setting", "/v2/logging",
        "/v1/models", "/v1/models/tiny", "/v1/models/tiny/versions/1", "/v1/models/tiny:classify",
        "/v1/models/tiny:classifyBatch", "/v1/models/tiny/versions/1:classify", "/v1/models/tiny/versions/1:classifyBatch",
        "/v1/models/tiny:explain", "/v1/models/tiny/versions/1:explain",
        "/v1/models/tiny/golden", "/v1/models/tiny/versions/1/golden", "/v1/runs", "/v1/runs/none", "/openapi/v1.json",
        "/livez", "/readyz", "/metrics",
    ];

    private static byte[] Form => [.. "--b\r\nContent-Disposition: form-data; name=\"i\"; filename=\"i.png\"\r\n\r\n".ToUtf8(),
        .. Pictures[0], .. "\r\n--b--\r\n".ToUtf8()];

    private static byte[] Compress(byte[] body)
    {
        using var compressed = new MemoryStream();
        using (var gzip = new GZipStream(compressed, CompressionLevel.Fastest))
            gzip.Write(body);
        return compressed.ToArray();
    }

    private static global::Inference.ModelInferRequest Infer(string datatype, long[] shape) => new()
    {
        ModelName = "tiny",
        Inputs = { new global::Inference.ModelInferRequest.Types.InferInputTensor { Name = "pixels", Datatype = datatype,
            Shape = { shape } } },
    };

    private static byte[] ToUtf8(this string text) => Encoding.UTF8.GetBytes(text);

    private static IEnumerable<byte[]> Encode()
    {
        using var bitmap = new SKBitmap(new SKImageInfo(9, 7, SKColorType.Rgba8888, SKAlphaType.Unpremul));
        for (var y = 0; y < 7; y++)
            for (var x = 0; x < 9; x++)
                bitmap.SetPixel(x, y, new((byte)(x * 28), (byte)(y * 36), 99));
        foreach (var format in new[] { SKEncodedImageFormat.Png, SKEncodedImageFormat.Jpeg, SKEncodedImageFormat.Webp })
        {
            using var data = bitmap.Encode(format, 80);
            yield return data.ToArray();
        }
        yield return Convert.FromHexString("47494638396101000100800000000000ffffff2c00000000010001000002024401003b");
    }

    /// <summary>A PNG whose header says 40,000×40,000 pixels; a decoder that believes the header takes 6 GB.</summary>
    private static byte[] Bomb()
    {
        byte[] header = [.. "IHDR"u8, 0, 0, 0x9C, 0x40, 0, 0, 0x9C, 0x40, 8, 6, 0, 0, 0];
        var checksum = Crc32(header);
        return [0x89, 0x50, 0x4E, 0x47, 0x0D, 0x0A, 0x1A, 0x0A, 0, 0, 0, 13, .. header, (byte)(checksum >> 24), (byte)(checksum >> 16),
            (byte)(checksum >> 8), (byte)checksum, .. new byte[64]];
    }

    /// <summary>PNG's checksum, https://www.w3.org/TR/png/#D-CRCAppendix.</summary>
    private static uint Crc32(byte[] bytes)
    {
        var checksum = uint.MaxValue;
        foreach (var value in bytes)
        {
            checksum ^= value;
            for (var bit = 0; bit < 8; bit++)
                checksum = (checksum & 1) != 0 ? 0xEDB8_8320 ^ (checksum >> 1) : checksum >> 1;
        }
        return ~checksum;
    }
}
