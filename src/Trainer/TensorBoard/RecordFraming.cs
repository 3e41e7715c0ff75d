using System.Buffers.Binary;
using System.Numerics;

namespace LeNetServe.Trainer.TensorBoard;

/// <summary>
/// TensorFlow's record format: 8 bytes of length, the length's masked CRC-32C, the payload, its masked CRC-32C, all little-endian.
/// Source: https://www.tensorflow.org/tutorials/load_data/tfrecord#tfrecords_format_details.
/// </summary>
internal static class RecordFraming
{
    private const int HeaderBytes = 12;
    private const int FooterBytes = 4;

    /// <summary>Writes one record.</summary>
    public static void Write(Stream stream, ReadOnlySpan<byte> payload)
    {
        Span<byte> header = stackalloc byte[HeaderBytes];
        BinaryPrimitives.WriteInt64LittleEndian(header, payload.Length);
        BinaryPrimitives.WriteUInt32LittleEndian(header[8..], MaskedCrc(header[..8]));
        Span<byte> footer = stackalloc byte[FooterBytes];
        BinaryPrimitives.WriteUInt32LittleEndian(footer, MaskedCrc(payload));
        stream.Write(header);
        stream.Write(payload);
        stream.Write(footer);
    }

    /// <summary>Reads the sound records of a file with the offset of each one's end, up to the first that is torn or damaged.</summary>
    public static IEnumerable<(ReadOnlyMemory<byte> Payload, long End)> Read(byte[] file)
    {
        var offset = 0;
        while (file.Length - offset >= HeaderBytes + FooterBytes)
        {
            var length = BinaryPrimitives.ReadInt64LittleEndian(file.AsSpan(offset));
            var most = file.Length - offset - HeaderBytes - FooterBytes;
            if (CrcAt(file, offset + 8) != MaskedCrc(file.AsSpan(offset, 8)) || length < 0 || length > most)
                yield break;
            var payload = file.AsMemory(offset + HeaderBytes, (int)length);
            offset += HeaderBytes + (int)length + FooterBytes;
            if (CrcAt(file, offset - FooterBytes) != MaskedCrc(payload.Span))
                yield break;
            yield return (payload, offset);
        }
    }

    /// <summary>Computes CRC-32C (Castagnoli), rotated and offset, so that a checksum of data that holds checksums stays useful.</summary>
    public static uint MaskedCrc(ReadOnlySpan<byte> data)
    {
        var crc = Crc32C(data);
        return BitOperations.RotateRight(crc, 15) + 0xA282EAD8u;
    }

    /// <summary>Computes CRC-32C of the data; that of "123456789" is E3069283.</summary>
    public static uint Crc32C(ReadOnlySpan<byte> data)
    {
        var crc = uint.MaxValue;
        foreach (var value in data)
            crc = BitOperations.Crc32C(crc, value);
        return ~crc;
    }

    private static uint CrcAt(byte[] file, int offset) => BinaryPrimitives.ReadUInt32LittleEndian(file.AsSpan(offset));
}
