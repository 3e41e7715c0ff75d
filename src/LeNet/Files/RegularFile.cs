using System.Buffers.Binary;
using System.Runtime.InteropServices;
using System.Security.Cryptography;
using System.Text;

namespace LeNetServe.Files;

/// <summary>
/// Reads files that others provide. A FIFO, a device or a directory is refused without waiting for it. A file that is too large is refused
/// before anything is read.
/// </summary>
public static partial class RegularFile
{
    /// <summary>The largest file that is read as a whole, unless the reader says otherwise.</summary>
    public const long DefaultMaxBytes = 256 << 20;

    private const int TypeMask = 0xf000;
    private const int Regular = 0x8000;
    private const int StatusBytes = 256;

    /// <summary>Opens a file for reading.</summary>
    /// <exception cref="InvalidDataException">The file is not a regular one, or larger than <paramref name="maxBytes"/>.</exception>
    public static FileStream Open(string path, long maxBytes = long.MaxValue)
    {
        CheckType(path);
        var stream = new FileStream(path, FileMode.Open, FileAccess.Read, FileShare.ReadWrite | FileShare.Delete, 1 << 16);
        if (stream.CanSeek && stream.Length <= maxBytes)
            return stream;
        var fault = stream.CanSeek ? $"{stream.Length} bytes, expected at most {maxBytes}" : "not a regular file";
        stream.Dispose();
        throw new InvalidDataException($"{path}: {fault}");
    }

    /// <summary>Reads a whole file.</summary>
    /// <exception cref="InvalidDataException">The file is not a regular one, or larger than <paramref name="maxBytes"/>.</exception>
    public static byte[] ReadAllBytes(string path, long maxBytes = DefaultMaxBytes)
    {
        using var stream = Open(path, Math.Min(maxBytes, Array.MaxLength));
        var bytes = GC.AllocateUninitializedArray<byte>((int)stream.Length);
        var read = stream.ReadAtLeast(bytes, bytes.Length, throwOnEndOfStream: false);
        return read == bytes.Length ? bytes : bytes[..read];
    }

    /// <summary>Reads a whole text, in UTF-8 or as its byte order mark says.</summary>
    /// <exception cref="InvalidDataException">The file is not a regular one, or larger than <paramref name="maxBytes"/>.</exception>
    public static string ReadAllText(string path, long maxBytes = DefaultMaxBytes)
    {
        using var reader = new StreamReader(new MemoryStream(ReadAllBytes(path, maxBytes)), Encoding.UTF8);
        return reader.ReadToEnd();
    }

    /// <summary>Computes the SHA-256 of a file's content, in lower-case hexadecimal. The file is never in memory as a whole.</summary>
    /// <exception cref="InvalidDataException">The file is not a regular one.</exception>
    public static string Sha256(string path)
    {
        using var stream = Open(path);
        return Convert.ToHexStringLower(SHA256.HashData(stream));
    }

    /// <summary>
    /// Gets the device, the number of a file in it, and the time of its last change, after all links. A file that another one replaces has
    /// another number. A file that is rewritten in place has another time of change, even if its length and time of writing are restored.
    /// Empty if the system does not say.
    /// </summary>
    public static string Identity(string path)
    {
        const int NumberOffset = 32, ChangeOffset = 96, FractionOffset = 104, DeviceOffset = 136;
        Span<byte> status = stackalloc byte[StatusBytes];
        return TryStatus(path, status)
            ? $"{BinaryPrimitives.ReadUInt64LittleEndian(status[DeviceOffset..]):x}-"
                + $"{BinaryPrimitives.ReadUInt64LittleEndian(status[NumberOffset..]):x}-"
                + $"{BinaryPrimitives.ReadInt64LittleEndian(status[ChangeOffset..]):x}."
                + $"{BinaryPrimitives.ReadUInt32LittleEndian(status[FractionOffset..]):x}"
            : "";
    }

    // .NET opens before it asks for the type, and the opening of a FIFO waits for a writer.
    private static void CheckType(string path)
    {
        const int ModeOffset = 28;
        Span<byte> status = stackalloc byte[StatusBytes];
        if (!TryStatus(path, status))
            return;
        var mode = BinaryPrimitives.ReadUInt16LittleEndian(status[ModeOffset..]);
        if ((mode & TypeMask) != Regular)
            throw new InvalidDataException($"{path} is {NameOf(mode & TypeMask)}, expected a regular file");
    }

    // The layout of statx is the same on every Linux.
    private static unsafe bool TryStatus(string path, Span<byte> status)
    {
        const int CurrentFolder = -100, TypeNumberAndChange = 0x181;
        fixed (byte* bytes = status)
            return OperatingSystem.IsLinux() && Status(CurrentFolder, path, 0, TypeNumberAndChange, bytes) == 0;
    }

    private static string NameOf(int type) => type switch
    {
        0x1000 => "a FIFO",
        0x4000 => "a directory",
        0xc000 => "a socket",
        _ => "a device",
    };

    [LibraryImport("libc", EntryPoint = "statx", StringMarshalling = StringMarshalling.Utf8)]
    private static unsafe partial int Status(int folder, string path, int flags, uint mask, byte* status);
}
