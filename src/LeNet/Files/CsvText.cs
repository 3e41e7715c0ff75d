using System.Buffers;
using System.Text.RegularExpressions;

namespace LeNetServe.Files;

/// <summary>A field of a CSV record, by RFC 4180.</summary>
public static partial class CsvText
{
    private static readonly SearchValues<char> Special = SearchValues.Create(",\"\r\n");

    /// <summary>Gets the field, in quotes if it contains a comma, a quote, a line feed or a carriage return.</summary>
    /// <param name="field">The text.</param>
    /// <param name="safe">
    /// An apostrophe is put before a text that a spreadsheet would run as a formula: one that begins with =, +, - or @, also as full-width
    /// signs or behind spaces and quotes, or with a tab or a line break. The same is done behind a semicolon, a tab or a line break, at
    /// which a spreadsheet may cut the text.
    /// </param>
    public static string Of(string field, bool safe = false)
    {
        if (safe)
            field = Formulas().Replace(field, "'");
        return field.AsSpan().ContainsAny(Special) ? $"\"{field.Replace("\"", "\"\"", StringComparison.Ordinal)}\"" : field;
    }

    [GeneratedRegex(@"^(?=[\t\r\n])|(?<=^|[;\t\r\n])(?=[\p{Z}\p{Cf}""]*[=+\-@\uFF1D\uFF0B\uFF0D\uFF20])", RegexOptions.CultureInvariant)]
    private static partial Regex Formulas();
}
