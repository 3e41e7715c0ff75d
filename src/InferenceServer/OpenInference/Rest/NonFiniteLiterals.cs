using System.Buffers;

namespace LeNetServe.InferenceServer.OpenInference.Rest;

/// <summary>NaN, Inf and Infinity, with or without a minus: numbers in the JSON that Triton reads and its clients write, unknown to JSON itself.</summary>
internal static class NonFiniteLiterals
{
    private static readonly SearchValues<byte> Starts = SearchValues.Create("\"-NI"u8);

    /// <summary>A copy in which these numbers are strings, and nothing else is changed; null: there are none.</summary>
    public static ReadOnlyMemory<byte>? Quote(ReadOnlySpan<byte> json)
    {
        var copy = new ArrayBufferWriter<byte>(json.Length + 64);
        var found = false;
        for (int start; (start = json.IndexOfAny(Starts)) >= 0;)
        {
            copy.Write(json[..start]);
            json = json[start..];
            var literal = LiteralLength(json);
            var length = literal > 0 ? literal : json[0] == '"' ? StringLength(json) : 1;
            copy.Write(literal > 0 ? [(byte)'"', .. json[..length], (byte)'"'] : json[..length]);
            found |= literal > 0;
            json = json[length..];
        }
        copy.Write(json);
        return found ? copy.WrittenMemory : default(ReadOnlyMemory<byte>?);
    }

    /// <summary>The number that such a word means; null: it is another word.</summary>
    public static double? Parse(string? word) => word switch
    {
        "NaN" or "-NaN" => double.NaN,
        "Inf" or "Infinity" => double.PositiveInfinity,
        "-Inf" or "-Infinity" => double.NegativeInfinity,
        _ => null,
    };

    private static int StringLength(ReadOnlySpan<byte> json)
    {
        for (var i = 1; i < json.Length; i++)
            if (json[i] == '\\')
                i++;
            else if (json[i] == '"')
                return i + 1;
        return json.Length;
    }

    // What ends a value must follow: neither the start of another word nor the name of a property is a number.
    private static int LiteralLength(ReadOnlySpan<byte> json)
    {
        var sign = json[0] == '-' ? 1 : 0;
        var word = json[sign..];
        var length = word.StartsWith("NaN"u8) ? 3 : word.StartsWith("Infinity"u8) ? 8 : word.StartsWith("Inf"u8) ? 3 : 0;
        return length > 0 && word[length..].TrimStart(" \t\r\n"u8) is [(byte)',' or (byte)']' or (byte)'}', ..] ? sign + length : 0;
    }
}
