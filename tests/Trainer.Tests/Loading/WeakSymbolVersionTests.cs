using System.Buffers.Binary;
using System.Text;
using LeNetServe.Build;

namespace LeNetServe.Trainer.Tests.Loading;

public sealed class WeakSymbolVersionTests
{
    private const int FlagsOfEntry = 64 + 16 + 4;

    [Fact]
    public void Weaken_FileThatNeedsTheVersion_SetsTheFlagAndNothingElse()
    {
        var file = Elf("GLIBCXX_3.4.32");
        var before = file.ToArray();

        Assert.Equal(1, WeakSymbolVersion.Weaken(file, "GLIBCXX_3.4.32"));

        Assert.Equal(2, file[FlagsOfEntry]);
        file[FlagsOfEntry] = 0;
        Assert.Equal(before, file);
    }

    [Fact]
    public void Weaken_Twice_ChangesNothingTheSecondTime()
    {
        var file = Elf("GLIBCXX_3.4.32");
        WeakSymbolVersion.Weaken(file, "GLIBCXX_3.4.32");

        Assert.Equal(0, WeakSymbolVersion.Weaken(file, "GLIBCXX_3.4.32"));
    }

    [Theory]
    [InlineData("GLIBCXX_3.4.30")]
    [InlineData("GLIBCXX_3.4.321")]
    public void Weaken_FileThatNeedsAnotherVersion_ChangesNothing(string version)
    {
        var file = Elf(version);
        var before = file.ToArray();

        Assert.Equal(0, WeakSymbolVersion.Weaken(file, "GLIBCXX_3.4.32"));
        Assert.Equal(before, file);
    }

    [Fact]
    public void Weaken_FileTruncatedAnywhere_SaysSo()
    {
        var file = Elf("GLIBCXX_3.4.32");
        for (var length = 0; length < file.Length; length++)
            Assert.Throws<InvalidDataException>(() => WeakSymbolVersion.Weaken(file[..length], "GLIBCXX_3.4.32"));
    }

    [Fact]
    public void Weaken_OtherFile_SaysWhatWasExpected()
    {
        var exception = Assert.Throws<InvalidDataException>(() => WeakSymbolVersion.Weaken(new byte[100], "GLIBCXX_3.4.32"));
        Assert.Contains("not a 64-bit little-endian ELF file", exception.Message, StringComparison.Ordinal);
    }

    [Fact]
    public void Build_OnLinux_PutsTheWeakCopyInTheOutputAndLeavesThePackageAlone()
    {
        Assert.SkipUnless(OperatingSystem.IsLinux(), "The library with the symbol version is Linux's.");
        var copy = File.ReadAllBytes(Path.Combine(AppContext.BaseDirectory, "libLibTorchSharp.so"));

        Assert.Equal(0, WeakSymbolVersion.Weaken(copy, "GLIBCXX_3.4.32"));
        Assert.Equal(6f, TorchSharp.torch.ones(6).sum().item<float>());
    }

    /// <summary>The smallest file with such tables: header, a Verneed with one Vernaux, names, three section headers at the end.</summary>
    private static byte[] Elf(string version)
    {
        var names = Encoding.ASCII.GetBytes($"\0libstdc++.so.6\0{version}\0");
        var sections = (64 + 32 + names.Length + 7) / 8 * 8;
        var file = new byte[sections + 3 * 64];
        var span = file.AsSpan();
        new byte[] { 0x7f, (byte)'E', (byte)'L', (byte)'F', 2, 1, 1 }.CopyTo(span);
        BinaryPrimitives.WriteInt64LittleEndian(span[0x28..], sections);
        BinaryPrimitives.WriteInt16LittleEndian(span[0x3a..], 64);
        BinaryPrimitives.WriteInt16LittleEndian(span[0x3c..], 3);

        var need = span[64..];
        BinaryPrimitives.WriteInt16LittleEndian(need, 1); // vn_version
        BinaryPrimitives.WriteInt16LittleEndian(need[2..], 1); // vn_cnt
        BinaryPrimitives.WriteInt32LittleEndian(need[4..], 1); // vn_file
        BinaryPrimitives.WriteInt32LittleEndian(need[8..], 16); // vn_aux
        BinaryPrimitives.WriteInt32LittleEndian(need[24..], 16); // vna_name
        names.CopyTo(span[96..]);

        Section(span[(sections + 64)..], type: 0x6ffffffe, offset: 64, size: 32, link: 2, info: 1);
        Section(span[(sections + 128)..], type: 3, offset: 96, size: names.Length, link: 0, info: 0);
        return file;
    }

    private static void Section(Span<byte> header, int type, long offset, long size, int link, int info)
    {
        BinaryPrimitives.WriteInt32LittleEndian(header[4..], type);
        BinaryPrimitives.WriteInt64LittleEndian(header[0x18..], offset);
        BinaryPrimitives.WriteInt64LittleEndian(header[0x20..], size);
        BinaryPrimitives.WriteInt32LittleEndian(header[0x28..], link);
        BinaryPrimitives.WriteInt32LittleEndian(header[0x2c..], info);
    }
}
