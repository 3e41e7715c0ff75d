using System.Buffers;

namespace LeNetServe.InferenceServer.Api.OpenInference.Rest;

/// <summary>
/// NaN, Inf and Infinity, with or without a minus: numbers in the JSON that Triton reads and its clients write, unknown to JSON itself. In their place stands an
/// object of the same length that is empty but for white space, which nothing else reads as a value and nobody writes by chance: a carriage return for NaN, a tab
/// for infinity, two tabs for minus infinity.
/// </summary>
internal static class NonFiniteLiterals
{
    // Positive, as RapidJSON's and numpy's; C#'s own is negative.
    private static readonly double NaN = BitConverter.UInt64BitsToDouble(0x7FF8_0000_0000_0000);
    private static readonly SearchValues<byte> Starts = SearchValues.Create("\"-NI"u8);

    private static ReadOnlySpan<byte> WhiteSpace => " \t\r\n"u8;

    /// <summary>A copy in which objects stand for these numbers, and nothing else is changed or moved; null: there are none.</summary>
    public static byte[]? Replace(ReadOnlySpan<byte> json)
    {
        byte[]? copy = null;
        for (int at = 0, step; (step = json[at..].IndexOfAny(Starts)) >= 0;)
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

    /// <summary>The number that an object stands for, by its raw text; null: it is another object.</summary>
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

    // What ends a value must follow: neither the start of another word nor the name of a property is a number.
    private static int LiteralLength(ReadOnlySpan<byte> json, out ReadOnlySpan<byte> standIn)
    {
        var sign = json[0] == '-' ? 1 : 0;
        var word = json[sign..];
        var length = word.StartsWith("NaN"u8) ? 3 : word.StartsWith("Infinity"u8) ? 8 : word.StartsWith("Inf"u8) ? 3 : 0;
        standIn = word.StartsWith("NaN"u8) ? "{\r}"u8 : sign == 0 ? "{\t}"u8 : "{\t\t}"u8;
        return length > 0 && word[length..].TrimStart(WhiteSpace) is [(byte)',' or (byte)']' or (byte)'}', ..] ? sign + length : 0;
    }
}
