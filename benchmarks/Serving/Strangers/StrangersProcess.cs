using System.Diagnostics;
using System.Globalization;

namespace LeNetServe.Serving.Strangers;

/// <summary>The bad and hostile callers as a process of their own.</summary>
internal sealed class StrangersProcess(ServerProcess server, string model, double seconds) : IAsyncDisposable
{
    private readonly Process process = ServerProcess.StartSelf(
        "strangers", server.Grpc, server.Http, model, seconds.ToString(CultureInfo.InvariantCulture));

    /// <summary>Waits for the end and gets the number of each answer of each kind.</summary>
    public async Task<IReadOnlyDictionary<(string Kind, string Answer), int>> AnswersAsync()
    {
        var text = await process.StandardOutput.ReadToEndAsync();
        await process.WaitForExitAsync();
        return text.Split('\n', StringSplitOptions.RemoveEmptyEntries).Select(line => line.Split('\t'))
            .ToDictionary(fields => (fields[0], fields[1]), fields => int.Parse(fields[2], CultureInfo.InvariantCulture));
    }

    public async ValueTask DisposeAsync()
    {
        await process.WaitForExitAsync();
        process.Dispose();
    }
}
