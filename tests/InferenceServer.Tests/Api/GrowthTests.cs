using System.Text;
using Google.Protobuf;
using LeNetServe.InferenceServer.Api.Classify;
using LeNetServe.InferenceServer.Api.OpenInference.Grpc;
using LeNetServe.InferenceServer.Api.OpenInference.Rest;
using LeNetServe.Runtime.Errors;
using LeNetServe.V1;

namespace LeNetServe.InferenceServer.Tests.Api;

/// <summary>The memory of reading a request grows no faster than the request: each list, string and depth is doubled.</summary>
public sealed class GrowthTests
{
    private const int Size = 4000;

    public static TheoryData<string, Func<int, byte[]>, Action<byte[]>> Requests => new()
    {
        { "outputs", count => Infer("", Join(count, """{"name":"o"}"""), ""), ReadInfer },
        {
            "outputs with parameters",
            count => Infer("", Join(count, """{"name":"o","parameters":{"classification":1}}"""), "\"binary_data_output\":true"),
            ReadInfer
        },
        { "inputs", count => Infer(Join(count, """{"name":"i","shape":[1],"datatype":"UINT8","data":[1]}"""), "", ""), ReadInfer },
        { "data", count => Infer(Input("1", Join(count, "1")), "", ""), ReadInfer },
        { "shape", count => Infer(Input(Join(count, "1"), "1"), "", ""), ReadInfer },
        { "parameters", count => Infer("", "", Join(count, "\"a\":1")), ReadInfer },
        { "name", count => Infer(Input("1", "1").Replace("\"i\"", $"\"{new string('x', count)}\""), "", ""), ReadInfer },
        { "images", count => Utf8($$"""{"images":[{{Join(count, "{}")}}]}"""), ReadJson<ClassifyBatchRequest> },
        { "base64", count => Utf8($$$"""{"image":{"encoded":"{{{new string('-', count * 4)}}}"}}"""), ReadJson<ClassifyRequest> },
        { "depth of data", depth => Infer(Input("1", Nested(depth)), "", ""), ReadInfer },
        { "depth of parameters", depth => Infer("", "", $"\"a\":{Nested(depth)}"), ReadInfer },
        { "depth of an unknown field", depth => Utf8($$"""{"x":{{Nested(depth)}}}"""), ReadInfer },
        { "depth of images", depth => Utf8($$"""{"images":{{Nested(depth)}}}"""), ReadJson<ClassifyBatchRequest> },
        { "depth of layers", depth => Utf8($$"""{"layers":{{Nested(depth)}}}"""), ReadJson<ExplainRequest> },
        { "layers", count => Utf8($$"""{"layers":[{{Join(count, "\"a\"")}}]}"""), ReadJson<ExplainRequest> },
        { "grpc contents", Contents, bytes => GrpcCallReader.Read(global::Inference.ModelInferRequest.Parser.ParseFrom(bytes)) },
    };

    [Theory]
    [MemberData(nameof(Requests))]
    public void Read_TwiceTheSize_AllocatesAtMostThreeTimesAsMuch(string what, Func<int, byte[]> create, Action<byte[]> read)
    {
        Assert.NotEmpty(what);
        // The first reading of a size also fills pools of arrays.
        _ = Allocated(create(Size), read) + Allocated(create(2 * Size), read);

        var once = Allocated(create(Size), read);
        var twice = Allocated(create(2 * Size), read);

        Assert.InRange(twice, 0, (3 * once) + 100_000);
    }

    private static void ReadJson<T>(byte[] json)
        where T : IMessage, new() => ClassifyJson.Read<T>(json);

    private static long Allocated(byte[] request, Action<byte[]> read)
    {
        var before = GC.GetAllocatedBytesForCurrentThread();
        try
        {
            read(request);
        }
        catch (InferenceException)
        {
            // A rejected request costs memory as well.
        }
        return GC.GetAllocatedBytesForCurrentThread() - before;
    }

    private static void ReadInfer(byte[] json) => RestCallReader.Read("m", "", json, null);

    private static byte[] Infer(string inputs, string outputs, string parameters) =>
        Utf8($$$"""{"inputs":[{{{inputs}}}],"outputs":[{{{outputs}}}],"parameters":{ {{{parameters}}} }}""");

    private static string Input(string shape, string data) => $$"""{"name":"i","shape":[{{shape}}],"datatype":"UINT8","data":[{{data}}]}""";

    private static byte[] Contents(int count)
    {
        var contents = new global::Inference.InferTensorContents { UintContents = { Enumerable.Repeat(1u, count) } };
        var request = new global::Inference.ModelInferRequest
        {
            Inputs = { new global::Inference.ModelInferRequest.Types.InferInputTensor
        {
            Name = "i", Datatype = "UINT8", Contents = contents,
        } }
        };
        return Google.Protobuf.MessageExtensions.ToByteArray(request);
    }

    private static string Nested(int depth) => new string('[', depth) + new string(']', depth);

    private static string Join(int count, string element) => string.Join(',', Enumerable.Repeat(element, count));

    private static byte[] Utf8(string text) => Encoding.UTF8.GetBytes(text);
}
