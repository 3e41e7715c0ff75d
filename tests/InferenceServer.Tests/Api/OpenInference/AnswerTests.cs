using System.Text;
using System.Text.Json;
using LeNetServe.InferenceServer.Api;
using LeNetServe.InferenceServer.Api.OpenInference;
using LeNetServe.InferenceServer.Api.OpenInference.Grpc;
using LeNetServe.InferenceServer.Api.OpenInference.Rest;
using LeNetServe.InferenceServer.Api.OpenInference.Tensors;
using LeNetServe.Runtime.Errors;

namespace LeNetServe.InferenceServer.Tests.Api.OpenInference;

public sealed class AnswerTests
{
    private static readonly float[] Outputs = [0.25f, 0.5f, 0.25f, 0.1f, 0.1f, 0.8f];
    private static readonly CallAnswer Answer = new("m", "3", TestFacts.Of(), Outputs, null, default);

    [Fact]
    public void Elements_BestClasses_AreSortedWithTiesInOrder() =>
        Assert.Equal(["0.500000:1:class-1", "0.250000:0:class-0", "0.800000:2:class-2", "0.100000:0:class-0"], Classification.Elements(
            Outputs, TestFacts.Of().Labels, 2));

    [Fact]
    public void Elements_MoreThanThereAre_AreAll() => Assert.Equal(6, Classification.Elements(Outputs, TestFacts.Of().Labels, 100).Length);

    [Fact]
    public void Elements_NoNumber_IsWrittenAsC() =>
        Assert.Equal(["inf:2:class-2", "-inf:1:class-1", "nan:0:class-0"], Classification.Elements(
            [float.NaN, float.NegativeInfinity, float.PositiveInfinity], TestFacts.Of().Labels, 3));

    [Fact]
    public void Elements_OverAMillion_AreRefused() =>
        Assert.Throws<InferenceException>(() => Classification.Elements(new float[1_000_002], TestFacts.Of().Labels, 1));

    [Fact]
    public void WriteGrpc_Numbers_AreRaw()
    {
        var response = GrpcAnswerWriter.Write(Call(), Answer);

        Assert.Equal(("m", "3", "id"), (response.ModelName, response.ModelVersion, response.Id));
        Assert.Equal(("probabilities", "FP32"), (response.Outputs[0].Name, response.Outputs[0].Datatype));
        Assert.Equal([2, 3], response.Outputs[0].Shape);
        Assert.Null(response.Outputs[0].Contents);
        Assert.Equal(24, response.RawOutputContents[0].Length);
        Assert.Equal(0.25f, BitConverter.ToSingle(response.RawOutputContents[0].Span));
    }

    [Fact]
    public void WriteGrpc_Classification_IsLengthPrefixedText()
    {
        var response = GrpcAnswerWriter.Write(Call(new RequestedOutput("probabilities", 1, true)), Answer);

        Assert.Equal("BYTES", response.Outputs[0].Datatype);
        Assert.Equal([2, 1], response.Outputs[0].Shape);
        var element = "0.500000:1:class-1";
        Assert.Equal(element.Length, BitConverter.ToInt32(response.RawOutputContents[0].Span));
        Assert.Equal(element, Encoding.UTF8.GetString(response.RawOutputContents[0].Span.Slice(4, element.Length)));
    }

    [Fact]
    public void WriteGrpc_UnknownOutput_IsRefused() =>
        Assert.Contains("unexpected inference output 'other'", Assert.Throws<InferenceException>(() =>
            GrpcAnswerWriter.Write(Call(new RequestedOutput("other", 0, true)), Answer)).Message, StringComparison.Ordinal);

    [Fact]
    public void WriteRest_Numbers_AreJson()
    {
        var (body, headerLength) = RestAnswerWriter.Write(Call(), Answer);

        Assert.Null(headerLength);
        Assert.Equal(
            """{"id":"id","model_name":"m","model_version":"3","outputs":[{"name":"probabilities","datatype":"FP32","shape":""" +
            """[2,3],"data":[0.25,0.5,0.25,0.1,0.1,0.8]}]}""",
            Encoding.UTF8.GetString(body.Span));
    }

    [Fact]
    public void WriteRest_Binary_FollowsTheJson()
    {
        var (body, headerLength) = RestAnswerWriter.Write(
            Call(new RequestedOutput("probabilities", 0, true)), Answer);

        using var json = JsonDocument.Parse(body[..headerLength!.Value]);
        Assert.Equal(24, json.RootElement.GetProperty("outputs")[0].GetProperty("parameters").GetProperty("binary_data_size").GetInt32());
        Assert.Equal(headerLength + 24, body.Length);
    }

    [Fact]
    public void Write_ModelWithNovelty_HasATensorForIt()
    {
        var facts = TestFacts.Of() with { NoveltyThreshold = 2 };
        var answer = CallAnswer.Of("m", "3", facts, [0.25f, 0.5f, 0.25f, 1.5f, 0.1f, 0.1f, 0.8f, 2.5f], default);

        var response = GrpcAnswerWriter.Write(Call(), answer);
        var (body, _) = RestAnswerWriter.Write(Call(new RequestedOutput("novelty", 0, false)), answer);

        Assert.Equal(["probabilities", "novelty"], response.Outputs.Select(output => output.Name));
        Assert.Equal([2, 1], response.Outputs[1].Shape);
        Assert.Equal(2.5f, BitConverter.ToSingle(response.RawOutputContents[1].Span[4..]));
        Assert.Equal(Outputs, answer.Outputs);
        Assert.Equal(
            """{"id":"id","model_name":"m","model_version":"3","outputs":[{"name":"novelty","datatype":"FP32","shape":""" +
            """[2,1],"data":[1.5,2.5]}]}""",
            Encoding.UTF8.GetString(body.Span));
    }

    [Fact]
    public void Write_Configuration_IsTritonsJson()
    {
        var buffer = new System.Buffers.ArrayBufferWriter<byte>();
        using (var writer = new Utf8JsonWriter(buffer))
            MessageJson.Triton.Write(writer, ModelDescription.Config("m", TestFacts.Of(), 8, 2, onGpu: false));
        using var json = JsonDocument.Parse(buffer.WrittenMemory);

        Assert.Equal(8, json.RootElement.GetProperty("max_batch_size").GetInt32());
        var input = json.RootElement.GetProperty("input")[0];
        Assert.Equal(("FORMAT_NCHW", "TYPE_FP32"), (input.GetProperty("format").GetString(), input.GetProperty("data_type").GetString()));
        Assert.Equal([1, 4, 4], input.GetProperty("dims").EnumerateArray().Select(dimension => dimension.GetInt32()));
        Assert.False(json.RootElement.TryGetProperty("version_policy", out _));
    }

    private static InferenceCall Call(params RequestedOutput[] outputs) => new() { Model = "m", Id = "id", Inputs = [], Outputs = outputs };
}
