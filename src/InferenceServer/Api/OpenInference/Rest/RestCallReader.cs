using System.Buffers;
using System.Globalization;
using System.Text.Json;
using LeNetServe.InferenceServer.Api.OpenInference.Grpc;
using LeNetServe.InferenceServer.Api.OpenInference.Tensors;
using LeNetServe.InferenceServer.Errors;
using LeNetServe.Runtime.Errors;

namespace LeNetServe.InferenceServer.Api.OpenInference.Rest;

/// <summary>Reads the body of <c>POST …/infer</c>: JSON, JSON followed by binary tensors, or one binary tensor alone.</summary>
internal static class RestCallReader
{
    /// <summary>The header of the binary tensor extension: the number of bytes of JSON before the binary tensors.</summary>
    public const string HeaderLength = "Inference-Header-Content-Length";

    private const string ModelName = "model_name";
    private const string ModelVersion = "model_version";

    private static readonly JsonDocumentOptions Options = new() { MaxDepth = 32 };

    /// <summary>Reads the call.</summary>
    /// <param name="model">Model name from the path.</param>
    /// <param name="version">Version from the path; empty if the server selects it.</param>
    /// <param name="body">The body. Binary tensors are not copied.</param>
    /// <param name="headerLength">
    /// The header Inference-Header-Content-Length: null if the body is JSON, 0 if the body is one tensor's data.
    /// </param>
    /// <exception cref="InferenceException">The body breaks the protocol's rules.</exception>
    public static InferenceCall Read(string model, string version, ReadOnlyMemory<byte> body, string? headerLength)
    {
        var jsonLength = headerLength is null ? body.Length : ParseLength(headerLength, body.Length);
        if (headerLength is not null && jsonLength == 0)
            return new() { Model = model, Version = version, Inputs = [new("", "", [], body)], RawBinary = true, BinaryByDefault = true };
        using var document = Parse(RequestBody.WithoutMark(body[..jsonLength]));
        return Read(model, version, document.RootElement, body[jsonLength..]);
    }

    private static JsonDocument Parse(ReadOnlyMemory<byte> json)
    {
        try
        {
            return JsonDocument.Parse(json, Options);
        }
        catch (JsonException exception)
        {
            return ParseNonFinite(json.Span) ?? throw Unreadable(exception);
        }
    }

    private static JsonDocument? ParseNonFinite(ReadOnlySpan<byte> json)
    {
        try
        {
            return NonFiniteLiterals.Replace(json) is { } replaced ? JsonDocument.Parse(replaced, Options) : null;
        }
        catch (JsonException exception)
        {
            throw Unreadable(exception);
        }
    }

    private static InferenceException Unreadable(JsonException exception) =>
        OpenInferenceErrors.Invalid($"failed to parse the request JSON buffer: {JsonFault.Of(exception)}");

    private static InferenceCall Read(string model, string version, JsonElement root, ReadOnlyMemory<byte> binary)
    {
        KnownFields.Require(root, "id", ModelName, ModelVersion, "parameters", "inputs", "outputs");
        RequireSame(root, ModelName, model);
        RequireSame(root, ModelVersion, version);
        var hasParameters = root.TryGetProperty("parameters", out var parameters);
        var binaryByDefault = hasParameters && Flag(parameters, "binary_data_output");
        TimeSpan? timeout = hasParameters && parameters.TryGetProperty("timeout", out var value)
            ? CallParameters.ToTimeout(Unsigned(value, "timeout"))
            : null;
        var call = new InferenceCall
        {
            Model = model,
            Version = version,
            Id = root.TryGetProperty("id", out var id) ? Text(id, "id") : "",
            Inputs = ReadInputs(model, root, ref binary),
            // Enumerated, because an index into a JSON array counts from its start: quadratic in the number of outputs.
            Outputs = root.TryGetProperty("outputs", out var outputs)
                ? [.. Array(outputs, "outputs").Select(output => ReadOutput(output, binaryByDefault))]
                : [],
            BinaryByDefault = binaryByDefault,
            Timeout = timeout,
        };
        return binary.Length == 0
            ? call
            : throw OpenInferenceErrors.Invalid($"unexpected additional input data for model '{Excerpt.Of(model)}': {binary.Length} bytes");
    }

    // KServe's clients repeat the name of the model in the body.
    private static void RequireSame(JsonElement root, string name, string address)
    {
        if (root.TryGetProperty(name, out var value) && value.ValueKind != JsonValueKind.Null
            && Text(value, name) is { Length: > 0 } found && found != address)
            throw OpenInferenceErrors.Invalid(
                $"the body says {name} '{Excerpt.Of(found)}', expected '{Excerpt.Of(address)}' as in the address");
    }

    private static List<RawTensor> ReadInputs(string model, JsonElement root, ref ReadOnlyMemory<byte> binary)
    {
        var tensors = new List<RawTensor>();
        foreach (var input in Array(Required(root, "inputs"), "inputs"))
        {
            KnownFields.Require(input, "name", "datatype", "shape", "parameters", "data");
            var name = Text(Required(input, "name"), "name");
            var datatype = Text(Required(input, "datatype"), "datatype");
            var shape = Array(Required(input, "shape"), "shape").Select(
                dimension => (long)Math.Min(Unsigned(dimension, "shape"), long.MaxValue)).ToArray();
            var hasData = input.TryGetProperty("data", out var data);
            var size = default(JsonElement);
            var hasBinary = input.TryGetProperty("parameters", out var parameters)
                && Object(parameters).TryGetProperty("binary_data_size", out size);
            if (HasParameter(input, "shared_memory_region"))
                throw OpenInferenceErrors.Unsupported("shared memory");
            if (hasData == hasBinary)
                throw OpenInferenceErrors.Invalid(
                    "Input must set only one of the following fields: 'data', 'binary_data_size' in 'parameters'. But " +
                        (hasData ? "set 'data' 'binary_data_size'" : "no field is set"));
            tensors.Add(new(name, datatype, shape, hasData
                ? ReadData(name, datatype, data)
                : Cut(model, name, Unsigned(size, "binary_data_size"), ref binary)));
        }
        return tensors;
    }

    private static ReadOnlyMemory<byte> Cut(string model, string name, ulong size, ref ReadOnlyMemory<byte> binary)
    {
        if (size > (ulong)binary.Length)
            throw OpenInferenceErrors.Invalid(
                $"unexpected size for input '{Excerpt.Of(name)}', expecting {size - (ulong)binary.Length} additional bytes "
                + $"for model '{Excerpt.Of(model)}'");
        var data = binary[..(int)size];
        binary = binary[(int)size..];
        return data;
    }

    private static ReadOnlyMemory<byte> ReadData(string name, string datatype, JsonElement data)
    {
        var type = TensorDatatypes.Parse(datatype);
        if (type is TensorDatatype.Fp16 or TensorDatatype.Bf16)
            throw OpenInferenceErrors.Invalid(
                $"receiving {datatype} data via JSON is not supported. Please use the binary data format for input {Excerpt.Of(name)}");
        if (type == TensorDatatype.Invalid)
            throw OpenInferenceErrors.Invalid($"invalid datatype for input {Excerpt.Of(name)}: '{Excerpt.Of(datatype)}'");
        var buffer = new ArrayBufferWriter<byte>();
        foreach (var element in Array(data, "data"))
            JsonTensor.Append(buffer, element, type);
        return buffer.WrittenMemory;
    }

    private static RequestedOutput ReadOutput(JsonElement output, bool binaryByDefault)
    {
        KnownFields.Require(output, "name", "parameters");
        if (HasParameter(output, "shared_memory_region"))
            throw OpenInferenceErrors.Unsupported("shared memory");
        var name = Text(Required(output, "name"), "name");
        if (!output.TryGetProperty("parameters", out var parameters))
            return new(name, 0, binaryByDefault);
        var classes = Object(parameters).TryGetProperty("classification", out var k) ? Unsigned(k, "classification") : 0;
        var binary = parameters.TryGetProperty("binary_data", out _) ? Flag(parameters, "binary_data") : binaryByDefault;
        return new(name, (int)Math.Min(classes, int.MaxValue), binary);
    }

    private static int ParseLength(string header, int contentLength)
    {
        if (!int.TryParse(header, NumberStyles.AllowLeadingSign, CultureInfo.InvariantCulture, out var length))
            throw OpenInferenceErrors.Invalid($"Unable to parse {HeaderLength}, got: {Excerpt.Of(header)}");
        return length >= 0 && length <= contentLength
            ? length
            : throw OpenInferenceErrors.Invalid(
                $"inference header size should be in range (0, {contentLength}), got: {Excerpt.Of(header)}");
    }

    private static JsonElement Required(JsonElement element, string name) =>
        Object(element).TryGetProperty(name, out var value)
            ? value
            : throw OpenInferenceErrors.Invalid($"Unable to parse '{name}': it is missing");

    private static JsonElement Object(JsonElement element) =>
        element.ValueKind == JsonValueKind.Object
            ? element
            : throw OpenInferenceErrors.Invalid($"found a JSON {element.ValueKind}, expected an object");

    private static JsonElement.ArrayEnumerator Array(JsonElement element, string name) =>
        element.ValueKind == JsonValueKind.Array
            ? element.EnumerateArray()
            : throw OpenInferenceErrors.Invalid($"Unable to parse '{name}': it is a {element.ValueKind}, expected an array");

    private static string Text(JsonElement element, string name)
    {
        try
        {
            return element.GetString() ?? throw new InvalidOperationException();
        }
        catch (InvalidOperationException)
        {
            throw OpenInferenceErrors.Invalid($"Unable to parse '{name}': it is not a valid string");
        }
    }

    private static ulong Unsigned(JsonElement element, string name) =>
        element.ValueKind == JsonValueKind.Number && element.TryGetUInt64(out var value)
            ? value
            : throw OpenInferenceErrors.Invalid($"Unable to parse '{name}': expected an unsigned integer, got a {element.ValueKind}");

    private static bool Flag(JsonElement parameters, string name) =>
        Object(parameters).TryGetProperty(name, out var value) && value.ValueKind switch
        {
            JsonValueKind.True => true,
            JsonValueKind.False => false,
            _ => throw OpenInferenceErrors.Invalid($"Unable to parse '{name}': expected a boolean, got a {value.ValueKind}"),
        };

    private static bool HasParameter(JsonElement element, string name) =>
        Object(element).TryGetProperty("parameters", out var parameters) && Object(parameters).TryGetProperty(name, out _);
}
