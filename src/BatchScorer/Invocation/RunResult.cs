using LeNetServe.BatchScorer.Outputs;

namespace LeNetServe.BatchScorer.Invocation;

/// <summary>The end of a run: its counts and files in words, and its exit code.</summary>
internal sealed class RunResult(Tally tally, ErrorThreshold threshold, TextWriter messages)
{
    /// <summary>Writes the counts and the files.</summary>
    /// <param name="elapsed">The time that scoring took; null if it is not known.</param>
    /// <param name="files">The files that were written.</param>
    public void Say(TimeSpan? elapsed, IReadOnlyList<string> files)
    {
        messages.Write(ResultText.Of(tally, elapsed));
        var named = files.Where(file => file != OutputSink.StandardOutput).ToList();
        if (named.Count > 0)
            messages.WriteLine($"written: {string.Join(", ", named)}");
    }

    /// <summary>Gets the exit code; more failed images than allowed are a line on the messages.</summary>
    public ExitCode Verdict()
    {
        if (!threshold.IsExceededBy(tally.Failed, tally.Images))
            return ExitCode.Success;
        messages.WriteLine(threshold.Message(tally.Failed, tally.Images));
        return ExitCode.CheckFailed;
    }
}
