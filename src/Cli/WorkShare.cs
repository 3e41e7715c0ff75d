using System.Globalization;

namespace LeNetServe.Cli;

/// <summary>One machine's share of numbered work.</summary>
/// <param name="Index">The remainder of the numbers of its items, divided by the count.</param>
/// <param name="Count">The number of shares.</param>
public readonly record struct WorkShare(int Index, int Count)
{
    /// <summary>Gets the share that is everything.</summary>
    public static WorkShare Whole => new(0, 1);

    /// <summary>Tells whether an item belongs to this share.</summary>
    public bool Has(long item) => item % Count == Index;

    /// <summary>Gets the share's items.</summary>
    public IReadOnlyList<T> Of<T>(IReadOnlyList<T> items)
    {
        var share = this;
        return [.. items.Where((_, number) => share.Has(number))];
    }

    /// <summary>
    /// Reads the share from <c>--shard I/N</c>, else from <c>--index</c> and <c>--shards</c>, else from a Slurm array or a Kubernetes job.
    /// A Kubernetes Indexed Job tells a pod its index but not the number of shares. Null means that no share is asked for.
    /// </summary>
    /// <param name="shard"><c>--shard</c>: <c>I/N</c>, or <c>none</c> to ignore the environment.</param>
    /// <param name="index"><c>--index</c>, from 0.</param>
    /// <param name="count"><c>--shards</c>.</param>
    /// <param name="environment">Reads an environment variable.</param>
    /// <exception cref="ExpectedException">The share does not exist, or one of its two numbers is missing.</exception>
    public static WorkShare? Read(string? shard, int? index, int? count, Func<string, string?> environment)
    {
        if (shard == "none")
            return null;
        if (shard is not null)
            return OfText(shard);
        if (index is { } asked)
            return count is { } all
                ? Checked(asked, all, $"--index {asked}")
                : throw ExpectedException.Usage($"--index {asked} without --shards, expected --shard {asked}/N");
        if (environment("SLURM_ARRAY_TASK_ID") is { Length: > 0 } task)
            return OfSlurm(task, count, environment);
        if (environment("JOB_COMPLETION_INDEX") is { Length: > 0 } pod)
            return count is { } shares
                ? Checked(Number("JOB_COMPLETION_INDEX", pod), shares, $"JOB_COMPLETION_INDEX={pod} with --shards {shares}")
                : throw ExpectedException.Usage(
                    $"JOB_COMPLETION_INDEX is {pod} and the number of shards is unknown, expected --shards N with the job's completions");
        return count is null or 1 ? null : throw ExpectedException.Usage(
            $"--shards {count} without an index, expected --shard I/{count}, a Slurm array or a Kubernetes Indexed Job");
    }

    /// <inheritdoc/>
    public override string ToString() => $"{Index}/{Count}";

    private static WorkShare OfText(string text)
    {
        var parts = text.Split('/');
        return parts.Length == 2 && TryRead(parts[0], out var index) && TryRead(parts[1], out var count)
            ? Checked(index, count, $"--shard {text}")
            : throw ExpectedException.Usage($"--shard is \"{text}\", expected I/N with I from 0 to N-1, such as 0/4");
    }

    private static WorkShare OfSlurm(string task, int? shares, Func<string, string?> environment)
    {
        var count = shares ?? Number("SLURM_ARRAY_TASK_COUNT", environment("SLURM_ARRAY_TASK_COUNT"));
        var first = Optional("SLURM_ARRAY_TASK_MIN", 0);
        var step = Math.Max(1, Optional("SLURM_ARRAY_TASK_STEP", 1));
        return Checked((Number("SLURM_ARRAY_TASK_ID", task) - first) / step, count, $"SLURM_ARRAY_TASK_ID={task} of {count}");

        int Optional(string name, int otherwise) => environment(name) is { Length: > 0 } text ? Number(name, text) : otherwise;
    }

    private static WorkShare Checked(int index, int count, string source) => count >= 1 && index >= 0 && index < count
        ? new(index, count)
        : throw ExpectedException.Usage($"{source} is shard {index} of {count}, expected an index from 0 to {Math.Max(count - 1, 0)}");

    private static int Number(string name, string? text) =>
        TryRead(text, out var number) ? number : throw ExpectedException.Usage($"{name} is \"{text}\", expected a whole number");

    private static bool TryRead(string? text, out int number) =>
        int.TryParse(text, NumberStyles.None, CultureInfo.InvariantCulture, out number);
}
