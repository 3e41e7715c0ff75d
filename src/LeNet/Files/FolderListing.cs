using System.Runtime.InteropServices;

namespace LeNetServe.Files;

/// <summary>
/// Lists a folder without a look at its entries. .NET follows every link while it lists, so that a link to a mount that does not answer
/// would hide all other entries.
/// </summary>
public static partial class FolderListing
{
    /// <summary>Gets the names in a folder, in any order, and whether each may be a folder: it is one, or a link.</summary>
    /// <exception cref="IOException">The folder cannot be read, or is gone.</exception>
    /// <exception cref="UnauthorizedAccessException">The folder cannot be read.</exception>
    public static IReadOnlyList<(string Name, bool MayBeFolder)> Read(string folder)
    {
        var listing = OperatingSystem.IsLinux() && Environment.Is64BitProcess ? Open(folder) : 0;
        // .NET has a message for each reason to fail.
        if (listing == 0)
            return [.. new DirectoryInfo(folder).EnumerateFileSystemInfos().Select(entry => (entry.Name, entry is DirectoryInfo))];
        try
        {
            return [.. Entries(listing)];
        }
        finally
        {
            _ = Close(listing);
        }
    }

    private static List<(string Name, bool MayBeFolder)> Entries(nint listing)
    {
        // The layout of dirent is the same on every 64-bit Linux, in glibc and musl.
        const int TypeOffset = 18, NameOffset = 19, Unknown = 0, Directory = 4, Link = 10;
        var entries = new List<(string Name, bool MayBeFolder)>();
        while (Next(listing) is var entry and not 0)
        {
            var name = Marshal.PtrToStringUTF8(entry + NameOffset)!;
            if (name is not ("." or ".."))
                entries.Add((name, Marshal.ReadByte(entry, TypeOffset) is Unknown or Directory or Link));
        }
        var error = Marshal.GetLastPInvokeError();
        return error == 0 ? entries : throw new IOException(Marshal.GetPInvokeErrorMessage(error));
    }

    [LibraryImport("libc", EntryPoint = "opendir", StringMarshalling = StringMarshalling.Utf8)]
    private static partial nint Open(string folder);

    [LibraryImport("libc", EntryPoint = "readdir", SetLastError = true)]
    private static partial nint Next(nint listing);

    [LibraryImport("libc", EntryPoint = "closedir")]
    private static partial int Close(nint listing);
}
