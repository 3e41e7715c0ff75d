using System.Collections;
using System.Globalization;
using System.Text.Json;
using Google.Protobuf;
using Google.Protobuf.Reflection;
using LeNetServe.InferenceServer.Errors;
using LeNetServe.Runtime.Errors;

namespace LeNetServe.InferenceServer.Api.Classify;

/// <summary>Reads the JSON of requests, as ProtoJSON defines it. Errors name the field; unknown fields are errors.</summary>
internal static class ClassifyJson
{
    private static readonly JsonDocumentOptions Options = new() { MaxDepth = 16 };

    /// <summary>Reads a request.</summary>
    /// <param name="json">The JSON.</param>
    /// <param name="maxImages">The largest number of images.</param>
    /// <exception cref="InferenceException">The JSON or a field is invalid.</exception>
    public static T Read<T>(ReadOnlyMemory<byte> json, int maxImages = int.MaxValue)
        where T : IMessage, new()
    {
        using var document = Parse(json);
        var request = new T();
        Read(request, document.RootElement, "", maxImages);
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
            throw InferenceException.InvalidInput($"the body is not valid JSON: {JsonFault.Of(exception)}", "");
        }
    }

    private static void Read(IMessage message, JsonElement json, string path, int maxImages)
    {
        if (json.ValueKind != JsonValueKind.Object)
            throw InferenceException.InvalidInput($"found a JSON {json.ValueKind}, expected an object", path);
        var seen = new HashSet<FieldDescriptor>();
        foreach (var property in json.EnumerateObject())
        {
            var field = FieldOf(message, NameOf(property, path), path);
            if (!seen.Add(field))
                throw InferenceException.InvalidInput($"the field \"{field.JsonName}\" is given more than once, expected once", path);
            // A field's JSON null is its default value.
            if (property.Value.ValueKind == JsonValueKind.Null)
                continue;
            if (field.RealContainingOneof is { } choice && choice.Accessor.GetCaseFieldDescriptor(message) is not null)
                throw InferenceException.InvalidInput(
                    $"found {string.Join(" and ", choice.Fields.Select(one => one.Name))}, expected one of them", path);
            var place = path == "" ? field.Name : $"{path}.{field.Name}";
            if (field.IsRepeated)
                ReadItems((IList)field.Accessor.GetValue(message), field, property.Value, place, maxImages);
            else
                field.Accessor.SetValue(message, Value(field, property.Value, place, maxImages));
        }
    }

    private static string NameOf(JsonProperty property, string path)
    {
        try
        {
            return property.Name;
        }
        catch (InvalidOperationException)
        {
            throw InferenceException.InvalidInput("a field's name is not valid UTF-8", path);
        }
    }

    private static FieldDescriptor FieldOf(IMessage message, string name, string path)
    {
        var fields = message.Descriptor.Fields.InDeclarationOrder();
        if (fields.FirstOrDefault(field => field.JsonName == name || field.Name == name) is { } found)
            return found;
        var nearest = NearestName.Of(Excerpt.Of(name), fields.Select(field => field.JsonName));
        var hint = nearest is null ? "" : $"; did you mean \"{nearest}\"?";
        throw InferenceException.InvalidInput($"unknown field \"{Excerpt.Of(name)}\"{hint}", path);
    }

    private static void ReadItems(IList target, FieldDescriptor field, JsonElement json, string path, int maxImages)
    {
        if (json.ValueKind != JsonValueKind.Array)
            throw InferenceException.InvalidInput($"found a JSON {json.ValueKind}, expected an array", path);
        if (field.FieldType == FieldType.Message && json.GetArrayLength() > maxImages)
            throw InferenceException.InvalidInput($"{json.GetArrayLength()} images, expected at most {maxImages} (Limits:MaxBatch)", path);
        foreach (var item in json.EnumerateArray())
            target.Add(Value(field, item, $"{path}[{target.Count}]", maxImages));
    }

    private static object Value(FieldDescriptor field, JsonElement json, string path, int maxImages)
    {
        switch (field.FieldType)
        {
            case FieldType.String: return Text(json, path);
            case FieldType.Bytes: return UnsafeByteOperations.UnsafeWrap(Bytes(json, path));
            case FieldType.Int32: return (int)Integer(json, path, int.MinValue, int.MaxValue);
            case FieldType.Int64: return Integer(json, path, long.MinValue, long.MaxValue);
            case FieldType.Double: return Number(json, path);
            case FieldType.Enum: return Choice(field.EnumType, json, path);
            default:
                var message = field.MessageType.Parser.ParseFrom(ByteString.Empty);
                Read(message, json, path, maxImages);
                return message;
        }
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
        throw InferenceException.InvalidInput($"{path} is not base64", path);
    }

    /// <summary>Reads an enumeration by its name in the protocol, or its number.</summary>
    private static int Choice(EnumDescriptor type, JsonElement value, string path)
    {
        if (value.ValueKind == JsonValueKind.Number)
            return (int)Integer(value, path, int.MinValue, int.MaxValue);
        var text = Text(value, path);
        return type.FindValueByName(text)?.Number ?? throw InferenceException.InvalidInput(
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
        throw InferenceException.InvalidInput($"{path} is {Excerpt.Of(value.GetRawText())}, expected a whole number in {min}..{max}", path);
    }

    private static double Number(JsonElement value, string path)
    {
        var text = value.ValueKind == JsonValueKind.String ? Text(value, path) : value.GetRawText();
        return double.TryParse(text, NumberStyles.Float, CultureInfo.InvariantCulture, out var number)
            ? number
            : throw InferenceException.InvalidInput($"{path} is {Excerpt.Of(value.GetRawText())}, expected a number", path);
    }

    private static string Text(JsonElement value, string path)
    {
        try
        {
            return value.ValueKind == JsonValueKind.String ? value.GetString()! : throw new InvalidOperationException();
        }
        catch (InvalidOperationException exception)
        {
            throw InferenceException.InvalidInput($"{path} is not a valid string", path, exception);
        }
    }
}
