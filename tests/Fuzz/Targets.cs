using Google.Protobuf;
using LeNetServe.BatchScorer.Inputs;
using LeNetServe.Datasets;
using LeNetServe.Exporter.Onnx;
using LeNetServe.Imaging;
using LeNetServe.InferenceServer.Api.Classify;
using LeNetServe.InferenceServer.Api.OpenInference.Grpc;
using LeNetServe.InferenceServer.Api.OpenInference.Rest;
using LeNetServe.Runtime.Errors;
using LeNetServe.Runtime.Models;
using LeNetServe.Tensors;
using LeNetServe.V1;

namespace LeNetServe.Fuzz;

/// <summary>All readers of other people's bytes.</summary>
internal static class Targets
{
    private const long MostPixels = 1 << 20;
    private const int MostImages = 1024;

    // Some readers take a path. The file stays in memory where there is such a folder.
    private static readonly string Scratch = Path.Combine(
        Directory.Exists("/dev/shm") ? "/dev/shm" : Path.GetTempPath(), $"lenetserve-fuzz-{Environment.ProcessId}");

    private static readonly ImagePreprocessor Preprocessor =
        new(new ImagingSpec { Input = new(1, 32, 32), Geometry = Imaging.Geometry.Digit }, MostPixels);

    private static readonly Target[] All =
    [
        new("image", ReadImage, typeof(ImageException)),
        new("onnx", ReadOnnx, typeof(InferenceException), typeof(InvalidDataException)),
        new("safetensors", bytes => SafetensorsFile.Read(Written(bytes)), typeof(InvalidDataException)),
        new("idx", ReadIdx, typeof(InvalidDataException)),
        // The scorer makes an error row of whatever an archive throws. Only a crash, a hang or the end of the memory is a finding.
        new("zip", bytes => ReadAll(ZipMembers.Read(new MemoryStream(bytes))), typeof(Exception)),
        new("tar", bytes => ReadAll(new TarMembers(new MemoryStream(bytes)).Read()), typeof(Exception)),
        new("infer", ReadInfer, typeof(InferenceException)),
        new("json", ReadJson, typeof(InferenceException)),
        // A wrapper type that is cut off has an InvalidOperationException. GuardedMethodProvider takes all of them for invalid messages.
        new("protobuf", ReadProtobuf,
            typeof(InferenceException), typeof(InvalidProtocolBufferException), typeof(InvalidOperationException)),
    ];

    /// <summary>Gets the names.</summary>
    public static IEnumerable<string> Names => All.Select(target => target.Name);

    /// <summary>Gets a target.</summary>
    public static Target Find(string name) => All.First(target => target.Name == name);

    private static void ReadImage(byte[] bytes) => Preprocessor.Process(bytes, new byte[32 * 32]);

    private static void ReadOnnx(byte[] bytes)
    {
        var path = Written(bytes);
        ModelContent.Read(path).RequireFiniteWeights(path);
        _ = OnnxFile.Metadata(OnnxFile.Read(path).Model);
    }

    private static void ReadIdx(byte[] bytes)
    {
        using var reader = IdxReader.Open(Written(bytes), bytes.Length % 2 == 0 ? 3 : 1);
        var size = reader.Dimensions.Aggregate((Int128)1, (product, dimension) => product * dimension);
        reader.Read(new byte[(int)Int128.Min(size, MostPixels)]);
        reader.ReadEnd();
    }

    private static void ReadAll(IEnumerable<ArchiveMember> members)
    {
        foreach (var member in members.Take(MostImages))
            if (member.Error is null && member.Length < MostPixels)
                _ = member.Read!();
    }

    // The first two bytes are the length of the JSON before the binary data; 0xffff: there is none.
    private static void ReadInfer(byte[] bytes)
    {
        var length = bytes.Length < 2 ? ushort.MaxValue : BitConverter.ToUInt16(bytes);
        RestCallReader.Read("m", "", bytes.AsMemory(Math.Min(2, bytes.Length)), length == ushort.MaxValue ? null : $"{length}");
    }

    private static void ReadJson(byte[] bytes)
    {
        if (bytes.Length % 3 == 0)
            ClassifyJson.Read<ClassifyRequest>(bytes);
        else if (bytes.Length % 3 == 1)
            ClassifyJson.Read<ClassifyBatchRequest>(bytes, MostImages);
        else
            ClassifyJson.Read<ExplainRequest>(bytes);
    }

    private static void ReadProtobuf(byte[] bytes)
    {
        if (bytes.Length % 2 == 0)
            GrpcCallReader.Read(Parsed(Inference.ModelInferRequest.Parser, bytes));
        else if (bytes.Length % 4 == 1)
            _ = Parsed(ExplainRequest.Parser, bytes);
        else
            _ = Parsed(ClassifyBatchRequest.Parser, bytes);
    }

    private static T Parsed<T>(MessageParser<T> parser, byte[] bytes)
        where T : IMessage<T>, new()
    {
        new MessageLimits(new T().Descriptor, new()).Check(new(bytes));
        return parser.ParseFrom(bytes);
    }

    private static string Written(byte[] bytes)
    {
        File.WriteAllBytes(Scratch, bytes);
        return Scratch;
    }
}
