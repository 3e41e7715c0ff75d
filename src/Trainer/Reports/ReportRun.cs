using LeNetServe.Cli;
using LeNetServe.Runs;

namespace LeNetServe.Trainer.Reports;

internal sealed class ReportRun(ReportOptions options)
{
    public ExitCode Run()
    {
        foreach (var run in options.Runs.Select(path => new RunDirectory(path)))
        {
            RunReport.Write(run);
            Console.WriteLine(run.Report);
        }
        Console.WriteLine($"next: {Shell.Open(new RunDirectory(options.Runs[0]).Report)}");
        return ExitCode.Success;
    }
}
