using System.Globalization;
using LeNetServe.BatchScorer.Invocation;

namespace LeNetServe.BatchScorer.Jobs;

/// <summary>One of <paramref name="Count"/> shares of a job's parts: those whose number leaves <paramref name="Index"/> when divided by the count.</summary>
internal readonly record struct Shard(int Index, int Count)
{
    public static Shard Whole => new(0, 1);

    public bool Has(long part) => part % Count == Index;

    /// <summary>
    /// The shard asked for: <c>I/N</c>, I from 0; else that of a Slurm array or a Kubernetes Indexed Job; null where there is none. <c>none</c> asks
    /// for none whatever the environment.
    /// </summary>
    /// <param name="option"><c>--shard</c>.</param>
    /// <param name="count"><c>--shards</c>, for Kubernetes, which tells a pod its index and not how many there are.</param>
    /// <param name="environment">Reads a variable.</param>
    public static Shard? Parse(string? option, int? count, Func<string, string?> environment)
    {
        if (option == "none")
            return null;
        if (option is not null)
            return OfText(option);
        if (environment("SLURM_ARRAY_TASK_ID") is { Length: > 0 } task)
            return OfSlurm(task, environment);
        if (environment("JOB_COMPLETION_INDEX") is { Length: > 0 } index)
            return count is { } shards ? Checked(Number("JOB_COMPLETION_INDEX", index), shards, $"JOB_COMPLETION_INDEX={index} with --shards {shards}")
                : throw new UsageException($"JOB_COMPLETION_INDEX is {index} and the number of shards is unknown, expected --shards N with the job's completions");
        return count is null ? null : throw new UsageException($"--shards {count} without an index, expected --shard I/{count}, or JOB_COMPLETION_INDEX");
    }

    private static Shard OfText(string option)
    {
        var parts = option.Split('/');
        if (parts.Length != 2 || !int.TryParse(parts[0], NumberStyles.None, null, out var index) || !int.TryParse(parts[1], NumberStyles.None, null, out var count))
            throw new UsageException($"--shard is '{option}', expected I/N with I from 0 to N-1, such as 0/4");
        return Checked(index, count, $"--shard {option}");
    }

    private static Shard OfSlurm(string task, Func<string, string?> environment)
    {
        var count = Number("SLURM_ARRAY_TASK_COUNT", environment("SLURM_ARRAY_TASK_COUNT"));
        var first = environment("SLURM_ARRAY_TASK_MIN") is { Length: > 0 } min ? Number("SLURM_ARRAY_TASK_MIN", min) : 0;
        var step = environment("SLURM_ARRAY_TASK_STEP") is { Length: > 0 } text ? Math.Max(1, Number("SLURM_ARRAY_TASK_STEP", text)) : 1;
        return Checked((Number("SLURM_ARRAY_TASK_ID", task) - first) / step, count, $"SLURM_ARRAY_TASK_ID={task} of {count}");
    }

    private static Shard Checked(int index, int count, string source) => count >= 1 && index >= 0 && index < count
        ? new Shard(index, count)
        : throw new UsageException($"{source} is shard {index} of {count}, expected an index from 0 to {Math.Max(count - 1, 0)}");

    private static int Number(string name, string? text) => int.TryParse(text, NumberStyles.None, null, out var number)
        ? number
        : throw new UsageException($"{name} is '{text}', expected a number");

    public override string ToString() => $"{Index}/{Count}";
}
