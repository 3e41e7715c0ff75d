using LeNetServe.BatchScorer.Outputs;
using LeNetServe.Cli;

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
        if (named.Count == 0)
            return;
        messages.WriteLine($"written: {string.Join(", ", named)}");
        // A page for people, if there is one; else the first rows.
        if (named.FirstOrDefault(file => Path.GetExtension(file) is ".html" or ".png") is { } shown)
            messages.WriteLine($"next: {Shell.Open(shown)}");
        else if (OutputFormats.OfExtension(named[0]) is OutputFormat.Csv or OutputFormat.Jsonl)
            messages.WriteLine($"next: {(OperatingSystem.IsWindows() ? "more" : "head -n 5")} {Shell.Word(named[0])}");
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
