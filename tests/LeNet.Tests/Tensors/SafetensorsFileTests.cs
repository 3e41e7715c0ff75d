using System.Buffers.Binary;
using System.Text;
using CsCheck;
using LeNetServe.Tensors;

namespace LeNetServe.Tests.Tensors;

public sealed class SafetensorsFileTests : IDisposable
{
    private readonly TemporaryFolder folder = new();

    public void Dispose() => folder.Dispose();

    private static (string, StoredTensor)[] Tensors =>
    [
        ("C1.weight", StoredTensor.From(Enumerable.Range(0, 150).Select(value => value / 7f).ToArray(), 6, 1, 5, 5)),
        ("C1.bias", StoredTensor.From([1, 2, 3, 4, 5, 6], 6)),
        ("pixels", new(TensorType.U8, [2, 3], new byte[] { 1, 2, 3, 4, 5, 6 })),
        ("steps", new(TensorType.I64, [], BitConverter.GetBytes(42L))),
        ("none", StoredTensor.From([], 0, 4)),
    ];

    [Fact]
    public void Read_WrittenFile_GivesTheSameTensors()
    {
        SafetensorsFile.Write(folder.Combine("a"), Tensors);

        var file = SafetensorsFile.Read(folder.Combine("a"));

        Assert.Equal(Tensors.Select(entry => entry.Item1), file.Names);
        foreach (var (name, tensor) in Tensors)
        {
            Assert.Equal(tensor.ToString(), file[name].ToString());
            Assert.Equal(tensor.Data.ToArray(), file[name].Data.ToArray());
        }
        Assert.Equal([1, 2, 3, 4, 5, 6], file["C1.bias"].ToSingles());
    }

    [Fact]
    public void Write_SameTensors_GivesTheSameBytes()
    {
        SafetensorsFile.Write(folder.Combine("a"), Tensors);
        SafetensorsFile.Write(folder.Combine("b"), Tensors);

        Assert.Equal(File.ReadAllBytes(folder.Combine("a")), File.ReadAllBytes(folder.Combine("b")));
    }

    [Fact]
    public void Indexer_UnknownName_ListsTheTensors()
    {
        var file = SafetensorsFile.Parse("w", Sound());

        Assert.Equal("w: tensor \"C2.bias\" is missing, found C1.weight, C1.bias, pixels, steps, none",
            Assert.Throws<InvalidDataException>(() => file["C2.bias"]).Message);
    }

    [Theory]
    [InlineData("""{"a":{"dtype":"F32","shape":[2],"data_offsets":[0,4]}}""", 8)]
    [InlineData("""{"a":{"dtype":"F32","shape":[2],"data_offsets":[0,8]}}""", 9)]
    [InlineData("""{"a":{"dtype":"F32","shape":[2],"data_offsets":[4,12]}}""", 8)]
    [InlineData("""{"a":{"dtype":"F32","shape":[-2],"data_offsets":[0,8]}}""", 8)]
    [InlineData("""{"a":{"dtype":"F32","shape":[2],"data_offsets":[0]}}""", 8)]
    [InlineData("""{"a":{"dtype":"F32","shape":[2],"data_offsets":[]}}""", 8)]
    [InlineData("""{"a":{"dtype":"F32","shape":2,"data_offsets":[0,8]}}""", 8)]
    [InlineData("""{"a":{"dtype":"F32","shape":[2.5],"data_offsets":[0,8]}}""", 8)]
    [InlineData("""{"a":{"dtype":"BF16","shape":[2],"data_offsets":[0,8]}}""", 8)]
    [InlineData("""{"a":{"dtype":2,"shape":[2],"data_offsets":[0,8]}}""", 8)]
    [InlineData("""{"a":{"dtype":"-64","shape":[1],"data_offsets":[0,8]}}""", 8)]
    [InlineData("""{"a":{"dtype":"U8, F32","shape":[2],"data_offsets":[0,8]}}""", 8)]
    [InlineData("""{"a":{"dtype":"2","shape":[2],"data_offsets":[0,8]}}""", 8)]
    [InlineData("""{"a":{"shape":[2],"data_offsets":[0,8]}}""", 8)]
    [InlineData("""{"a":[]}""", 0)]
    [InlineData("""[]""", 0)]
    [InlineData("""{"a":{"dtype":"U8","shape":[4],"data_offsets":[0,4]},"a":{"dtype":"U8","shape":[4],"data_offsets":[4,8]}}""", 8)]
    [InlineData("""{"a":{"dtype":"U8","shape":[4],"data_offsets":[0,4]},"b":{"dtype":"U8","shape":[4],"data_offsets":[0,4]}}""", 8)]
    [InlineData("""{"a":{"dtype":"U8","shape":[65536,65536,65536,65536,65536,65536,65536,65536],"data_offsets":[0,0]}}""", 0)]
    public void Parse_HeaderContradictsItself_NamesTheFile(string header, int dataBytes)
    {
        var bytes = new byte[8 + header.Length + dataBytes];
        BinaryPrimitives.WriteInt64LittleEndian(bytes, header.Length);
        Encoding.ASCII.GetBytes(header).CopyTo(bytes, 8);

        Assert.StartsWith(
            "w: ", Assert.Throws<InvalidDataException>(() => SafetensorsFile.Parse("w", bytes)).Message, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData(0)]
    [InlineData(9)]
    public void Parse_TooFewBytesForAHeader_SaysWhatWasExpected(int length) =>
        Assert.Equal($"w: {length} bytes, expected 10 at least: 8 of header length and 2 of header",
            Assert.Throws<InvalidDataException>(() => SafetensorsFile.Parse("w", new byte[length])).Message);

    [Fact]
    public void Parse_ShortestFile_HasNoTensors() => Assert.Empty(SafetensorsFile.Parse("w", [2, 0, 0, 0, 0, 0, 0, 0, .. "{}"u8]).Names);

    [Theory]
    [InlineData(-1)]
    [InlineData(1)]
    [InlineData(1L << 40)]
    [InlineData(long.MaxValue)]
    [InlineData(long.MinValue)]
    public void Parse_AbsurdHeaderLength_SaysWhatWasExpected(long length)
    {
        var bytes = Sound();
        BinaryPrimitives.WriteInt64LittleEndian(bytes, length);

        Assert.Contains($"header length {length} at offset 0, expected 2 to ",
            Assert.Throws<InvalidDataException>(() => SafetensorsFile.Parse("w", bytes)).Message);
    }

    [Fact]
    public void Parse_TruncatedAnywhere_ThrowsInvalidData()
    {
        var whole = Sound();

        for (var length = 0; length < whole.Length; length++)
            Assert.Throws<InvalidDataException>(() => SafetensorsFile.Parse("w", whole[..length]));
    }

    [Fact]
    public void Parse_FlippedBits_ThrowsInvalidDataOrReads()
    {
        var whole = Sound();
        var header = 8 + (int)BinaryPrimitives.ReadInt64LittleEndian(whole);
        Gen.Int[0, 8 * header - 1].Array[1, 3].Sample(
            flips =>
            {
                var bytes = whole.ToArray();
                foreach (var flip in flips)
                    bytes[flip / 8] ^= (byte)(1 << flip % 8);
                try
                {
                    var file = SafetensorsFile.Parse("w", bytes);
                    Assert.All(
                        file.Names, name => Assert.Equal(file[name].Data.Length, file[name].Count * StoredTensor.SizeOf(file[name].Type)));
                }
                catch (InvalidDataException)
                {
                }
            },
            iter: 1_000);
    }

    private byte[] Sound()
    {
        var path = folder.Combine(Guid.NewGuid().ToString("N"));
        SafetensorsFile.Write(path, Tensors);
        return File.ReadAllBytes(path);
    }
}
