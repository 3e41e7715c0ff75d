using System.Formats.Tar;
using System.IO.Compression;
using System.Text;
using LeNetServe.BatchScorer.Rows;

namespace LeNetServe.BatchScorer.Inputs;

/// <summary>
/// The images in an archive, in the archive's order, each read into memory as its turn comes. An archive that breaks off is an error row behind the
/// images that came before.
/// </summary>
internal static class Archives
{
    /// <summary>What stands between the archive's path and the member's in a row.</summary>
    public const string Separator = "!/";

    /// <summary>Which archive a name says it is; null for none.</summary>
    public static ArchiveKind? KindOf(ReadOnlySpan<byte> path) => EndsWith(path, ".zip") ? ArchiveKind.Zip
        : EndsWith(path, ".tar") ? ArchiveKind.Tar
        : EndsWith(path, ".tar.gz") || EndsWith(path, ".tgz") ? ArchiveKind.TarGz
        : null;

    /// <summary>The images of an archive.</summary>
    /// <param name="path">Its file.</param>
    /// <param name="kind">What it is.</param>
    /// <param name="filter">Which of its members are images.</param>
    /// <param name="name">What rows call it.</param>
    /// <param name="wanted">Asked before each member whether its content is; unwanted members come without.</param>
    public static IEnumerable<InputImage> Images(byte[] path, ArchiveKind kind, NameFilter filter, string name, Func<bool> wanted)
    {
        using var members = Members(path, kind, filter, wanted).GetEnumerator();
        while (true)
        {
            InputImage? image;
            try
            {
                image = members.MoveNext() ? Image(name, members.Current) : null;
            }
            catch (Exception exception) when (exception is IOException or InvalidDataException or UnauthorizedAccessException)
            {
                image = new InputImage { Name = name, Error = new RowError(RowError.Unreadable, $"the {kind} archive cannot be read: {exception.Message}") };
            }
            if (image is null)
                yield break;
            yield return image;
            if (image.Error is not null && image.Name == name)
                yield break;
        }
    }

    private static InputImage Image(string archive, (string Member, byte[]? Content, RowError? Error) member) => new()
    {
        Name = archive + Separator + member.Member,
        Archive = archive,
        Folder = Path.GetFileName(Path.GetDirectoryName(member.Member)),
        Content = member.Content,
        Error = member.Error,
    };

    private static IEnumerable<(string Member, byte[]? Content, RowError? Error)> Members(byte[] path, ArchiveKind kind, NameFilter filter, Func<bool> wanted)
    {
        using var file = Open(path);
        if (kind == ArchiveKind.Zip)
        {
            foreach (var member in ZipMembers(file, filter, wanted))
                yield return member;
            yield break;
        }
        using Stream content = kind == ArchiveKind.TarGz ? new GZipStream(file, CompressionMode.Decompress) : file;
        foreach (var entry in TarEntries.Read(content))
        {
            if (!Takes(filter, entry.Name))
                continue;
            if (entry.EntryType is TarEntryType.RegularFile or TarEntryType.V7RegularFile or TarEntryType.ContiguousFile)
                yield return Member(entry.Name, entry.Length, () => entry.DataStream ?? Stream.Null, wanted);
            else if (entry.EntryType is TarEntryType.HardLink or TarEntryType.SymbolicLink)
                yield return (entry.Name, null, new RowError(RowError.Unreadable, $"a link to {entry.LinkName}, expected a file: tar --dereference --hard-dereference packs files in place of links"));
        }
    }

    private static IEnumerable<(string Member, byte[]? Content, RowError? Error)> ZipMembers(Stream file, NameFilter filter, Func<bool> wanted)
    {
        using var zip = new ZipArchive(file, ZipArchiveMode.Read);
        foreach (var entry in zip.Entries)
            if (!entry.FullName.EndsWith('/') && Takes(filter, entry.FullName))
                yield return Member(entry.FullName, entry.Length, entry.Open, wanted);
    }

    private static (string, byte[]?, RowError?) Member(string name, long length, Func<Stream> open, Func<bool> wanted)
    {
        if (!wanted())
            return (name, null, null);
        if (length > ImageReader.MaxFileBytes)
            return (name, null, new RowError("too_large", $"the file has {length} bytes, expected at most {ImageReader.MaxFileBytes}"));
        var content = new byte[length];
        try
        {
            using var stream = open();
            stream.ReadExactly(content);
        }
        catch (Exception exception) when (exception is InvalidDataException or EndOfStreamException)
        {
            return (name, null, new RowError(RowError.Unreadable, $"cannot be unpacked: {exception.Message}"));
        }
        return (name, content, null);
    }

    private static FileStream Open(byte[] path)
    {
        if (!Libc.IsUsable)
            return File.OpenRead(Encoding.UTF8.GetString(path));
        var descriptor = Libc.Open(FilePath.Terminated(path), Libc.OpenReadOnly | Libc.OpenCloseOnExec);
        return descriptor >= 0
            ? new FileStream(new Microsoft.Win32.SafeHandles.SafeFileHandle(descriptor, ownsHandle: true), FileAccess.Read, 1 << 16)
            : throw new IOException(new System.ComponentModel.Win32Exception(System.Runtime.InteropServices.Marshal.GetLastPInvokeError()).Message);
    }

    private static bool Takes(NameFilter filter, string member) =>
        filter.Takes(Encoding.UTF8.GetBytes(member.StartsWith("./", StringComparison.Ordinal) ? member[2..] : member));

    private static bool EndsWith(ReadOnlySpan<byte> path, string ending) =>
        path.Length > ending.Length && Ascii.EqualsIgnoreCase(path[^ending.Length..], ending);
}
