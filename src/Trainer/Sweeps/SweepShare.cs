using System.Globalization;
using LeNetServe.Trainer.Invocation;

namespace LeNetServe.Trainer.Sweeps;

/// <summary>Which of a sweep's runs this machine does: those whose number leaves <paramref name="Index"/> when divided by <paramref name="Count"/>. No coordinator is needed.</summary>
internal readonly record struct SweepShare(int Index, int Count)
{
    /// <summary>All runs.</summary>
    public static SweepShare Whole => new(0, 1);

    /// <summary>
    /// The share asked for by options; else that of a Slurm array task, or of a Kubernetes Indexed Job, which tells a pod its index but needs
    /// <c>--count</c> for how many there are; else all runs.
    /// </summary>
    /// <param name="index"><c>--index</c>, from 0.</param>
    /// <param name="count"><c>--count</c>.</param>
    /// <param name="environment">Reads an environment variable.</param>
    /// <exception cref="UsageException">Index and count do not fit together.</exception>
    public static SweepShare Of(int? index, int? count, Func<string, string?> environment)
    {
        if (index is { } asked)
            return Checked(asked, count ?? throw new UsageException($"--index {asked} without --count, expected both"), "--index");
        if (environment("SLURM_ARRAY_TASK_ID") is { Length: > 0 } task)
        {
            var (first, step) = (Number("SLURM_ARRAY_TASK_MIN", 0), Math.Max(1, Number("SLURM_ARRAY_TASK_STEP", 1)));
            return Checked((Parse("SLURM_ARRAY_TASK_ID", task) - first) / step, count ?? Number("SLURM_ARRAY_TASK_COUNT", 1), "SLURM_ARRAY_TASK_ID");
        }
        if (environment("JOB_COMPLETION_INDEX") is { Length: > 0 } pod)
            return Checked(
                Parse("JOB_COMPLETION_INDEX", pod), count ?? throw new UsageException($"JOB_COMPLETION_INDEX is {pod}, expected --count with the job's completions beside it"), "JOB_COMPLETION_INDEX");
        return count is null or 1 ? Whole : throw new UsageException($"--count {count} without --index, expected both, a Slurm array or a Kubernetes Indexed Job");

        int Number(string name, int otherwise) => environment(name) is { Length: > 0 } text ? Parse(name, text) : otherwise;
    }

    /// <summary>The share's items.</summary>
    public IReadOnlyList<T> Of<T>(IReadOnlyList<T> items)
    {
        var (index, count) = this;
        return [.. items.Where((_, number) => number % count == index)];
    }

    private static SweepShare Checked(int index, int count, string source) => index >= 0 && index < count
        ? new(index, count)
        : throw new UsageException($"{source} means share {index} of {count}, expected 0 to {Math.Max(0, count - 1)}");

    private static int Parse(string name, string text) => int.TryParse(text, NumberStyles.None, CultureInfo.InvariantCulture, out var number)
        ? number
        : throw new UsageException($"{name} is \"{text}\", expected a whole number");
}
