using System.Text;
using LeNetServe.BatchScorer.Rows;

namespace LeNetServe.BatchScorer.Inputs;

/// <summary>Lists the images of everything that the user names, in the order named.</summary>
internal sealed class InputListing
{
    public const string NoImages = "the inputs have no images; files of other extensions need --include";

    private const int MostOfAName = 100;

    private readonly InputOptions options;
    private readonly NameFilter filter;
    private readonly OwnOutputs own;
    private readonly FolderWalk walk;
    private long passedOver;

    public InputListing(InputOptions options)
    {
        this.options = options;
        filter = new NameFilter(options.Includes, options.Excludes);
        own = new OwnOutputs(options.Outputs);
        walk = new FolderWalk(filter, own);
    }

    /// <summary>Gets the number of symbolic links that were left out because they lead back to a folder above them.</summary>
    public int Loops => walk.Loops;

    /// <summary>Gets the number of files, folders and members of archives that are not images to score.</summary>
    public long PassedOver => passedOver + walk.PassedOver;

    /// <summary>
    /// Tells whether the images may be counted beforehand. A pipe cannot be read twice; one such as <c>&lt;(…)</c> has no length.
    /// </summary>
    public bool CanBeReadTwice => !options.Paths.Contains("-") && (options.ListFile is not { } list || new FileInfo(list).Length > 0);

    /// <summary>Refuses missing inputs before anything is scored.</summary>
    public void Check()
    {
        if (options.Paths.Count == 0 && options.ListFile is null)
            throw ExpectedException.Usage("nothing to score, expected a file, a folder, an archive, '-' or --list FILE");
        foreach (var path in options.Paths.Where(path => path != "-" && !Path.Exists(path)))
            throw new FileNotFoundException($"{path}: no such file or folder{Remedy(path)}");
        if (options.Paths.FirstOrDefault(path => path != "-" && own.Has(path)) is { } output)
            throw ExpectedException.Usage($"{output} is an input and an output of this call, expected another --out");
        if (options.ListFile is { } list && !File.Exists(list))
            throw new FileNotFoundException($"--list {list}: no such file{NearestName.HintOfPath(list)}");
    }

    // A pattern in quotes reaches this program as it is.
    private static string Remedy(string path) => path.AsSpan().ContainsAny('*', '?')
        ? "; write the pattern without quotes, or give the folder and --include: "
            + $"{(Path.GetDirectoryName(path) is { Length: > 0 } folder ? folder : ".")} --include '{Path.GetFileName(path)}'"
        : NearestName.HintOfPath(path);

    /// <summary>Lists the images, lazily and once.</summary>
    /// <param name="contents">Members of archives come with their content.</param>
    /// <param name="cancellationToken">Ends the listing with an <see cref="OperationCanceledException"/>.</param>
    public IEnumerable<InputImage> Images(bool contents, CancellationToken cancellationToken = default)
    {
        foreach (var image in All(contents, cancellationToken))
        {
            cancellationToken.ThrowIfCancellationRequested();
            yield return image;
        }
    }

    private IEnumerable<InputImage> All(bool contents, CancellationToken cancellationToken)
    {
        foreach (var path in options.Paths)
        {
            var images = path == "-"
                ? Listed(Console.OpenStandardInput(), contents, cancellationToken)
                : Of(Encoding.UTF8.GetBytes(path), contents);
            foreach (var image in images)
                yield return image;
        }
        if (options.ListFile is { } list)
        {
            // The list may be a pipe, such as <(find …), which the check for regular files would refuse.
            using var stream = new FileStream(list, FileMode.Open, FileAccess.Read);
            foreach (var image in Listed(stream, contents, cancellationToken))
                yield return image;
        }
    }

    private IEnumerable<InputImage> Listed(Stream stream, bool contents, CancellationToken cancellationToken) =>
        PathList.Read(stream, options.NullSeparated, cancellationToken).SelectMany(path => Of(path, contents));

    private IEnumerable<InputImage> Of(byte[] path, bool contents)
    {
        // The file system would cut the path there.
        if (path.Contains((byte)0))
            return [HasZero(path)];
        if (Archives.KindOf(path) is { } kind && !FolderWalk.IsFolder(path))
            return Archives.Images(path, kind, filter, FilePath.ToText(path), () => contents, () => passedOver++);
        return FolderWalk.IsFolder(path) ? walk.Images(path) : [Single(path)];
    }

    private static InputImage HasZero(byte[] path) => new()
    {
        Name = FilePath.ToText(path.AsSpan(0, Math.Min(path.Length, MostOfAName))),
        Error = new RowError(
            RowError.Unreadable, "the path has a zero byte; --null reads a list of find -print0, and UTF-16 needs its byte order mark"),
    };

    private static InputImage Single(byte[] path)
    {
        var name = FilePath.ToText(path);
        return new InputImage { Name = name, File = FilePath.Terminated(path), Folder = Path.GetFileName(Path.GetDirectoryName(name)) };
    }
}
