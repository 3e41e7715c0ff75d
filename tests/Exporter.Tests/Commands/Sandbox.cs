using LeNetServe.Runs;

namespace LeNetServe.Exporter.Tests.Commands;

/// <summary>A trained run and a model repository for one test.</summary>
internal sealed class Sandbox : IDisposable
{
    private readonly TemporaryDirectory temporary = new();

    public Sandbox()
    {
        Run = CreateRun();
        Models = temporary["models"];
    }

    /// <summary>Gets the run.</summary>
    public RunDirectory Run { get; }

    /// <summary>Gets the repository, which does not exist before the first export.</summary>
    public string Models { get; }

    /// <summary>Gets a path in the test's own directory.</summary>
    public string this[string name] => temporary[name];

    /// <summary>Writes another run.</summary>
    public RunDirectory CreateRun(int seed = 1, string dataset = "noise") =>
        TestRuns.Create(temporary["runs"], TestSpecs.Create("lenet5"), seed, dataset: dataset);

    /// <summary>Exports the run as the next version of <c>net</c>.</summary>
    public Task<(int Code, string Output, string Error)> ExportAsync(params string[] more) =>
        ExporterProcess.RunAsync("", ["export", "--run", Run.Path, "--repository", Models, "--name", "net", .. more]);

    /// <inheritdoc/>
    public void Dispose() => temporary.Dispose();
}
