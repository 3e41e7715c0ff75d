using System.Buffers.Binary;
using System.IO.Compression;

namespace LeNetServe.Tests.Datasets;

/// <summary>A small data set in MNIST's format.</summary>
internal static class IdxFiles
{
    public const int TrainImages = 5;
    public const int TestImages = 3;

    /// <summary>Writes the four files; image number i is filled with the value 10·i + 1 and has the label i.</summary>
    public static void Write(TemporaryFolder folder, bool compressed)
    {
        foreach (var (split, count) in new[] { ("train", TrainImages), ("t10k", TestImages) })
        {
            var pixels = Enumerable.Range(0, count).SelectMany(index => Enumerable.Repeat((byte)(10 * index + 1), 28 * 28)).ToArray();
            Write(folder, $"{split}-images-idx3-ubyte", compressed, Idx(pixels, count, 28, 28));
            Write(
                folder, $"{split}-labels-idx1-ubyte", compressed, Idx([.. Enumerable.Range(0, count).Select(index => (byte)index)], count));
        }
    }

    public static byte[] Idx(byte[] data, params int[] dimensions)
    {
        var file = new byte[4 + 4 * dimensions.Length + data.Length];
        file[2] = 8;
        file[3] = (byte)dimensions.Length;
        for (var index = 0; index < dimensions.Length; index++)
            BinaryPrimitives.WriteInt32BigEndian(file.AsSpan(4 + 4 * index), dimensions[index]);
        data.CopyTo(file, file.Length - data.Length);
        return file;
    }

    private static void Write(TemporaryFolder folder, string name, bool compressed, byte[] bytes)
    {
        if (!compressed)
        {
            File.WriteAllBytes(folder.Combine(name), bytes);
            return;
        }
        using var gzip = new GZipStream(File.Create(folder.Combine(name + ".gz")), CompressionLevel.Fastest);
        gzip.Write(bytes);
    }
}
