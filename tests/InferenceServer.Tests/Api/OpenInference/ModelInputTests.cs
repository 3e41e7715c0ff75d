using System.Runtime.InteropServices;
using LeNetServe.InferenceServer.Api.OpenInference.Tensors;
using LeNetServe.Runtime.Errors;
using LeNetServe.Runtime.Models;

namespace LeNetServe.InferenceServer.Tests.Api.OpenInference;

public sealed class ModelInputTests
{
    [Fact]
    public void From_Fp32_IsTakenAsItIs()
    {
        var data = new byte[2 * 16 * 4];

        var input = From(new("pixels", "FP32", [2, 1, 4, 4], data));

        Assert.Equal((2, data.Length, 0), (input.Count, input.Floats.Length, input.Pixels.Length));
    }

    [Fact]
    public void From_UInt8_IsPixels() => Assert.Equal(16, From(new("pixels", "UINT8", [1, 1, 4, 4], new byte[16])).Pixels.Length);

    [Theory]
    [InlineData("FP16", "003C", 1f)]
    [InlineData("BF16", "803F", 1f)]
    [InlineData("INT8", "FF", -1f)]
    [InlineData("INT16", "FFFF", -1f)]
    [InlineData("UINT16", "0101", 257f)]
    [InlineData("INT32", "FFFFFFFF", -1f)]
    [InlineData("UINT32", "02000000", 2f)]
    [InlineData("INT64", "FFFFFFFFFFFFFFFF", -1f)]
    [InlineData("UINT64", "0300000000000000", 3f)]
    [InlineData("FP64", "000000000000F03F", 1f)]
    public void From_OtherNumbers_BecomeFloats(string datatype, string hex, float expected)
    {
        var data = Enumerable.Repeat(Convert.FromHexString(hex), 16).SelectMany(bytes => bytes).ToArray();

        var input = From(new("pixels", datatype, [1, 1, 4, 4], data));

        Assert.Equal(expected, BitConverter.ToSingle(input.Floats.Span));
    }

    [Fact]
    public void From_ChannelsLast_IsTransposed()
    {
        var facts = TestFacts.Of(channels: 3, side: 2, layout: TensorLayout.Nhwc);

        var input = From(new("pixels", "UINT8", [1, 2, 2, 3], new byte[] { 1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11, 12 }), facts);

        Assert.Equal([1, 4, 7, 10, 2, 5, 8, 11, 3, 6, 9, 12], input.Pixels.ToArray());
    }

    [Theory]
    [InlineData(1)]
    [InlineData(2)]
    public void From_Bytes_IsOneFileForEachImage(int rank)
    {
        var input = From(new("pixels", "BYTES", rank == 1 ? [2] : [2, 1], Convert.FromHexString("01000000AA02000000BBCC")));

        Assert.Equal(["AA", "BBCC"], input.Encoded!.Select(image => Convert.ToHexString(image.Span)));
    }

    [Fact]
    public void From_RawBinaryRequest_TakesShapeAndTypeFromTheModel()
    {
        var call = new InferenceCall { Model = "m", Inputs = [new("", "", [], new byte[64])], RawBinary = true };

        Assert.Equal(1, ModelInput.From(call, "m", TestFacts.Of(), 8).Count);
    }

    public static TheoryData<string, string, long[], int, string> Wrong => new()
    {
        { "other", "FP32", [1, 1, 4, 4], 64, "[request id: <id_unknown>] unexpected inference input 'other' for model 'm'" },
        { "pixels", "FP32", [1, 1, 5, 4], 80, "unexpected shape for input 'pixels' for model 'm'. Expected [-1,1,4,4], got [1,1,5,4]" },
        { "pixels", "FP32", [16], 64, "unexpected shape for input 'pixels' for model 'm'. Expected [-1,1,4,4], got [16]" },
        { "pixels", "FP32", [0, 1, 4, 4], 0, "unexpected shape" },
        { "pixels", "FP32", [long.MaxValue, 1, 4, 4], 0, "inference request batch-size must be <= 8 for 'm'" },
        { "pixels", "FP32", [9, 1, 4, 4], 9 * 64, "inference request batch-size must be <= 8 for 'm', got 9" },
        { "pixels", "FP32", [1, 1, 4, 4], 60, "input byte size mismatch for input 'pixels' for model 'm'. Expected 64, got 60" },
        { "pixels", "BOOL", [1, 1, 4, 4], 16, "data-type is 'BOOL', but model 'm' expects 'FP32'" },
        { "pixels", "TEXT", [1, 1, 4, 4], 16, "data-type is 'TEXT'" },
        { "pixels", "BYTES", [1], 3, "incomplete string length indicator" },
        { "pixels", "BYTES", [1], 0, "expected 1 string elements for inference input 'pixels', got 0" },
        { "pixels", "BYTES", [1], 8, "unexpected number of string elements 2" },
        { "pixels", "BYTES", [1, 2], 8, "unexpected shape" },
    };

    [Theory]
    [MemberData(nameof(Wrong))]
    public void From_WrongTensor_SaysWhatIsWrong(string name, string datatype, long[] shape, int bytes, string message)
    {
        var exception = Assert.Throws<InferenceException>(() => From(new(name, datatype, shape, new byte[bytes])));

        Assert.Equal(InferenceErrorKind.InvalidInput, exception.Kind);
        Assert.Contains(message, exception.Message, StringComparison.Ordinal);
    }

    [Fact]
    public void From_BytesCutOff_SaysWhatIsWrong() =>
        Assert.Contains("expecting string of length 5 but only 1 bytes available",
            Assert.Throws<InferenceException>(() =>
                From(new("pixels", "BYTES", [1], Convert.FromHexString("05000000AA")))).Message, StringComparison.Ordinal);

    [Theory]
    [InlineData(1e300, false)]
    [InlineData(-3.5e38, false)]
    [InlineData(3.4e38, true)]
    [InlineData(double.PositiveInfinity, true)]
    public void From_DoubleBeyondTheRangeOfFloats_IsRefused(double value, bool isTaken)
    {
        var data = MemoryMarshal.AsBytes<double>([.. new double[15], value]).ToArray();
        InferenceException? fault = null;
        try
        {
            var input = From(new("pixels", "FP64", [1, 1, 4, 4], data));
            Assert.Equal((float)value, MemoryMarshal.Cast<byte, float>(input.Floats.Span)[15]);
        }
        catch (InferenceException exception)
        {
            fault = exception;
        }
        Assert.Equal(
            isTaken ? null : $"element 15 of input tensor 'pixels' is {value}, expected a number in the range of FP32", fault?.Message);
    }

    [Fact]
    public void From_NoInputOrTwo_IsRefused()
    {
        var tensor = new RawTensor("pixels", "FP32", [1, 1, 4, 4], new byte[64]);

        Assert.Throws<InferenceException>(() => ModelInput.From(new() { Model = "m", Inputs = [] }, "m", TestFacts.Of(), 8));
        Assert.Throws<InferenceException>(() => ModelInput.From(new() { Model = "m", Inputs = [tensor, tensor] }, "m", TestFacts.Of(), 8));
    }

    private static ModelInput From(RawTensor tensor, ModelFacts? facts = null) =>
        ModelInput.From(new() { Model = "m", Inputs = [tensor] }, "m", facts ?? TestFacts.Of(), 8);
}
