using System.Runtime.InteropServices;
using System.Text;
using LeNetServe.BatchScorer.Rows;

namespace LeNetServe.BatchScorer.Inputs;

/// <summary>
/// Walks a folder and the folders in it, each in the order of its names' bytes. Symbolic links are followed. A link that leads back to a
/// folder on its own path is left out. A folder that cannot be read is an error row.
/// </summary>
internal sealed class FolderWalk(NameFilter filter, OwnOutputs own)
{
    private readonly List<byte[]> ancestors = [];

    /// <summary>Gets the number of links that were left out because they lead back to a folder above them.</summary>
    public int Loops { get; private set; }

    /// <summary>Gets the number of files and folders that are not images to score.</summary>
    public long PassedOver { get; private set; }

    public IEnumerable<InputImage> Images(byte[] folder)
    {
        while (folder.Length > 1 && folder[^1] == '/')
            folder = folder[..^1];
        return Walk(folder, folder.Length == 1 && folder[0] == '/' ? 1 : folder.Length + 1);
    }

    private IEnumerable<InputImage> Walk(byte[] folder, int rootLength)
    {
        using var names = new SortedNames();
        if (List(folder, names) is { } error)
        {
            yield return new InputImage { Name = FilePath.ToText(folder), Error = error };
            yield break;
        }
        ancestors.Add(Canonical(folder));
        var folderName = Path.GetFileName(FilePath.ToText(folder));
        if (folderName is "" or "." or "..")
            folderName = Path.GetFileName(FilePath.ToText(ancestors[^1]));
        var prefix = folder is [.., (byte)'/'] ? folder : [.. folder, (byte)'/'];
        foreach (var (name, type) in names.InOrder())
        {
            byte[] file = [.. prefix, .. name.Span, 0];
            var kind = (EntryKind)type;
            if (kind is EntryKind.Link or EntryKind.Unknown)
                kind = Resolve(file[..^1]);
            var relative = file.AsMemory(rootLength, file.Length - 1 - rootLength);
            if (kind == EntryKind.Folder)
            {
                if (!filter.Enters(name.Span) || own.HasFolder(file.AsSpan(0, file.Length - 1)))
                {
                    PassedOver++;
                    continue;
                }
                foreach (var image in Walk(file[..^1], rootLength))
                    yield return image;
            }
            else if (kind != EntryKind.Unknown && (!filter.Takes(relative.Span) || own.HasFile(file.AsSpan(0, file.Length - 1))))
            {
                PassedOver++;
            }
            else if (kind != EntryKind.Unknown)
            {
                yield return new InputImage { Name = FilePath.ToText(file.AsSpan(0, file.Length - 1)), File = file, Folder = folderName };
            }
        }
        ancestors.RemoveAt(ancestors.Count - 1);
    }

    /// <summary>Resolves a link: to a folder, unless that folder lies above the link, else to a file, which is read or fails.</summary>
    private EntryKind Resolve(byte[] path)
    {
        if (!IsFolder(path))
            return EntryKind.File;
        var canonical = Canonical(path);
        if (!ancestors.Any(ancestor => ancestor.AsSpan().SequenceEqual(canonical)))
            return EntryKind.Folder;
        Loops++;
        return EntryKind.Unknown;
    }

    private static byte[] Canonical(byte[] path)
    {
        if (Libc.IsUsable)
            return Libc.Canonical(FilePath.Terminated(path)) ?? path;
        var folder = new DirectoryInfo(Encoding.UTF8.GetString(path));
        return Encoding.UTF8.GetBytes((folder.ResolveLinkTarget(returnFinalTarget: true) ?? folder).FullName);
    }

    public static bool IsFolder(byte[] path)
    {
        if (!Libc.IsUsable)
            return Directory.Exists(Encoding.UTF8.GetString(path));
        var directory = Libc.OpenDirectory(FilePath.Terminated(path));
        if (directory == 0)
            return Marshal.GetLastPInvokeError() is not (Libc.NotADirectory or Libc.NotFound or Libc.Loop);
        _ = Libc.CloseDirectory(directory);
        return true;
    }

    private static unsafe RowError? List(byte[] folder, SortedNames names)
    {
        if (!Libc.IsUsable)
            return ListPortable(Encoding.UTF8.GetString(folder), names);
        var directory = Libc.OpenDirectory(FilePath.Terminated(folder));
        if (directory == 0)
            return ImageReader.Unreadable(Marshal.GetLastPInvokeError());
        try
        {
            while (true)
            {
                var entry = (byte*)Libc.ReadDirectory(directory);
                if (entry == null)
                    return Marshal.GetLastPInvokeError() is var error and not 0 ? ImageReader.Unreadable(error) : null;
                var name = MemoryMarshal.CreateReadOnlySpanFromNullTerminated(entry + Libc.EntryName);
                if (!name.SequenceEqual("."u8) && !name.SequenceEqual(".."u8))
                    names.Add(name, entry[Libc.EntryType]);
            }
        }
        finally
        {
            _ = Libc.CloseDirectory(directory);
        }
    }

    private static RowError? ListPortable(string folder, SortedNames names)
    {
        try
        {
            foreach (var entry in new DirectoryInfo(folder).EnumerateFileSystemInfos())
            {
                var kind = entry.LinkTarget is not null ? EntryKind.Link : entry is DirectoryInfo ? EntryKind.Folder : EntryKind.File;
                names.Add(Encoding.UTF8.GetBytes(entry.Name), (byte)kind);
            }
            return null;
        }
        catch (Exception exception) when (exception is IOException or UnauthorizedAccessException)
        {
            return new RowError(RowError.Unreadable, exception.Message);
        }
    }
}
