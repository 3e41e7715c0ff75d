using System.IO.Compression;
using System.Text;
using LeNetServe.BatchScorer.Inputs;

namespace LeNetServe.BatchScorer.Tests.Inputs;

public sealed class ZipMembersTests
{
    private static readonly byte[] Content = Encoding.ASCII.GetBytes(new string('p', 700) + "q");

    [Fact]
    public void Read_BackslashesInNames_AreSlashes() =>
        Assert.Equal(["7/1.png", "a/b/2.png"], Names(Zip("7\\1.png", "folder\\", "a/b\\2.png")));

    [Theory]
    [InlineData(new byte[] { 0x82, 0x85 }, "éà")]
    [InlineData(new byte[] { 0xc3, 0xa9 }, "é")]
    public void Read_NameOfAnUnknownEncoding_IsUtf8OrCodePage437(byte[] stored, string expected)
    {
        var archive = Zip("xy/1.png");
        for (var at = 0; archive.AsSpan(at).IndexOf("xy/1.png"u8) is >= 0 and var step; at += step + stored.Length)
            stored.CopyTo(archive, at + step);

        Assert.Equal([$"{expected}/1.png"], Names(archive));
    }

    [Theory]
    [InlineData(1)]
    [InlineData(100_000)]
    public void Read_BytesBeforeTheArchive_ArePassedOver(int bytes)
    {
        byte[] archive = [.. Enumerable.Repeat((byte)'#', bytes), .. Zip("7/1.png", "7/2.png")];

        Assert.All(ZipMembers.Read(new MemoryStream(archive)), member => Assert.Equal(Content, member.Read!()));
        Assert.Equal(["7/1.png", "7/2.png"], Names(archive));
    }

    [Theory]
    [InlineData(0)]
    [InlineData(777)]
    public void Read_Zip64_IsReadAlsoWithBytesBeforeIt(int bytes)
    {
        var zip = Zip("7/1.png", "7/2.png");
        var end = zip.AsSpan().LastIndexOf("PK\x05\x06"u8);
        var size = BitConverter.ToUInt32(zip, end + 12);
        var offset = BitConverter.ToUInt32(zip, end + 16);
        byte[] record = [.. "PK\x06\x06"u8, .. BitConverter.GetBytes(44L), 45, 0, 45, 0, .. new byte[8],
            .. BitConverter.GetBytes(2L), .. BitConverter.GetBytes(2L), .. BitConverter.GetBytes((long)size),
            .. BitConverter.GetBytes((long)offset)];
        byte[] locator = [.. "PK\x06\x07"u8, 0, 0, 0, 0, .. BitConverter.GetBytes((long)end), 1, 0, 0, 0];
        byte[] last = [.. "PK\x05\x06"u8, 0, 0, 0, 0, .. Enumerable.Repeat((byte)0xff, 12), 0, 0];

        Assert.Equal(["7/1.png", "7/2.png"], Names([.. new byte[bytes], .. zip[..end], .. record, .. locator, .. last]));
    }

    [Fact]
    public void Read_Link_IsAnErrorAndTheOthersAreRead()
    {
        var archive = Zip("7/1.png", "7/2.png");
        BitConverter.TryWriteBytes(archive.AsSpan(archive.AsSpan().IndexOf("PK\x01\x02"u8) + 38), 0xa1ff0000);

        var members = ZipMembers.Read(new MemoryStream(archive)).ToArray();

        Assert.StartsWith("is a link, expected a file", members[0].Error!.Text, StringComparison.Ordinal);
        Assert.Null(members[1].Error);
    }

    [Fact]
    public void Read_EncryptedFile_IsAnErrorAndTheOthersAreRead()
    {
        var archive = Zip("7/1.png", "7/2.png");
        archive[archive.AsSpan().IndexOf("PK\x01\x02"u8) + 8] |= 1;

        var members = ZipMembers.Read(new MemoryStream(archive)).ToArray();

        Assert.Contains("encrypted", members[0].Error!.Text, StringComparison.Ordinal);
        Assert.Null(members[1].Error);
    }

    [Fact]
    public void Read_WrongChecksum_FailsForThatFileAlone()
    {
        var archive = Zip("7/1.png", "7/2.png");
        archive[archive.AsSpan().IndexOf("PK\x01\x02"u8) + 16] ^= 1;
        byte[]? second = null;
        var number = 0;

        foreach (var member in ZipMembers.Read(new MemoryStream(archive)))
            if (number++ == 0)
                Assert.Contains("CRC-32", Assert.Throws<InvalidDataException>(() => member.Read!()).Message, StringComparison.Ordinal);
            else
                second = member.Read!();

        Assert.Equal(Content, second);
    }

    private static string[] Names(byte[] archive) =>
        [.. ZipMembers.Read(new MemoryStream(archive)).Select(member => Encoding.UTF8.GetString(member.Path))];

    private static byte[] Zip(params string[] names)
    {
        using var bytes = new MemoryStream();
        using (var zip = new ZipArchive(bytes, ZipArchiveMode.Create, leaveOpen: true))
            foreach (var name in names)
            {
                using var stream = zip.CreateEntry(name).Open();
                stream.Write(Content);
            }
        return bytes.ToArray();
    }
}
