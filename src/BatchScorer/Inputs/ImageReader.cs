using System.ComponentModel;
using System.Runtime.InteropServices;
using System.Text;
using LeNetServe.BatchScorer.Rows;
using LeNetServe.Files;

namespace LeNetServe.BatchScorer.Inputs;

/// <summary>Reads whole files into one buffer that it keeps. One thread's own.</summary>
internal sealed class ImageReader
{
    /// <summary>Largest file that is read, in bytes: no image near the pixel limit is larger.</summary>
    public const int MaxFileBytes = 256 << 20;

    private byte[] buffer = new byte[1 << 16];

    /// <summary>The image's content; valid until the next call.</summary>
    /// <returns>Null if the file was read, else the reason why not.</returns>
    public RowError? Read(InputImage image, out ReadOnlySpan<byte> content)
    {
        content = image.Content;
        if (image.Error is not null)
            return image.Error;
        if (image.Content is not null)
            return null;
        return Libc.IsUsable ? ReadBytes(image.File, out content) : ReadPortable(image, out content);
    }

    private unsafe RowError? ReadBytes(byte[] path, out ReadOnlySpan<byte> content)
    {
        content = default;
        // Non-blocking, or a named pipe among the images would stop everything.
        var file = Libc.Open(path, Libc.OpenReadOnly | Libc.OpenCloseOnExec | Libc.OpenNonBlocking);
        if (file < 0)
            return Unreadable(Marshal.GetLastPInvokeError());
        try
        {
            var length = 0;
            while (true)
            {
                nint read;
                fixed (byte* target = &buffer[length])
                    read = Libc.Read(file, target, buffer.Length - length);
                if (read < 0)
                    return Unreadable(Marshal.GetLastPInvokeError());
                if (read == 0)
                    break;
                length += (int)read;
                if (length == buffer.Length && !Grow())
                    return TooLarge();
            }
            content = buffer.AsSpan(0, length);
            return null;
        }
        finally
        {
            _ = Libc.Close(file);
        }
    }

    private RowError? ReadPortable(InputImage image, out ReadOnlySpan<byte> content)
    {
        content = default;
        try
        {
            using var file = RegularFile.Open(Encoding.UTF8.GetString(image.File.AsSpan(0, image.File.Length - 1)));
            var length = 0;
            int read;
            while ((read = file.Read(buffer, length, buffer.Length - length)) > 0)
            {
                length += read;
                if (length == buffer.Length && !Grow())
                    return TooLarge();
            }
            content = buffer.AsSpan(0, length);
            return null;
        }
        catch (Exception exception) when (exception is IOException or UnauthorizedAccessException or InvalidDataException)
        {
            return new RowError(RowError.Unreadable, exception.Message);
        }
    }

    private bool Grow()
    {
        if (buffer.Length >= MaxFileBytes)
            return false;
        Array.Resize(ref buffer, buffer.Length * 4);
        return true;
    }

    private static RowError TooLarge() => new("too_large", $"the file has more than {MaxFileBytes >> 20} MiB");

    /// <summary>The row error of a failed system call.</summary>
    public static RowError Unreadable(int error) => new(RowError.Unreadable, $"cannot be read: {new Win32Exception(error).Message}");
}
