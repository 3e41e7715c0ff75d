using System.Text;
using System.Text.Unicode;

namespace LeNetServe.BatchScorer.Inputs;

/// <summary>
/// Decodes the names in a zip that do not say that they are UTF-8. Macs write UTF-8 all the same, and Windows writes its own code page, of
/// which 437 is the format's (APPNOTE 6.3.10, appendix D).
/// </summary>
internal sealed class ZipNames : Encoding
{
    private static readonly Encoding Oem = CodePagesEncodingProvider.Instance.GetEncoding(437)!;

    public override string GetString(byte[] bytes, int index, int count) => Of(bytes.AsSpan(index, count)).GetString(bytes, index, count);

    public override int GetCharCount(byte[] bytes, int index, int count) =>
        Of(bytes.AsSpan(index, count)).GetCharCount(bytes, index, count);

    public override int GetChars(byte[] bytes, int byteIndex, int byteCount, char[] chars, int charIndex) =>
        Of(bytes.AsSpan(byteIndex, byteCount)).GetChars(bytes, byteIndex, byteCount, chars, charIndex);

    public override int GetMaxCharCount(int byteCount) => UTF8.GetMaxCharCount(byteCount);

    public override int GetByteCount(char[] chars, int index, int count) => UTF8.GetByteCount(chars, index, count);

    public override int GetBytes(char[] chars, int charIndex, int charCount, byte[] bytes, int byteIndex) =>
        UTF8.GetBytes(chars, charIndex, charCount, bytes, byteIndex);

    public override int GetMaxByteCount(int charCount) => UTF8.GetMaxByteCount(charCount);

    private static Encoding Of(ReadOnlySpan<byte> name) => Utf8.IsValid(name) ? UTF8 : Oem;
}
