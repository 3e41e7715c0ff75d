using System.Text;
using LeNetServe.BatchScorer.Inputs;

namespace LeNetServe.BatchScorer.Tests.Inputs;

public sealed class PathListTests
{
    public static TheoryData<string> Encodings => ["utf-8", "utf-16", "utf-16BE"];

    [Theory]
    [MemberData(nameof(Encodings))]
    public void Read_ByteOrderMark_IsNoPartOfThePath(string name)
    {
        var encoding = Encoding.GetEncoding(name);
        byte[] list = [.. encoding.GetPreamble(), .. encoding.GetBytes("/a/1.png\r\n/ü/2.png\r\n\r\n/b/3.png")];

        Assert.Equal(["/a/1.png", "/ü/2.png", "/b/3.png"], Read(list, nullSeparated: false));
    }

    [Fact]
    public void Read_WithoutAMark_IsBytes() => Assert.Equal(["a", "b"], Read("a\nb\n"u8.ToArray(), nullSeparated: false));

    [Fact]
    public void Read_ZeroSeparated_KeepsLineEnds() => Assert.Equal(["a\r\n", "b"], Read("a\r\n\0b"u8.ToArray(), nullSeparated: true));

    [Theory]
    [InlineData("")]
    [InlineData("\uFEFF")]
    [InlineData("\n\n")]
    public void Read_NoPath_IsEmpty(string text) => Assert.Empty(Read(Encoding.UTF8.GetBytes(text), nullSeparated: false));

    [Fact]
    public void Read_PathLongerThanTheBuffer_IsWhole()
    {
        var path = new string('x', 200_000);

        Assert.Equal([path, "b"], Read(Encoding.UTF8.GetBytes($"{path}\nb"), nullSeparated: false));
    }

    private static string[] Read(byte[] list, bool nullSeparated) =>
        [.. PathList.Read(new MemoryStream(list), nullSeparated, TestContext.Current.CancellationToken).Select(Encoding.UTF8.GetString)];
}
