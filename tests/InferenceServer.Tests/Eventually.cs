using System.Diagnostics;

namespace LeNetServe.InferenceServer.Tests;

/// <summary>Waits for what comes true after a moment, and fails where it does not: a test that waits for ever says nothing.</summary>
internal static class Eventually
{
    private static readonly TimeSpan Limit = TimeSpan.FromSeconds(60);

    public static Task TrueAsync(Func<bool> condition) => TrueAsync(() => Task.FromResult(condition()));

    public static async Task TrueAsync(Func<Task<bool>> condition)
    {
        for (var started = Stopwatch.GetTimestamp(); !await condition();)
        {
            Assert.True(Stopwatch.GetElapsedTime(started) < Limit, $"the condition did not come true within {Limit.TotalSeconds} seconds");
            await Task.Delay(1, TestContext.Current.CancellationToken);
        }
    }
}
