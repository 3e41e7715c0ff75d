using System.CommandLine;
using LeNetServe.Cli;
using LeNetServe.Exporter.Publish;

namespace LeNetServe.Exporter.Commands;

/// <summary>The target of a command that publishes: the next version in a repository, or a new directory.</summary>
internal sealed class PublishTarget
{
    private readonly string? repository;
    private readonly string? directory;
    private readonly bool force;

    private PublishTarget(string? repository, string? directory, bool force)
    {
        this.repository = repository;
        this.directory = directory;
        this.force = force;
    }

    public static Option<string?> Repository { get; } =
        CliOption.Optional("--repository", "the model repository; the next version of the model is written there");

    /// <summary>Gets the option for a directory.</summary>
    public static Option<string?> Out { get; } = CliOption.Optional("--out", "a new directory for the files, instead of a repository");

    /// <summary>Gets the option to publish equal files again.</summary>
    public static Option<bool> Force { get; } =
        CliOption.Switch("--force", "publish a new version also if the newest one has the same bytes");

    /// <summary>Reads the options before any work is done.</summary>
    /// <exception cref="ExpectedException">Both targets or neither is given, or the target is taken.</exception>
    public static PublishTarget Read(ParseResult parsed)
    {
        var repository = parsed.GetValue(Repository);
        var directory = parsed.GetValue(Out);
        if (repository is null && directory is null)
            throw ExpectedException.Usage("neither --repository nor --out is given, expected one of them");
        if (repository is not null && directory is not null)
            throw ExpectedException.Usage("--repository and --out are both given, expected one of them");
        if (directory is not null && Path.Exists(directory))
            throw ExpectedException.Usage($"--out {directory} exists, expected a new directory: a version is never overwritten");
        if (File.Exists(repository))
            throw ExpectedException.Usage($"--repository {repository} is a file, expected a directory");
        parsed.WarnWithout(repository is not null, "--repository", Force);
        return new(repository, directory, parsed.GetValue(Force));
    }

    /// <summary>Publishes, and says what was published and which commands come next.</summary>
    public void Publish(string name, VersionFiles files, TextWriter output)
    {
        var model = repository is null ? directory! : Path.Combine(repository, name);
        if (repository is not null && !force && ModelPublisher.FindNewest(repository, name, files) is { } same)
        {
            output.WriteLine($"not published: {same} has the same bytes already; --force publishes them again");
        }
        else
        {
            if (repository is not null && !Directory.Exists(repository))
                output.WriteLine($"created: the model repository {repository}, which was not there before");
            var published = repository is null
                ? ModelPublisher.PublishTo(directory!, files)
                : ModelPublisher.PublishNext(repository, name, files);
            output.WriteLine($"published: {published}");
        }
        if (repository is not null)
            output.WriteLine($"next: lenetserve-serve {Shell.Word(repository)}");
        output.WriteLine($"next: {ScoreCommandOf(model)}");
    }

    /// <summary>Gets the command that scores a folder with a model.</summary>
    public static string ScoreCommandOf(string model) =>
        $"lenetserve-score score PICTURES --model {Shell.Word(model)} --out scores.jsonl";
}
