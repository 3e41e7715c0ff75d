using System.IO.Compression;
using System.Text;
using LeNetServe.BatchScorer.Inputs;
using LeNetServe.Tests;

namespace LeNetServe.BatchScorer.Tests.Inputs;

public sealed class ZipDirectoryTests : IDisposable
{
    private readonly TemporaryDirectory directory = new();

    public void Dispose() => directory.Dispose();

    [Theory]
    [InlineData(CompressionLevel.NoCompression, "")]
    [InlineData(CompressionLevel.Optimal, "")]
    [InlineData(CompressionLevel.Optimal, "a comment, which stands behind the end record")]
    public void Members_AnArchive_AreThoseOfTheFrameworksReader(CompressionLevel level, string comment)
    {
        // 70,000 members do not fit into the 16 bits of the old end record.
        const int Count = 70_000;
        using (var zip = ZipFile.Open(directory["a.zip"], ZipArchiveMode.Create))
        {
            zip.Comment = comment;
            for (var i = 0; i < Count; i++)
            {
                using var stream = zip.CreateEntry($"é/{i}.txt", level).Open();
                stream.Write(Encoding.UTF8.GetBytes($"content of {i}"));
            }
        }

        using var file = File.OpenHandle(directory["a.zip"]);
        var members = ZipDirectory.Members(file).ToList();

        using var expected = ZipFile.OpenRead(directory["a.zip"]);
        Assert.Equal(expected.Entries.Select(entry => (entry.FullName, entry.Length)), members.Select(member => (member.Name, member.Length)));
        foreach (var number in (int[])[0, 1, 34_567, Count - 1])
        {
            using var reader = new StreamReader(members[number].Open(file));
            Assert.Equal($"content of {number}", reader.ReadToEnd());
        }
    }

    [Fact]
    public void Members_AnyPrefixOfAnArchive_IsInvalidData()
    {
        using (var zip = ZipFile.Open(directory["a.zip"], ZipArchiveMode.Create))
            for (var i = 0; i < 3; i++)
                zip.CreateEntry($"{i}.txt");
        var whole = File.ReadAllBytes(directory["a.zip"]);
        for (var length = 0; length < whole.Length; length++)
        {
            File.WriteAllBytes(directory["b.zip"], whole[..length]);
            using var file = File.OpenHandle(directory["b.zip"]);
            Assert.Throws<InvalidDataException>(() => ZipDirectory.Members(file).ToList());
        }
    }

    [Fact]
    public void Open_BytesChangedAtRandom_GivesContentOrInvalidData()
    {
        using (var zip = ZipFile.Open(directory["a.zip"], ZipArchiveMode.Create))
        {
            using var stream = zip.CreateEntry("a.txt", CompressionLevel.Optimal).Open();
            stream.Write(Encoding.UTF8.GetBytes(string.Join(' ', Enumerable.Range(0, 100))));
        }
        var whole = File.ReadAllBytes(directory["a.zip"]);
        var random = new Random(1989);
        for (var round = 0; round < 2000; round++)
        {
            byte[] damaged = [.. whole];
            for (var change = 0; change < 3; change++)
                damaged[random.Next(damaged.Length)] = (byte)random.Next(256);
            File.WriteAllBytes(directory["b.zip"], damaged);
            using var file = File.OpenHandle(directory["b.zip"]);
            try
            {
                foreach (var member in ZipDirectory.Members(file))
                {
                    using var stream = member.Open(file);
                    stream.CopyTo(Stream.Null);
                }
            }
            catch (InvalidDataException)
            {
                // As a row's error says it.
            }
        }
    }
}
