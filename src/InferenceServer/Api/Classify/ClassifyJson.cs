using System.Globalization;
using System.Text.Json;
using Google.Protobuf;
using Google.Protobuf.Reflection;
using LeNetServe.InferenceServer.Errors;
using LeNetServe.Runtime.Errors;
using LeNetServe.V1;

namespace LeNetServe.InferenceServer.Api.Classify;

/// <summary>Reads the JSON of classify requests, as ProtoJSON defines it. Errors name the field; unknown fields are errors.</summary>
internal static class ClassifyJson
{
    private static readonly string[] OneNames = ["model", "version", "image", "topK", "geometry", "coverage"];
    private static readonly string[] BatchNames = ["model", "version", "images", "topK", "geometry", "coverage"];
    private static readonly string[] ExplainNames =
        ["model", "version", "image", "topK", "geometry", "layers", "attribution", "target"];
    private static readonly JsonDocumentOptions Options = new() { MaxDepth = 16 };

    /// <summary>Reads a request with one image.</summary>
    /// <exception cref="InferenceException">The JSON or a field is invalid.</exception>
    public static ClassifyRequest ReadOne(ReadOnlyMemory<byte> json)
    {
        using var document = Parse(json);
        var request = new ClassifyRequest();
        foreach (var (name, value) in Fields(document.RootElement, "", OneNames))
            switch (name)
            {
                case "model": request.Model = Text(value, name); break;
                case "version": request.Version = Integer(value, name, long.MinValue, long.MaxValue); break;
                case "topK": request.TopK = (int)Integer(value, "top_k", int.MinValue, int.MaxValue); break;
                case "geometry": request.Geometry = Choice<Geometry>(value, name); break;
                case "coverage": request.Coverage = Number(value, name); break;
                default: request.Image = ReadImage(value, "image"); break;
            }
        return request;
    }

    /// <summary>Reads a request with many images.</summary>
    /// <param name="json">The JSON.</param>
    /// <param name="maxImages">The largest number of images.</param>
    /// <exception cref="InferenceException">The JSON or a field is invalid.</exception>
    public static ClassifyBatchRequest ReadBatch(ReadOnlyMemory<byte> json, int maxImages)
    {
        using var document = Parse(json);
        var request = new ClassifyBatchRequest();
        foreach (var (name, value) in Fields(document.RootElement, "", BatchNames))
            switch (name)
            {
                case "model": request.Model = Text(value, name); break;
                case "version": request.Version = Integer(value, name, long.MinValue, long.MaxValue); break;
                case "topK": request.TopK = (int)Integer(value, "top_k", int.MinValue, int.MaxValue); break;
                case "geometry": request.Geometry = Choice<Geometry>(value, name); break;
                case "coverage": request.Coverage = Number(value, name); break;
                default: request.Images.Add(ReadImages(value, maxImages)); break;
            }
        return request;
    }

    /// <summary>Reads <c>ExplainRequest</c>.</summary>
    /// <exception cref="InferenceException">The JSON is not a request.</exception>
    public static ExplainRequest ReadExplain(ReadOnlyMemory<byte> json)
    {
        using var document = Parse(json);
        var request = new ExplainRequest();
        foreach (var (name, value) in Fields(document.RootElement, "", ExplainNames))
            switch (name)
            {
                case "model": request.Model = Text(value, name); break;
                case "version": request.Version = Integer(value, name, long.MinValue, long.MaxValue); break;
                case "topK": request.TopK = (int)Integer(value, "top_k", int.MinValue, int.MaxValue); break;
                case "geometry": request.Geometry = Choice<Geometry>(value, name); break;
                case "layers": request.Layers.Add(Items(value, name).Select((item, index) => Text(item, $"{name}[{index}]"))); break;
                case "attribution": request.Attribution = Choice<AttributionMethod>(value, name); break;
                case "target": request.Target = (int)Integer(value, name, int.MinValue, int.MaxValue); break;
                default: request.Image = ReadImage(value, name); break;
            }
        return request;
    }

    private static JsonDocument Parse(ReadOnlyMemory<byte> json)
    {
        try
        {
            return JsonDocument.Parse(json, Options);
        }
        catch (JsonException exception)
        {
            throw Invalid($"the body is not valid JSON: {JsonFault.Of(exception)}", "");
        }
    }

    // A field's JSON null is its default value.
    private static IEnumerable<(string Name, JsonElement Value)> Fields(JsonElement element, string path, string[] names)
    {
        if (element.ValueKind != JsonValueKind.Object)
            throw Invalid($"found a JSON {element.ValueKind}, expected an object", path);
        var seen = new HashSet<string>(names.Length);
        foreach (var property in element.EnumerateObject())
        {
            var name = NameOf(property, path);
            if (!names.Contains(name))
            {
                var nearest = NearestName.Of(Excerpt.Of(name), names) is { } known ? $"; did you mean \"{known}\"?" : "";
                throw Invalid($"unknown field \"{Excerpt.Of(name)}\"{nearest}", path);
            }
            if (!seen.Add(name))
                throw Invalid($"the field \"{name}\" is given more than once, expected once", path);
            if (property.Value.ValueKind != JsonValueKind.Null)
                yield return (name, property.Value);
        }
    }

    private static string NameOf(JsonProperty property, string path)
    {
        try
        {
            return property.Name == "top_k" ? "topK" : property.Name;
        }
        catch (InvalidOperationException)
        {
            throw Invalid("a field's name is not valid UTF-8", path);
        }
    }

    private static Image[] ReadImages(JsonElement value, int maxImages)
    {
        var images = Items(value, "images");
        if (value.GetArrayLength() > maxImages)
            throw Invalid($"{value.GetArrayLength()} images, expected at most {maxImages} (Limits:MaxBatch)", "images");
        return [.. images.Select((image, index) => ReadImage(image, $"images[{index}]"))];
    }

    private static Image ReadImage(JsonElement value, string path)
    {
        var image = new Image();
        foreach (var (name, bytes) in Fields(value, path, ["pixels", "encoded"]))
        {
            if (image.SourceCase != Image.SourceOneofCase.None)
                throw Invalid("found pixels and encoded, expected one of them", path);
            var content = UnsafeByteOperations.UnsafeWrap(Bytes(bytes, $"{path}.{name}"));
            if (name == "pixels")
                image.Pixels = content;
            else
                image.Encoded = content;
        }
        return image;
    }

    private static byte[] Bytes(JsonElement value, string path)
    {
        try
        {
            if (value.ValueKind == JsonValueKind.String && Base64Text.Decode(value) is { } bytes)
                return bytes;
        }
        catch (InvalidOperationException)
        {
            // Half of a surrogate pair is not base64.
        }
        throw Invalid($"{path} is not base64", path);
    }

    private static JsonElement.ArrayEnumerator Items(JsonElement value, string path) =>
        value.ValueKind == JsonValueKind.Array
            ? value.EnumerateArray()
            : throw Invalid($"found a JSON {value.ValueKind}, expected an array", path);

    /// <summary>Reads an enumeration by its name in the protocol, or its number.</summary>
    private static T Choice<T>(JsonElement value, string path)
        where T : struct, Enum
    {
        if (value.ValueKind == JsonValueKind.Number)
            return (T)(object)(int)Integer(value, path, int.MinValue, int.MaxValue);
        var text = Text(value, path);
        var type = ClassifierReflection.Descriptor.FindTypeByName<EnumDescriptor>(typeof(T).Name);
        return type.FindValueByName(text) is { } found
            ? (T)(object)found.Number
            : throw Invalid(
                $"{path} is \"{Excerpt.Of(text)}\", expected {string.Join(", ", type.Values.Select(value => value.Name))}", path);
    }

    // ProtoJSON accepts numbers, also 1.0 and 1e3, and numbers as text.
    private static long Integer(JsonElement value, string path, long min, long max)
    {
        var text = value.ValueKind switch
        {
            JsonValueKind.Number => value.GetRawText(),
            JsonValueKind.String => Text(value, path),
            _ => "",
        };
        if (decimal.TryParse(text, NumberStyles.Float, CultureInfo.InvariantCulture, out var number)
            && number == decimal.Truncate(number) && number >= min && number <= max)
            return (long)number;
        throw Invalid($"{path} is {Excerpt.Of(value.GetRawText())}, expected a whole number in {min}..{max}", path);
    }

    private static double Number(JsonElement value, string path)
    {
        var text = value.ValueKind == JsonValueKind.String ? Text(value, path) : value.GetRawText();
        return double.TryParse(text, NumberStyles.Float, CultureInfo.InvariantCulture, out var number)
            ? number
            : throw Invalid($"{path} is {Excerpt.Of(value.GetRawText())}, expected a number", path);
    }

    private static string Text(JsonElement value, string path)
    {
        try
        {
            return value.ValueKind == JsonValueKind.String ? value.GetString()! : throw new InvalidOperationException();
        }
        catch (InvalidOperationException exception)
        {
            throw new InferenceException(InferenceErrorKind.InvalidInput, $"{path} is not a valid string", exception) { Field = path };
        }
    }

    private static InferenceException Invalid(string message, string field) =>
        new(InferenceErrorKind.InvalidInput, message) { Field = field };
}
