using System.Text;
using CsCheck;
using LeNetServe.BatchScorer.Inputs;

namespace LeNetServe.BatchScorer.Tests.Inputs;

public sealed class FilePathTests
{
    private static readonly byte[] Tricky = [.. @"\xe9"u8, 0xe9, 0xc3, 0xa9];

    [Theory]
    [InlineData("plain/ä 漢字 😀.png", "plain/ä 漢字 😀.png")]
    [InlineData(@"back\slash", @"back\slash")]
    [InlineData(@"looks\xe9", @"looks\\xe9")]
    public void ToText_ValidUtf8_IsReadable(string path, string expected) =>
        Assert.Equal(expected, FilePath.ToText(Encoding.UTF8.GetBytes(path)));

    [Fact]
    public void ToText_InvalidUtf8_NamesTheBytes() =>
        Assert.Equal(@"caf\xe9 \\ é.png", FilePath.ToText([.. "caf"u8, 0xe9, .. @" \ é.png"u8]));

    [Fact]
    public void ToBytes_OfAnyText_GivesTheBytesBack() => Gen.OneOf(
        Gen.Byte.Array[0, 40],
        Gen.Int[0, Tricky.Length - 1].Select(i => Tricky[i]).Array[0, 12]).Sample(
        bytes => FilePath.ToBytes(FilePath.ToText(bytes)).AsSpan().SequenceEqual(bytes));
}
