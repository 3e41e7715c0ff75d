using System.Buffers;

namespace LeNetServe.InferenceServer.Api.OpenInference.Rest;

/// <summary>
/// Replaces NaN, Inf and Infinity, with or without a minus. Triton reads these numbers and its clients write them, but JSON does not have
/// them. The replacement is an object of the same length with white space only: a carriage return for NaN, a tab for infinity, two tabs for
/// minus infinity. Nothing else reads such an object as a value, and nobody writes it by chance.
/// </summary>
internal static class NonFiniteLiterals
{
    // Positive, as in RapidJSON and numpy; the NaN of C# is negative.
    private static readonly double NaN = BitConverter.UInt64BitsToDouble(0x7FF8_0000_0000_0000);
    private static readonly SearchValues<byte> Starts = SearchValues.Create("\"-NI"u8);

    private static ReadOnlySpan<byte> WhiteSpace => " \t\r\n"u8;

    /// <summary>Copies the JSON and replaces these numbers; null if there are none. Nothing else changes or moves.</summary>
    public static byte[]? Replace(ReadOnlySpan<byte> json)
    {
        byte[]? copy = null;
        var at = 0;
        while (json[at..].IndexOfAny(Starts) is >= 0 and var step)
        {
            at += step;
            if (IsValueStart(json[..at]) && LiteralLength(json[at..], out var standIn) is > 0 and var length)
            {
                copy ??= json.ToArray();
                copy.AsSpan(at, length).Fill((byte)' ');
                standIn.CopyTo(copy.AsSpan(at));
                at += length;
                continue;
            }
            at += json[at] == '"' ? StringLength(json[at..]) : 1;
        }
        return copy;
    }

    /// <summary>Gets the number of a replacement from its raw text; null for any other object.</summary>
    public static double? Parse(string objectText) => objectText switch
    {
        "{\r}" => NaN,
        "{\t}" => double.PositiveInfinity,
        "{\t\t}" => double.NegativeInfinity,
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

    private static bool IsValueStart(ReadOnlySpan<byte> before) => before.TrimEnd(WhiteSpace) is [.., (byte)'[' or (byte)',' or (byte)':'];

    // The end of a value must follow. The start of another word and the name of a property are not numbers.
    private static int LiteralLength(ReadOnlySpan<byte> json, out ReadOnlySpan<byte> standIn)
    {
        var sign = json[0] == '-' ? 1 : 0;
        var word = json[sign..];
        var length = word.StartsWith("NaN"u8) ? 3 : word.StartsWith("Infinity"u8) ? 8 : word.StartsWith("Inf"u8) ? 3 : 0;
        standIn = word.StartsWith("NaN"u8) ? "{\r}"u8 : sign == 0 ? "{\t}"u8 : "{\t\t}"u8;
        return length > 0 && word[length..].TrimStart(WhiteSpace) is [(byte)',' or (byte)']' or (byte)'}', ..] ? sign + length : 0;
    }
}
