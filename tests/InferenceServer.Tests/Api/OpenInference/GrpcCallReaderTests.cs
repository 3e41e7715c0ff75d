using System.Runtime.InteropServices;
using Google.Protobuf;
using Inference;
using LeNetServe.InferenceServer.Api.OpenInference.Grpc;
using LeNetServe.Runtime.Errors;

namespace LeNetServe.InferenceServer.Tests.Api.OpenInference;

public sealed class GrpcCallReaderTests
{
    [Fact]
    public void Read_RawContents_AreNotCopied()
    {
        var bytes = new byte[16];
        var request = Request("FP32", null);
        request.RawInputContents.Add(UnsafeByteOperations.UnsafeWrap(bytes));

        var call = GrpcCallReader.Read(request);

        Assert.True(MemoryMarshal.TryGetArray(call.Inputs[0].Data, out var segment));
        Assert.Same(bytes, segment.Array);
    }

    public static TheoryData<string, InferTensorContents, string> Typed => new()
    {
        { "BOOL", new() { BoolContents = { true, false } }, "0100" },
        { "INT8", new() { IntContents = { -1, 2 } }, "FF02" },
        { "INT16", new() { IntContents = { -2, 3 } }, "FEFF0300" },
        { "INT32", new() { IntContents = { 1, -1 } }, "01000000FFFFFFFF" },
        { "INT64", new() { Int64Contents = { 5 } }, "0500000000000000" },
        { "UINT8", new() { UintContents = { 255, 7 } }, "FF07" },
        { "UINT16", new() { UintContents = { 256 } }, "0001" },
        { "UINT32", new() { UintContents = { 258 } }, "02010000" },
        { "UINT64", new() { Uint64Contents = { 9 } }, "0900000000000000" },
        { "FP32", new() { Fp32Contents = { 1f } }, "0000803F" },
        { "FP64", new() { Fp64Contents = { 1d } }, "000000000000F03F" },
        { "BYTES", new() { BytesContents = { ByteString.CopyFromUtf8("ab"), ByteString.Empty } }, "02000000616200000000" },
    };

    [Theory]
    [MemberData(nameof(Typed))]
    public void Read_TypedContents_BecomeRawData(string datatype, InferTensorContents contents, string expected)
    {
        var call = GrpcCallReader.Read(Request(datatype, contents));

        Assert.Equal(expected, Convert.ToHexString(call.Inputs[0].Data.Span));
    }

    [Fact]
    public void Read_ContentsBesideRawContents_IsRefused()
    {
        var request = Request("FP32", new() { Fp32Contents = { 1 } });
        request.RawInputContents.Add(ByteString.CopyFrom(new byte[4]));

        AssertInvalid("contents field must not be specified when using raw_input_contents for 'pixels' for model 'm'", request);
    }

    [Fact]
    public void Read_NoData_IsRefused() =>
        AssertInvalid("unable to find data for input tensor 'pixels' for model 'm' in request.", Request("FP32", null));

    [Fact]
    public void Read_ContentsOfAnotherType_IsRefused() =>
        AssertInvalid("of type 'INT64', expected datatype 'FP32'", Request("FP32", new() { Int64Contents = { 1 } }));

    [Fact]
    public void Read_ContentsOfTwoTypes_IsRefused() =>
        AssertInvalid("already supplied", Request("FP32", new() { Fp32Contents = { 1 }, Fp64Contents = { 1 } }));

    [Fact]
    public void Read_MoreRawContentsThanInputs_IsRefused()
    {
        var request = Request("FP32", null);
        request.RawInputContents.Add([ByteString.Empty, ByteString.Empty]);

        AssertInvalid("2 entries in raw_input_contents for 1 inputs", request);
    }

    [Fact]
    public void Read_SharedMemory_IsUnsupported()
    {
        var request = Request("FP32", null);
        request.Inputs[0].Parameters["shared_memory_region"] = new() { StringParam = "region" };

        var exception = Assert.Throws<InferenceException>(() => GrpcCallReader.Read(request));
        Assert.Equal(InferenceErrorKind.Unsupported, exception.Kind);
    }

    [Fact]
    public void Read_Timeout_IsMicroseconds()
    {
        var request = Request("FP32", new() { Fp32Contents = { 1 } });
        request.Parameters["timeout"] = new() { Int64Param = 1500 };
        request.Parameters["priority"] = new() { Uint64Param = 1 };
        request.Parameters["anything"] = new() { DoubleParam = 1 };

        Assert.Equal(TimeSpan.FromMilliseconds(1.5), GrpcCallReader.Read(request).Timeout);
    }

    [Fact]
    public void Read_TimeoutOfAnotherType_IsRefused()
    {
        var request = Request("FP32", new() { Fp32Contents = { 1 } });
        request.Parameters["timeout"] = new() { StringParam = "1" };

        AssertInvalid("invalid value type for 'timeout' parameter, expected int64_param", request);
    }

    [Fact]
    public void Read_Classification_TakesInt64Only()
    {
        var request = Request("FP32", new() { Fp32Contents = { 1 } });
        request.Outputs.Add(new ModelInferRequest.Types.InferRequestedOutputTensor
        {
            Name = "probabilities",
            Parameters = { ["classification"] = new() { Int64Param = 3 } }
        });
        Assert.Equal(3, GrpcCallReader.Read(request).Outputs[0].Classes);

        request.Outputs[0].Parameters["classification"] = new() { Int64Param = 0 };
        AssertInvalid("invalid value for 'classification' parameter", request);
        request.Outputs[0].Parameters["classification"] = new() { Uint64Param = 3 };
        AssertInvalid("expected int64_param", request);
    }

    private static ModelInferRequest Request(string datatype, InferTensorContents? contents) => new()
    {
        ModelName = "m",
        Inputs = { new ModelInferRequest.Types.InferInputTensor { Name = "pixels", Datatype = datatype, Shape = { 1, 1, 2, 2 },
            Contents = contents } },
    };

    private static void AssertInvalid(string message, ModelInferRequest request)
    {
        var exception = Assert.Throws<InferenceException>(() => GrpcCallReader.Read(request));
        Assert.Equal(InferenceErrorKind.InvalidInput, exception.Kind);
        Assert.Contains(message, exception.Message, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("UINT8", 300, 0)]
    [InlineData("UINT16", 65580, 0)]
    [InlineData("INT8", 0, 200)]
    [InlineData("INT8", 0, -129)]
    [InlineData("INT16", 0, 40000)]
    public void Read_ContentsBeyondTheType_IsAnError(string datatype, uint positive, int any)
    {
        var contents = new InferTensorContents();
        if (positive > 0)
            contents.UintContents.Add(positive);
        else
            contents.IntContents.Add(any);
        var input = new ModelInferRequest.Types.InferInputTensor { Name = "x", Datatype = datatype, Shape = { 1 }, Contents = contents };

        var exception = Assert.Throws<InferenceException>(() => GrpcCallReader.Read(new() { Inputs = { input } }));

        Assert.Equal(InferenceErrorKind.InvalidInput, exception.Kind);
        Assert.Contains("element 0 of input tensor 'x' is", exception.Message, StringComparison.Ordinal);
    }
}
