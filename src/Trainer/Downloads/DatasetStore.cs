using System.Formats.Tar;
using System.IO.Compression;
using LeNetServe.Files;

namespace LeNetServe.Trainer.Downloads;

/// <summary>The data sets on this machine: a folder for each under a root, filled from the network on demand.</summary>
/// <param name="root">The folder of all data sets.</param>
/// <param name="http">Sends the requests; its own time limit should be infinite, since stalls are found here.</param>
/// <param name="time">The clock of pauses and stalls.</param>
/// <param name="say">Takes a line for each thing to wait for.</param>
/// <param name="report">Takes the progress of each file.</param>
internal sealed class DatasetStore(
    string root, HttpClient http, TimeProvider time, Action<string>? say = null, Action<DownloadProgress>? report = null)
{
    /// <summary>Creates an HTTP client that follows redirects and reads <c>http_proxy</c> and its like.</summary>
    public static HttpClient CreateClient()
    {
        var handler = new SocketsHttpHandler { ConnectTimeout = TimeSpan.FromSeconds(15) };
        var client = new HttpClient(handler) { Timeout = Timeout.InfiniteTimeSpan };
        client.DefaultRequestHeaders.UserAgent.ParseAdd("lenetserve-trainer");
        return client;
    }

    /// <summary>Gets the folder of the data set of that name.</summary>
    public string DirectoryOf(string name) => Path.Combine(root, name);

    /// <summary>Judges every file of the data set without the network.</summary>
    public IReadOnlyList<FileVerdict> Verify(RemoteDataset dataset) =>
        [.. dataset.Files.Select(file => FileVerdict.Of(DirectoryOf(dataset.Name), file))];

    /// <summary>Gets the sub-folder that serves in place of the files if all of them are missing, or null.</summary>
    public string? Substitute(RemoteDataset dataset, IReadOnlyList<FileVerdict> verdicts) =>
        verdicts.All(verdict => verdict.State == FileState.Missing)
            ? dataset.Alternatives.Select(name => Path.Combine(DirectoryOf(dataset.Name), name)).FirstOrDefault(Directory.Exists)
            : null;

    /// <summary>Makes the data set ready for reading: checks the hashes of the files and downloads the missing ones.</summary>
    /// <returns>The data set's folder.</returns>
    /// <exception cref="InvalidDataException">A file is damaged or replaced; the message names found and expected hash.</exception>
    /// <exception cref="FileNotFoundException">Files are missing and <see cref="DownloadOptions.Offline"/> is set.</exception>
    /// <exception cref="IOException">No mirror could give a file.</exception>
    public async Task<string> ObtainAsync(RemoteDataset dataset, DownloadOptions options, CancellationToken cancellationToken)
    {
        var directory = DirectoryOf(dataset.Name);
        if (IsReady(dataset, options))
            return directory;
        if (options.Offline)
            ThrowOffline(dataset, directory);
        var isNewRoot = !Directory.Exists(root);
        Directory.CreateDirectory(directory);
        try
        {
            using var taken = await DirectoryLock.TakeAsync(Path.Combine(directory, ".download.lock"), time, SayWait, cancellationToken);
            if (!IsReady(dataset, options))
                await DownloadAsync(dataset, directory, options, cancellationToken);
        }
        finally
        {
            // An empty folder of a failed download would take the place of a link that the user makes by hand.
            DeleteEmpty(directory);
            if (isNewRoot)
                DeleteEmpty(root);
        }
        return directory;

        void SayWait() => say?.Invoke($"waiting for another download into {directory}");
    }

    private bool IsReady(RemoteDataset dataset, DownloadOptions options)
    {
        var verdicts = Verify(dataset);
        if (!options.Replace && verdicts.FirstOrDefault(verdict => verdict.State == FileState.Damaged) is { } damaged)
            ThrowDamaged(dataset, damaged);
        if (Substitute(dataset, verdicts) is not null)
            return true;
        return verdicts.All(verdict => verdict.State == FileState.Sound)
            && dataset.Files.All(file =>
                file.UnpacksTo is null || Directory.Exists(Path.Combine(DirectoryOf(dataset.Name), file.UnpacksTo)));
    }

    private async Task DownloadAsync(RemoteDataset dataset, string directory, DownloadOptions options, CancellationToken cancellationToken)
    {
        var download = new FileDownload(http, time, options, report ?? (_ => { }));
        IEnumerable<Uri> mirrors = options.Mirror is { } first ? [first, .. dataset.Mirrors] : dataset.Mirrors;
        foreach (var file in dataset.Files)
        {
            if (FileVerdict.Of(directory, file).State != FileState.Sound)
                await download.RunAsync(directory, file, mirrors, cancellationToken);
            if (file.UnpacksTo is not null)
                await UnpackAsync(directory, file, file.UnpacksTo, cancellationToken);
        }
    }

    private static async Task UnpackAsync(string directory, RemoteFile file, string unpacksTo, CancellationToken cancellationToken)
    {
        var target = Path.Combine(directory, unpacksTo);
        if (Directory.Exists(target))
            return;
        var temporary = Directory.CreateDirectory(Path.Combine(directory, $".unpack-{Guid.NewGuid():N}")).FullName;
        try
        {
            await using var archive = new GZipStream(RegularFile.Open(Path.Combine(directory, file.Name)), CompressionMode.Decompress);
            await TarFile.ExtractToDirectoryAsync(archive, temporary, overwriteFiles: false, cancellationToken);
            Directory.Move(Path.Combine(temporary, unpacksTo), target);
        }
        finally
        {
            Directory.Delete(temporary, recursive: true);
        }
    }

    private static void DeleteEmpty(string folder)
    {
        try
        {
            if (!Directory.EnumerateFileSystemEntries(folder).Any())
                Directory.Delete(folder);
        }
        catch (IOException)
        {
            // Another process has just begun to use the folder.
        }
    }

    private static void ThrowDamaged(RemoteDataset dataset, FileVerdict damaged) => throw new InvalidDataException(
        $"{damaged.Path} is not the published file: {damaged.Reason}; fetch it anew with 'datasets download {dataset.Name} --replace'");

    private void ThrowOffline(RemoteDataset dataset, string directory)
    {
        var missing = Verify(dataset).Where(verdict => verdict.State != FileState.Sound)
            .Select(verdict => Path.GetFileName(verdict.Path)).ToList();
        throw new FileNotFoundException(missing.Count > 0
            ? $"{directory}: found no {string.Join(", ", missing)}; --offline forbids the download: put the files there, "
                + $"or run 'datasets download {dataset.Name}' with a network"
            : $"{directory}: the archive is there but not unpacked; run 'datasets download {dataset.Name}'");
    }
}
