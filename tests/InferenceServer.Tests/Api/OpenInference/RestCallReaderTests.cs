using System.Text;
using System.Text.Json;
using LeNetServe.InferenceServer.Api.OpenInference.Rest;
using LeNetServe.InferenceServer.Api.OpenInference.Tensors;
using LeNetServe.Runtime.Errors;

namespace LeNetServe.InferenceServer.Tests.Api.OpenInference;

public sealed class RestCallReaderTests
{
    [Fact]
    public void Read_NestedNumbers_AreRowMajor()
    {
        var call = Read("""{"id":"7","inputs":[{"name":"pixels","shape":[1,1,2,2],"datatype":"FP32","data":[[[[1,2],[3,4.5]]]]}]}""");

        Assert.Equal("7", call.Id);
        Assert.Equal([1, 1, 2, 2], call.Inputs[0].Shape);
        Assert.Equal("0000803F000000400000404000009040", Convert.ToHexString(call.Inputs[0].Data.Span));
    }

    [Theory]
    [InlineData("""{"inputs":[],"output":[]}""", "unknown field 'output'; did you mean outputs?")]
    [InlineData("""{"inputs":[],"inputs":[]}""", "the field 'inputs' is given more than once, expected once")]
    [InlineData("""{"inputs":[{"name":"x","datas":[1]}]}""", "unknown field 'datas'; did you mean data?")]
    [InlineData("""{"inputs":[],"outputs":[{"name":"y","parameter":{}}]}""", "unknown field 'parameter'; did you mean parameters?")]
    [InlineData("""{"inputs":[],"model_name":"other"}""", "the body says model_name 'other', expected 'm' as in the address")]
    [InlineData("""{"inputs":[],"\ud800":1}""", "a field's name is not a valid string")]
    public void Read_FieldWithoutEffect_IsRefused(string json, string message) =>
        Assert.Equal(message, Assert.Throws<InferenceException>(() => Read(json)).Message);

    [Fact]
    public void Read_NameOfTheModelAgain_IsAccepted() =>
        Assert.Empty(Read("""{"model_name":"m","model_version":null,"inputs":[]}""").Inputs);

    [Theory]
    [InlineData("UINT8", "[0,255]", "00FF")]
    [InlineData("INT8", "[-1]", "FF")]
    [InlineData("UINT16", "[258]", "0201")]
    [InlineData("INT16", "[-2]", "FEFF")]
    [InlineData("UINT32", "[1]", "01000000")]
    [InlineData("INT32", "[-1]", "FFFFFFFF")]
    [InlineData("UINT64", "[1]", "0100000000000000")]
    [InlineData("INT64", "[-1]", "FFFFFFFFFFFFFFFF")]
    [InlineData("FP64", "[1]", "000000000000F03F")]
    [InlineData("BOOL", "[true,false]", "0100")]
    [InlineData("BYTES", "[\"iVBO\"]", "0300000089504E")]
    [InlineData("BYTES", "[\"no base64!\"]", "0A0000006E6F2062617365363421")]
    public void Read_Data_IsWrittenAsItsType(string datatype, string data, string expected)
    {
        var call = Read($$"""{"inputs":[{"name":"x","shape":[1],"datatype":"{{datatype}}","data":{{data}}}]}""");

        Assert.Equal(expected, Convert.ToHexString(call.Inputs[0].Data.Span));
    }

    [Theory]
    [InlineData("FP32", "[NaN,Inf,-Inf,Infinity,-Infinity]", "0000C07F0000807F000080FF0000807F000080FF")]
    [InlineData("FP32", "[[ NaN ], [1\t,-NaN\n]]", "0000C07F0000803F0000C07F")]
    [InlineData("FP64", "[NaN,-Infinity,2]", "000000000000F87F000000000000F0FF0000000000000040")]
    public void Read_NonFiniteNumbers_AreReadAsTritonReadsThem(string datatype, string data, string expected)
    {
        var call = Read($$"""{"id":"NaN, \"NaN, \\","inputs":[{"name":"-Inf]","shape":[1],"datatype":"{{datatype}}","data":{{data}}}]}""");

        Assert.Equal("NaN, \"NaN, \\", call.Id);
        Assert.Equal("-Inf]", call.Inputs[0].Name);
        Assert.Equal(expected, Convert.ToHexString(call.Inputs[0].Data.Span));
    }

    [Fact]
    public void Read_NonFiniteNumberBeforeABinaryTensor_LeavesItWhereItIs()
    {
        const string json = """
            {"inputs":[{"name":"x","shape":[1],"datatype":"FP32","data":[NaN]},
             {"name":"y","shape":[1],"datatype":"FP32","parameters":{"binary_data_size":4}}]}
            """;

        Assert.Equal("NaN,"u8, Read(json, "NaN,"u8.ToArray(), $"{json.Length}").Inputs[1].Data.Span);
    }

    // RapidJSON with kParseNanAndInfFlag refuses the same.
    [Theory]
    [InlineData("[NaNx]")]
    [InlineData("[NaN1]")]
    [InlineData("[1NaN]")]
    [InlineData("[nan]")]
    [InlineData("[INF]")]
    [InlineData("[Infi]")]
    [InlineData("[Infinite]")]
    [InlineData("[InfinityInf]")]
    [InlineData("[+Inf]")]
    [InlineData("[- Inf]")]
    [InlineData("[--Inf]")]
    [InlineData("[NaN NaN]")]
    [InlineData("[{NaN:1}]")]
    public void Read_WhatIsNearlyANonFiniteNumber_IsRefusedWhereItStands(string data)
    {
        var json = $$"""{"inputs":[{"name":"x","shape":[1],"datatype":"FP32","data":{{data}}}]}""";

        var exception = Assert.Throws<InferenceException>(() => Read(json));

        var expected = Assert.ThrowsAny<JsonException>(() => JsonDocument.Parse(json));
        Assert.Equal($"failed to parse the request JSON buffer: {JsonFault.Of(expected)}", exception.Message);
    }

    [Theory]
    [InlineData("[NaN,1 2]", "expected a comma or a closing bracket", 68)]
    [InlineData("[Infinity,-NaN,]", "a comma before the closing bracket, expected none", 76)]
    [InlineData("[NaN", "the closing bracket matches no open one", 65)]
    public void Read_FaultAfterANonFiniteNumber_IsRefusedWhereItStands(string data, string message, int column)
    {
        var exception = Assert.Throws<InferenceException>(
            () => Read($$"""{"inputs":[{"name":"x","shape":[1],"datatype":"FP32","data":{{data}}}]}"""));

        Assert.Equal($"failed to parse the request JSON buffer: line 1, column {column}: {message}", exception.Message);
    }

    [Fact]
    public void Read_BinaryTensor_IsCutFromTheBody()
    {
        const string json = """
            {"inputs":[{"name":"x","shape":[1],"datatype":"FP32","parameters":{"binary_data_size":4}}],
             "outputs":[{"name":"y","parameters":{"binary_data":true,"classification":2}}]}
            """;
        var call = Read(json, [1, 2, 3, 4], json.Length.ToString());

        Assert.Equal([1, 2, 3, 4], call.Inputs[0].Data.ToArray());
        Assert.Equal(new RequestedOutput("y", 2, true), call.Outputs[0]);
    }

    [Fact]
    public void Read_HeaderOfZero_IsARawBinaryRequest()
    {
        var call = Read("", [1, 2], "0");

        Assert.True(call.RawBinary);
        Assert.True(call.BinaryByDefault);
        Assert.Equal([1, 2], call.Inputs[0].Data.ToArray());
    }

    [Fact]
    public void Read_Parameters_HoldForOutputsThatDoNotSayOtherwise()
    {
        var call = Read("""
            {"inputs":[],"outputs":[{"name":"a"},{"name":"b","parameters":{"binary_data":false}}],
             "parameters":{"binary_data_output":true,"timeout":2000,"own":1}}
            """);

        Assert.Equal([true, false], call.Outputs.Select(output => output.Binary));
        Assert.True(call.BinaryByDefault);
        Assert.Equal(TimeSpan.FromMilliseconds(2), call.Timeout);
    }

    [Theory]
    [InlineData("[]", null, "expected an object")]
    [InlineData("{", null, "failed to parse the request JSON buffer")]
    [InlineData("{}", null, "Unable to parse 'inputs'")]
    [InlineData("""{"inputs":1}""", null, "Unable to parse 'inputs'")]
    [InlineData("""{"inputs":[1]}""", null, "expected an object")]
    [InlineData("""{"inputs":[{"name":1,"datatype":"FP32","shape":[]}]}""", null, "Unable to parse 'name'")]
    [InlineData("""{"inputs":[{"name":"\ud800","datatype":"FP32","shape":[]}]}""", null, "Unable to parse 'name'")]
    [InlineData("""{"inputs":[{"name":"x","datatype":"FP32","shape":[-1],"data":[]}]}""", null, "Unable to parse 'shape'")]
    [InlineData("""{"inputs":[{"name":"x","datatype":"FP32","shape":[1]}]}""", null, "But no field is set")]
    [InlineData(
        """{"inputs":[{"name":"x","datatype":"FP32","shape":[1],"data":[1],"parameters":{"binary_data_size":4}}]}""",
        null,
        "But set 'data' 'binary_data_size'")]
    [InlineData("""{"inputs":[{"name":"x","datatype":"FP32","shape":[1],"data":["a"]}]}""", null, "Unable to parse 'data'")]
    [InlineData("""{"inputs":[{"name":"x","datatype":"FP32","shape":[1],"data":[1e39]}]}""", null, "found 1e39, expected")]
    [InlineData("""{"inputs":[{"name":"x","datatype":"FP64","shape":[1],"data":[1e999]}]}""", null, "found 1e999, expected")]
    [InlineData(
        """{"inputs":[{"name":"x","datatype":"UINT8","shape":[1],"data":[256]}]}""",
        null,
        "found 256, expected a value of type UINT8")]
    [InlineData("""{"id":NaN,"inputs":[]}""", null, "Unable to parse 'id'")]
    [InlineData("""{"inputs":[{"name":-Inf,"datatype":"FP32","shape":[1],"data":[1]}]}""", null, "Unable to parse 'name'")]
    [InlineData("""{"inputs":[{"name":"x","datatype":"BYTES","shape":[1],"data":[Infinity]}]}""", null, "expected a string")]
    [InlineData("""{"inputs":[{"name":"x","datatype":"FP32","shape":[1],"data":["NaN"]}]}""", null, "Unable to parse 'data'")]
    [InlineData("""{"inputs":[{"name":"x","datatype":"FP32","shape":[1],"data":[{}]}]}""", null, "Unable to parse 'data'")]
    [InlineData("""{"inputs":[{"name":"x","datatype":"INT32","shape":[1],"data":[NaN]}]}""", null, "expected a value of type INT32")]
    [InlineData("""{"inputs":[{"name":"x","datatype":"FP32","shape":[NaN],"data":[1]}]}""", null, "Unable to parse 'shape'")]
    [InlineData(
        """{"inputs":[{"name":"x","datatype":"FP16","shape":[1],"data":[1]}]}""",
        null,
        "receiving FP16 data via JSON is not supported")]
    [InlineData("""{"inputs":[{"name":"x","datatype":"FLOAT","shape":[1],"data":[1]}]}""", null, "invalid datatype for input x")]
    [InlineData("""{"inputs":[{"name":"x","datatype":"BYTES","shape":[1],"data":["\ud800"]}]}""", null, "not valid UTF-16")]
    [InlineData(
        """{"inputs":[{"name":"x","datatype":"FP32","shape":[1],"parameters":{"binary_data_size":4}}]}""",
        null,
        "expecting 4 additional bytes")]
    [InlineData("""{"inputs":[]}""", "abc", "Unable to parse Inference-Header-Content-Length, got: abc")]
    [InlineData("""{"inputs":[]}""", "-1", "inference header size should be in range (0, 13), got: -1")]
    [InlineData("""{"inputs":[]}""", "14", "inference header size should be in range (0, 13), got: 14")]
    [InlineData("""{"inputs":[]} """, "13", "unexpected additional input data for model 'm'")]
    [InlineData("""{"inputs":[],"parameters":{"binary_data_output":1}}""", null, "Unable to parse 'binary_data_output'")]
    public void Read_BrokenBody_SaysWhatIsWrong(string json, string? header, string message)
    {
        var exception = Assert.Throws<InferenceException>(() => Read(json, [], header));

        Assert.Equal(InferenceErrorKind.InvalidInput, exception.Kind);
        Assert.Contains(message, exception.Message, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("""{"inputs":[{"name":"@","datatype":"FP16","shape":[1],"data":[1]}]}""")]
    [InlineData("""{"inputs":[{"name":"@","datatype":"@","shape":[1],"data":[1]}]}""")]
    [InlineData("""{"inputs":[{"name":"@","datatype":"FP32","shape":[1],"parameters":{"binary_data_size":4}}]}""")]
    [InlineData("""{"inputs":[{"name":"x","datatype":"FP32","shape":[1],"data":["@"]}]}""")]
    public void Read_LongValue_IsCutInTheMessage(string json)
    {
        var exception = Assert.Throws<InferenceException>(
            () => Read(json.Replace("@", new string('n', 100_000), StringComparison.Ordinal)));

        Assert.InRange(exception.Message.Length, 20, 500);
    }

    [Fact]
    public void Read_NonFiniteNumberOfAnIntegerType_IsNamedInTheMessage() =>
        Assert.Contains("found NaN, expected a value of type UINT8", Assert.Throws<InferenceException>(
            () => Read("""{"inputs":[{"name":"x","datatype":"UINT8","shape":[1],"data":[NaN]}]}""")).Message, StringComparison.Ordinal);

    [Fact]
    public void Read_DeepNesting_IsRefused()
    {
        var nested = new string('[', 1000) + new string(']', 1000);

        Assert.Throws<InferenceException>(
            () => Read($$"""{"inputs":[{"name":"x","datatype":"FP32","shape":[1],"data":{{nested}}}]}"""));
    }

    private static InferenceCall Read(string json, byte[]? binary = null, string? header = null) =>
        RestCallReader.Read(
            "m", "", new byte[][] { Encoding.UTF8.GetBytes(json), binary ?? [] }.SelectMany(part => part).ToArray(), header);
}
