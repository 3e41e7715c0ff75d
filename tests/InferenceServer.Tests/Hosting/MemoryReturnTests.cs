using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Time.Testing;

namespace LeNetServe.InferenceServer.Tests.Hosting;

[Collection(RunsAlone.Name)]
public sealed class MemoryReturnTests
{
    private const int Megabyte = 1 << 20;

    /// <summary>The collector does not run in an idle process, so that the garbage would stay.</summary>
    [Fact]
    public async Task ExecuteAsync_Idle_GivesGarbageBack()
    {
        var time = new FakeTimeProvider(DateTimeOffset.UtcNow);
        await using var server = await TestServer.StartAsync(
            TestServer.WriteTiny, builder => builder.Services.AddSingleton<TimeProvider>(time));
        // The heap of the tests before has room for garbage that would cost no memory.
        GC.Collect(GC.MaxGeneration, GCCollectionMode.Aggressive, blocking: true, compacting: true);
        time.Advance(TimeSpan.FromSeconds(10));

        Waste();
        var peak = Environment.WorkingSet;

        await Eventually.TrueAsync(() =>
        {
            time.Advance(TimeSpan.FromSeconds(10));
            return Environment.WorkingSet < peak - (150 * Megabyte);
        });
    }

    private static void Waste()
    {
        var blocks = Enumerable.Range(0, 300).Select(_ => new byte[Megabyte]).ToArray();
        foreach (var block in blocks)
            Array.Fill<byte>(block, 1);
    }
}
