using System.Diagnostics;
using LeNetServe.InferenceServer.Errors;
using LeNetServe.InferenceServer.Recording;

namespace LeNetServe.InferenceServer.Tests.Recording;

public sealed class RecordingCostTests(ITestOutputHelper output)
{
    /// <summary>Prints the cost of recording and asserts nothing.</summary>
    /// <remarks>Its arguments are <c>--explicit only --filter-class '*RecordingCostTests'</c>.</remarks>
    [Fact(Explicit = true)]
    public void Record_OneRequest_CostsSoMuch()
    {
        using var metrics = new ServerMetrics();
        var model = metrics.For("m", 1);
        var phases = new RequestPhases(0, 1_000, 23_000, 30_000);
        var rounds = Enumerable.Range(0, 21).Select(_ => Measure(model, phases)).Order().ToArray();

        var range = $"{rounds.Length} rounds of 100,000, from {rounds[0]:0} to {rounds[^1]:0}";
        output.WriteLine($"{rounds[rounds.Length / 2]:0} ns per request (median of {range})");
    }

    private static double Measure(ModelMetrics model, in RequestPhases phases)
    {
        const int Requests = 100_000;
        var start = Stopwatch.GetTimestamp();
        for (var i = 0; i < Requests; i++)
        {
            model.Enter();
            model.RecordRun(1, phases.Inference);
            model.Record(RequestOutcome.Ok, 1, phases);
            model.Leave();
        }
        return Stopwatch.GetElapsedTime(start).TotalNanoseconds / Requests;
    }
}
