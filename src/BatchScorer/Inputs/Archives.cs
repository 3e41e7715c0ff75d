using System.IO.Compression;
using System.Text;
using LeNetServe.BatchScorer.Rows;
using LeNetServe.Files;

namespace LeNetServe.BatchScorer.Inputs;

/// <summary>
/// Reads the images in an archive, in the archive's order, each into memory in its turn. An archive that breaks off is an error row behind
/// the images that came before.
/// </summary>
internal static class Archives
{
    /// <summary>The text between the archive's path and the member's in a row.</summary>
    public const string Separator = "!/";

    /// <summary>Gets the kind of archive that a name's extension means; null if it is not an archive's.</summary>
    public static ArchiveKind? KindOf(ReadOnlySpan<byte> path) => EndsWith(path, ".zip") ? ArchiveKind.Zip
        : EndsWith(path, ".tar") ? ArchiveKind.Tar
        : EndsWith(path, ".tar.gz") || EndsWith(path, ".tgz") ? ArchiveKind.TarGz
        : null;

    /// <summary>Reads the images of an archive.</summary>
    /// <param name="path">The bytes of its path.</param>
    /// <param name="kind">The kind of archive.</param>
    /// <param name="filter">Chooses the images among its members.</param>
    /// <param name="name">The name of the archive in rows.</param>
    /// <param name="wanted">Asked before each member for its content; without a yes the member comes without.</param>
    /// <param name="passedOver">Called for each file that the filter does not take.</param>
    public static IEnumerable<InputImage> Images(
        byte[] path, ArchiveKind kind, NameFilter filter, string name, Func<bool> wanted, Action? passedOver = null)
    {
        using var members = Members(path, kind).GetEnumerator();
        while (true)
        {
            InputImage? image = null;
            var ended = false;
            try
            {
                ended = !members.MoveNext();
                if (!ended && (members.Current.IsDamage || Takes(filter, members.Current.Path)))
                    image = Image(name, members.Current, wanted);
                else if (!ended)
                    passedOver?.Invoke();
            }
            catch (Exception exception) when (IsOfTheArchive(exception))
            {
                ended = true;
                image = new InputImage
                {
                    Name = name,
                    Error = new RowError(RowError.Unreadable, $"the {kind} archive cannot be read: {exception.Message}"),
                };
            }
            if (image is not null)
                yield return image;
            if (ended)
                yield break;
        }
    }

    // A reader of other people's bytes may fail in any way; whatever it throws is the archive's fault, not the scorer's.
    private static bool IsOfTheArchive(Exception exception) => exception is not (OutOfMemoryException or OperationCanceledException);

    private static InputImage Image(string archive, ArchiveMember member, Func<bool> wanted)
    {
        var path = FilePath.ToText(member.Path);
        var error = member.Error;
        byte[]? content = null;
        var isWanted = wanted();
        if (isWanted && error is null)
            (content, error) = Content(member);
        return new()
        {
            Name = archive + Separator + path,
            Archive = archive,
            Folder = Path.GetFileName(Path.GetDirectoryName(path)),
            Content = content,
            Error = error,
        };
    }

    private static (byte[]? Content, RowError? Error) Content(ArchiveMember member)
    {
        if (member.Length > ImageReader.MaxFileBytes)
            return (null, new RowError("too_large", $"the file has {member.Length} bytes, expected at most {ImageReader.MaxFileBytes}"));
        try
        {
            return (member.Read!(), null);
        }
        catch (Exception exception) when (IsOfTheArchive(exception))
        {
            return (null, new RowError(RowError.Unreadable, $"cannot be unpacked: {exception.Message}"));
        }
    }

    private static IEnumerable<ArchiveMember> Members(byte[] path, ArchiveKind kind)
    {
        using var file = Open(path);
        kind = KindOf(file, kind);
        using Stream content = kind == ArchiveKind.TarGz ? new GZipStream(file, CompressionMode.Decompress) : file;
        foreach (var member in kind == ArchiveKind.Zip ? ZipMembers.Read(content) : new TarMembers(content).Read())
            yield return member;
        // The checksum of gzip comes last. Its length is known when everything before it has been read.
        if (kind == ArchiveKind.TarGz)
            content.CopyTo(Stream.Null);
    }

    /// <summary>Gets the kind that an archive's first bytes mean: browsers unpack a .tar.gz and keep its name.</summary>
    /// <exception cref="InvalidDataException">The file is of another known kind, such as an HTML page.</exception>
    private static ArchiveKind KindOf(FileStream file, ArchiveKind named)
    {
        const int FirstBytes = 512;
        var bytes = new byte[FirstBytes];
        var start = bytes.AsSpan(0, file.ReadAtLeast(bytes, FirstBytes, throwOnEndOfStream: false));
        file.Position = 0;
        if (start.IsEmpty)
            throw new InvalidDataException("the file is empty");
        // The name of its first member, with which a tar begins, may look like another kind of file.
        if (TarMembers.IsHeader(start))
            return ArchiveKind.Tar;
        if (start is [0x1f, 0x8b, ..])
            return ArchiveKind.TarGz;
        if (start.StartsWith("PK\u0003\u0004"u8))
            return ArchiveKind.Zip;
        if (ForeignFile.Known(start) is var (found, advice))
            throw new InvalidDataException(found + advice);
        return named == ArchiveKind.TarGz ? ArchiveKind.Tar : named;
    }

    private static FileStream Open(byte[] path)
    {
        var text = Encoding.UTF8.GetString(path);
        if (!Libc.IsUsable || Encoding.UTF8.GetBytes(text).AsSpan().SequenceEqual(path))
            return RegularFile.Open(text);
        var descriptor = Libc.Open(FilePath.Terminated(path), Libc.OpenReadOnly | Libc.OpenCloseOnExec);
        return descriptor >= 0
            ? new FileStream(new Microsoft.Win32.SafeHandles.SafeFileHandle(descriptor, ownsHandle: true), FileAccess.Read, 1 << 16)
            : throw new IOException(Libc.LastErrorMessage());
    }

    private static bool Takes(NameFilter filter, ReadOnlySpan<byte> member) =>
        filter.Takes(member.StartsWith("./"u8) ? member[2..] : member);

    private static bool EndsWith(ReadOnlySpan<byte> path, string ending) =>
        path.Length > ending.Length && Ascii.EqualsIgnoreCase(path[^ending.Length..], ending);
}
