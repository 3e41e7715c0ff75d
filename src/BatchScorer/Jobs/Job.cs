using System.Text.Json;
using LeNetServe.BatchScorer.Inputs;
using LeNetServe.Cli;
using LeNetServe.Files;

namespace LeNetServe.BatchScorer.Jobs;

/// <summary>A job's folder: <c>job.json</c>, the frozen list, and a file for each finished part under <c>parts/</c>.</summary>
internal sealed class Job(string folder, JobFile file)
{
    public const string FileName = "job.json";

    public string Folder { get; } = folder;

    public JobFile File { get; } = file;

    public long Parts => (File.Images + File.PartSize - 1) / File.PartSize;

    public string PartPath(long part) => Path.Combine(Folder, "parts", $"{part:00000000}.jsonl");

    public int CountOf(long part) => (int)Math.Min(File.PartSize, File.Images - (part * File.PartSize));

    /// <summary>Images in a share.</summary>
    public long CountOf(WorkShare share)
    {
        long count = 0;
        for (var part = (long)share.Index; part < Parts; part += share.Count)
            count += CountOf(part);
        return count;
    }

    /// <summary>Gets the filter of archives' members, as given when the list was frozen.</summary>
    public NameFilter Filter()
    {
        List<string> includes = [], excludes = [];
        for (var i = 0; i + 1 < File.Inputs.Length; i++)
            (File.Inputs[i] switch { "--include" => includes, "--exclude" => excludes, _ => null })?.Add(File.Inputs[i + 1]);
        return new NameFilter(includes, excludes);
    }

    public static Job Open(string folder)
    {
        var path = Path.Combine(folder, FileName);
        if (!System.IO.File.Exists(path))
            throw new FileNotFoundException($"{path}: no such file, expected a folder that 'score --out {folder}' has begun");
        return new Job(folder, Read(path));
    }

    /// <summary>
    /// Opens the job in a folder, or begins it: lists the images and freezes the list. If several shards begin at a time, one of them wins
    /// and the others take its list.
    /// </summary>
    public static Job OpenOrBegin(string folder, InputOptions inputs, Func<IEnumerable<InputImage>> list, int partSize, bool refresh)
    {
        Directory.CreateDirectory(Path.Combine(folder, "parts"));
        var path = Path.Combine(folder, FileName);
        var named = Named(inputs);
        if (refresh || !System.IO.File.Exists(path))
        {
            if (inputs.Paths.Count == 0 && inputs.ListFile is null)
                throw ExpectedException.Usage("nothing to score, expected a file, a folder, an archive, '-' or --list FILE");
            var (name, sha256, images) = FrozenList.Write(folder, list());
            var begun = new JobFile
            {
                List = name,
                ListSha256 = sha256,
                Images = images,
                PartSize = partSize,
                Directory = Environment.CurrentDirectory,
                Inputs = named,
            };
            Publish(path, JsonSerializer.SerializeToUtf8Bytes(begun, JobJson.Default.JobFile), refresh);
        }
        var file = Read(path);
        if (named.Length > 0 && !file.Inputs.AsSpan().SequenceEqual(named))
            throw ExpectedException.Usage($"{folder} holds a job about {string.Join(' ', file.Inputs)}, found {string.Join(' ', named)}: "
                    + "name the same inputs, another --out, or --refresh for a new list");
        if (file.Directory != Environment.CurrentDirectory && Relative(inputs) is { } input)
            throw ExpectedException.Usage($"{folder} holds a job about {input} in {file.Directory}, found {input} in "
                    + $"{Environment.CurrentDirectory}: go there, name no inputs, another --out, or --refresh for a new list");
        return new Job(folder, file);
    }

    /// <summary>Gets the first relative input path; null if there is none.</summary>
    private static string? Relative(InputOptions inputs) =>
        inputs.Paths.Concat(inputs.ListFile is { } list ? [list] : []).FirstOrDefault(path => path != "-" && !Path.IsPathRooted(path));

    /// <summary>Removes the temporary files that a killed scorer left of a shard's parts.</summary>
    public void Clean(WorkShare share)
    {
        foreach (var temporary in Directory.EnumerateFiles(Path.Combine(Folder, "parts"), "*.tmp"))
            if (long.TryParse(Path.GetFileName(temporary).Split('.')[0], out var part) && share.Has(part))
                System.IO.File.Delete(temporary);
    }

    private static void Publish(string path, byte[] content, bool replace)
    {
        using var file = new TemporaryFile(path);
        file.Stream.Write(content);
        try
        {
            file.Publish(replace: replace);
        }
        catch (IOException) when (!replace && System.IO.File.Exists(path))
        {
            // Another shard has begun the job.
        }
    }

    private static JobFile Read(string path)
    {
        try
        {
            var file = JsonSerializer.Deserialize(RegularFile.ReadAllBytes(path), JobJson.Default.JobFile);
            if (file is not { Format: 1, PartSize: > 0 })
                throw new InvalidDataException($"{path}: format {file?.Format}, expected 1");
            return file.Images > 0
                ? file
                : throw new InvalidDataException($"{path}: {InputListing.NoImages}; start anew in another folder, or with --refresh");
        }
        catch (JsonException exception)
        {
            throw new InvalidDataException($"{path}: no job: {JsonFault.Of(exception)}", exception);
        }
    }

    private static string[] Named(InputOptions inputs) =>
    [
        .. inputs.Paths,
        .. inputs.ListFile is { } list ? (string[])["--list", list] : [],
        .. inputs.Includes.SelectMany(glob => (string[])["--include", glob]),
        .. inputs.Excludes.SelectMany(glob => (string[])["--exclude", glob]),
    ];
}
