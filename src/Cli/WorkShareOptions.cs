using System.CommandLine;

namespace LeNetServe.Cli;

/// <summary>The options that choose one machine's share of the work.</summary>
public sealed class WorkShareOptions
{
    private readonly Option<string?> shard = new("--shard")
    {
        Description = "Do share I of N, I from 0. Default: that of a Slurm array or a Kubernetes Indexed Job; 'none' ignores those",
        HelpName = "I/N",
    };

    private readonly Option<int?> count = new("--shards", "--count")
    {
        Description = "Number of shares, if the environment tells the index only (JOB_COMPLETION_INDEX)",
        HelpName = "N",
    };

    private readonly Option<int?> index = new("--index") { Hidden = true };

    /// <summary>Gets the options.</summary>
    public Option[] All => [shard, count, index];

    /// <summary>Adds the options to a command.</summary>
    public void AddTo(Command command)
    {
        foreach (var option in All)
            command.Add(option);
    }

    /// <summary>Reads the share; null if none is asked for.</summary>
    /// <param name="parsed">The command line.</param>
    /// <param name="environment">Reads an environment variable.</param>
    public WorkShare? Read(ParseResult parsed, Func<string, string?> environment) =>
        WorkShare.Read(parsed.GetValue(shard), parsed.GetValue(index), parsed.GetValue(count), environment);
}
