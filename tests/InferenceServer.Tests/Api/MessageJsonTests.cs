using System.Buffers;
using System.Text;
using Google.Protobuf;
using LeNetServe.InferenceServer.Api;
using LeNetServe.V1;

namespace LeNetServe.InferenceServer.Tests.Api;

public sealed class MessageJsonTests
{
    private static readonly JsonFormatter Protobufs = new(JsonFormatter.Settings.Default.WithFormatDefaultValues(true));

    [Fact]
    public void Write_EveryKindOfField_IsWhatProtobufReads()
    {
        var message = new ExplainResponse
        {
            Model = "<größe>\n\u0001",
            Version = long.MaxValue,
            Predictions =
            {
                new Prediction { Index = -1, Label = "七+", Probability = 1e-9f },
                new Prediction { Probability = float.NaN },
            },
            Pixels = ByteString.CopyFrom(Enumerable.Range(0, 256).Select(value => (byte)value).ToArray()),
            Layers = { new LayerValues { Name = "C1", Shape = { 6, 28, 28 } } },
            Attribution = new() { Method = AttributionMethod.Gradient, Target = 3 },
            Novelty = float.NegativeInfinity,
        };

        var json = Write(message);

        Assert.Equal(message, JsonParser.Default.Parse<ExplainResponse>(json));
        Assert.Contains("größe", json);
        Assert.DoesNotContain("isKnown", json);
    }

    [Fact]
    public void Write_DefaultValues_HasTheFieldsOfProtobufsFormatter()
    {
        IMessage[] messages = [new ClassifyResponse(), new ClassifyBatchResponse { Items = { new BatchItem() } }, new ExplainResponse()];

        Assert.All(messages, message => Assert.Equal(Protobufs.Format(message).Replace(" ", ""), Write(message)));
    }

    private static string Write(IMessage message)
    {
        var buffer = new ArrayBufferWriter<byte>();
        MessageJson.Proto.Write(buffer, message);
        return Encoding.UTF8.GetString(buffer.WrittenSpan);
    }
}
