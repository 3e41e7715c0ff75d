using System.Formats.Tar;
using System.IO.Compression;
using System.Text;
using LeNetServe.BatchScorer.Inputs;

namespace LeNetServe.BatchScorer.Tests.Inputs;

public sealed class TarMembersTests
{
    private static readonly byte[] Content = Encoding.ASCII.GetBytes(new string('p', 700));

    [Theory]
    [InlineData("77777777777\0")]
    [InlineData("zzzzzzzzzzz\0")]
    [InlineData("\u00ff\u00ff\u00ff\u00ff\u00ff\u00ff\u00ff\u00ff\u00ff\u00ff\u00ff\u00ff")]
    [InlineData("\u0080\u007f\u007f\u007f\u007f\u007f\u007f\u007f\u007f\u007f\u007f\u007f")]
    public void Read_AbsurdSize_IsAnErrorAndTheOthersAreRead(string size)
    {
        byte[] archive = [.. File("a/1.png"), .. Header("x.png", 0, size: size), .. Padded(Content), .. File("b/2.png"), .. new byte[1024]];

        Assert.Equal(["a/1.png", "! the header of x.png is damaged", "b/2.png"], Members(archive));
    }

    [Fact]
    public void Read_WrongChecksum_IsAnErrorAndTheOthersAreRead()
    {
        var broken = Header("x.png", Content.Length);
        broken[148] ^= 1;
        byte[] archive = [.. File("a/1.png"), .. broken, .. Padded(Content), .. File("b/2.png"), .. new byte[1024]];

        Assert.Equal(["a/1.png", "! the header of x.png is damaged", "b/2.png"], Members(archive));
    }

    [Theory]
    [InlineData("29 size=99999999999999999999\n", "! the header of x.png is damaged")]
    [InlineData("12 size=-17\n", "! the header of x.png is damaged")]
    [InlineData("999999 path=q.png\n", "! its extended header is damaged")]
    [InlineData("0 path=q.png\n", "! its extended header is damaged")]
    [InlineData("14 path=q.png\n", "q.png")]
    [InlineData("15 path=ü.png\n", "ü.png")]
    [InlineData("22 GNU.sparse.major=1\n", "! it is stored with holes, expected a whole file")]
    public void Read_PaxHeader_IsUsedOrAnError(string records, string expected)
    {
        var bytes = Encoding.UTF8.GetBytes(records);
        byte[] archive =
            [.. File("a/1.png"), .. Header("pax", bytes.Length, 'x'), .. Padded(bytes), .. File("x.png"), .. File("b/2.png"),
                .. new byte[1024]];

        Assert.Equal(["a/1.png", expected, "b/2.png"], Members(archive));
    }

    [Theory]
    [InlineData('S')]
    [InlineData('M')]
    [InlineData('6')]
    public void Read_EntryOfAnotherType_IsAnErrorAndTheOthersAreRead(char type)
    {
        byte[] archive = [.. Header("x.png", Content.Length, type), .. Padded(Content), .. File("b/2.png"), .. new byte[1024]];

        Assert.Equal([$"! its type is '{type}', expected a whole file", "b/2.png"], Members(archive));
    }

    /// <summary>GNU's tar has 4 parts of a file with holes in its header, and 21 in each block that follows.</summary>
    [Fact]
    public void Read_EntryWithAMapOfManyHoles_IsOneErrorAndTheOthersAreRead()
    {
        var extended = Header("x.png", Content.Length, 'S', places: [482]);
        byte[] map = [.. new byte[504], 1, .. new byte[7], .. new byte[512]];
        byte[] archive = [.. extended, .. map, .. Padded(Content), .. File("b/2.png"), .. new byte[1024]];

        Assert.Equal(["! its type is 'S', expected a whole file", "b/2.png"], Members(archive));
    }

    [Fact]
    public void Read_ArchivesOneAfterTheOther_AreAllRead() =>
        Assert.Equal(
            ["a/1.png", "b/2.png"], Members([.. File("a/1.png"), .. new byte[10_240], .. File("b/2.png"), .. new byte[1024], 1, 2, 3]));

    [Theory]
    [InlineData('5')]
    [InlineData('V')]
    public void Read_FolderOrLabel_IsNoFile(char type) =>
        Assert.Equal(["b/2.png"], Members([.. Header("x", 0, type), .. File("b/2.png"), .. new byte[1024]]));

    [Fact]
    public void Read_LastFileWithoutPadding_IsRead()
    {
        var contents = new TarMembers(new MemoryStream([.. Header("1.png", Content.Length), .. Content])).Read()
            .Select(member => member.Read!());

        Assert.Equal(Content, Assert.Single(contents));
    }

    [Fact]
    public void Read_NameBeyondAnyPath_IsAnErrorThatKeepsTheExtension()
    {
        var name = Encoding.ASCII.GetBytes(new string('y', 5000) + ".png");
        byte[] archive = [.. Header("././@LongLink", name.Length, 'L'), .. Padded(name), .. File("x.png"), .. File("b/2.png"),
            .. new byte[1024]];

        Assert.Equal(["! its name has 5004 bytes, expected at most 4096", "b/2.png"], Members(archive));
        Assert.EndsWith("yy.png", Encoding.ASCII.GetString(new TarMembers(new MemoryStream(archive)).Read().First().Path));
    }

    [Fact]
    public void Read_FileOfAnotherKind_IsOneError() =>
        Assert.StartsWith("! the header", Assert.Single(Members([.. Enumerable.Repeat((byte)'x', 5000)])));

    [Fact]
    public void Read_EndWithinAFile_IsAnErrorOfItsHeader() =>
        Assert.Equal(
            ["a/1.png", "! the header of b.png is damaged"], Members([.. File("a/1.png"), .. Header("b.png", 700), .. new byte[100]]));

    [Theory]
    [InlineData(TarEntryFormat.Pax)]
    [InlineData(TarEntryFormat.Gnu)]
    [InlineData(TarEntryFormat.Ustar)]
    [InlineData(TarEntryFormat.V7)]
    public void Read_EveryFormatOfTheFramework_GivesItsNamesAndContents(TarEntryFormat format)
    {
        var deep = string.Join(
            '/', Enumerable.Repeat("folder-with-a-long-name", format is TarEntryFormat.V7 ? 3 : format is TarEntryFormat.Ustar ? 6 : 12));
        string[] names = ["1.png", $"{deep}/2.png", format is TarEntryFormat.V7 or TarEntryFormat.Ustar ? "3.png" : "ü/3.png"];
        using var packed = new MemoryStream();
        using (var gzip = new GZipStream(packed, CompressionLevel.Fastest, leaveOpen: true))
        using (var tar = new TarWriter(gzip, format))
        {
            foreach (var name in names)
                tar.WriteEntry(Entry(format, name));
        }
        packed.Position = 0;
        using var unpacked = new GZipStream(packed, CompressionMode.Decompress);

        var found = new List<string>();
        foreach (var member in new TarMembers(unpacked).Read())
        {
            Assert.Equal(Content, member.Read!());
            found.Add(Encoding.UTF8.GetString(member.Path));
        }

        Assert.Equal(names, found);
    }

    private static TarEntry Entry(TarEntryFormat format, string name)
    {
        var data = new MemoryStream(Content);
        return format switch
        {
            TarEntryFormat.Pax => new PaxTarEntry(TarEntryType.RegularFile, name) { DataStream = data },
            TarEntryFormat.Gnu => new GnuTarEntry(TarEntryType.RegularFile, name) { DataStream = data },
            TarEntryFormat.Ustar => new UstarTarEntry(TarEntryType.RegularFile, name) { DataStream = data },
            _ => new V7TarEntry(TarEntryType.V7RegularFile, name) { DataStream = data },
        };
    }

    private static string[] Members(byte[] archive) =>
    [
        .. new TarMembers(new MemoryStream(archive)).Read().Select(member =>
            member.Error is { } error ? $"! {error.Text.Split(':')[0]}" : Encoding.UTF8.GetString(member.Path)),
    ];

    private static byte[] File(string name) => [.. Header(name, Content.Length), .. Padded(Content)];

    private static byte[] Padded(byte[] data) => [.. data, .. new byte[(512 - (data.Length % 512)) % 512]];

    private static byte[] Header(string name, int length, char type = '0', string? size = null, params int[] places)
    {
        var header = new byte[512];
        foreach (var place in places)
            header[place] = 1;
        Encoding.ASCII.GetBytes(name, header);
        Encoding.Latin1.GetBytes(size ?? $"{Convert.ToString(length, 8).PadLeft(11, '0')}\0", header.AsSpan(124));
        header[156] = (byte)type;
        Encoding.ASCII.GetBytes("ustar\0", header.AsSpan(257));
        header.AsSpan(148, 8).Fill((byte)' ');
        var sum = header.Sum(value => value);
        Encoding.ASCII.GetBytes($"{Convert.ToString(sum, 8).PadLeft(6, '0')}\0 ", header.AsSpan(148));
        return header;
    }
}
