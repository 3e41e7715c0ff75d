using System.Text;

namespace LeNetServe.BatchScorer.Inputs;

/// <summary>
/// Converts between a file's path in bytes, as the file system knows it, and its text in rows and messages. Text and bytes are one to one.
/// If the bytes are not UTF-8, or contain <c>\x</c>, each wrong byte becomes <c>\xNN</c> and each backslash two; other paths stay as they
/// are.
/// </summary>
internal static class FilePath
{
    private static readonly UTF8Encoding Strict = new(encoderShouldEmitUTF8Identifier: false, throwOnInvalidBytes: true);

    /// <summary>Gets the path's bytes with the terminating zero that the C library needs.</summary>
    public static byte[] Terminated(ReadOnlySpan<byte> path) => [.. path, 0];

    /// <summary>Gets a path from a directory; an absolute path stays as it is.</summary>
    public static byte[] Under(byte[] directory, byte[] path) =>
        path is [(byte)'/', ..] || !Libc.IsUsable ? path : [.. directory, (byte)'/', .. path];

    public static string ToText(ReadOnlySpan<byte> path) =>
        System.Text.Unicode.Utf8.IsValid(path) && path.IndexOf("\\x"u8) < 0 ? Encoding.UTF8.GetString(path) : Escape(path);

    /// <summary>The bytes of a path's text.</summary>
    public static byte[] ToBytes(string text)
    {
        if (!text.Contains("\\x", StringComparison.Ordinal))
            return Strict.GetBytes(text);
        var bytes = new List<byte>();
        for (var i = 0; i < text.Length; i++)
        {
            if (text[i] == '\\' && i + 1 < text.Length && text[i + 1] == '\\')
            {
                bytes.Add((byte)'\\');
                i++;
            }
            else if (
                text[i] == '\\' && i + 3 < text.Length && text[i + 1] == 'x'
                    && byte.TryParse(text.AsSpan(i + 2, 2), System.Globalization.NumberStyles.AllowHexSpecifier, null, out var value))
            {
                bytes.Add(value);
                i += 3;
            }
            else
            {
                var length = char.IsHighSurrogate(text[i]) && i + 1 < text.Length ? 2 : 1;
                bytes.AddRange(Strict.GetBytes(text, i, length));
                i += length - 1;
            }
        }
        return [.. bytes];
    }

    private static string Escape(ReadOnlySpan<byte> path)
    {
        var text = new StringBuilder();
        while (!path.IsEmpty)
        {
            var status = Rune.DecodeFromUtf8(path, out var rune, out var length);
            if (status != System.Buffers.OperationStatus.Done)
            {
                foreach (var value in path[..length])
                    text.Append($"\\x{value:x2}");
            }
            else
            {
                text.Append(rune.Value == '\\' ? @"\\" : rune.ToString());
            }
            path = path[length..];
        }
        return text.ToString();
    }
}
