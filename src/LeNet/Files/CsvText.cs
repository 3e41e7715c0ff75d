using System.Buffers;

namespace LeNetServe.Files;

/// <summary>A field of a CSV record, by RFC 4180.</summary>
public static class CsvText
{
    private static readonly SearchValues<char> Special = SearchValues.Create(",\"\r\n");

    /// <summary>Gets the field, in quotes if it contains a comma, a quote, a line feed or a carriage return.</summary>
    /// <param name="field">The text.</param>
    /// <param name="safe">
    /// An apostrophe is put before a text that a spreadsheet would run as a formula: one that begins with =, +, -, @, a tab or a carriage
    /// return.
    /// </param>
    public static string Of(string field, bool safe = false)
    {
        if (safe && field is ['=' or '+' or '-' or '@' or '\t' or '\r', ..])
            field = "'" + field;
        return field.AsSpan().ContainsAny(Special) ? $"\"{field.Replace("\"", "\"\"", StringComparison.Ordinal)}\"" : field;
    }
}
