using System.Diagnostics;
using System.Runtime.CompilerServices;

namespace LeNetServe.InferenceServer.Tests;

/// <summary>Waits for what comes true after a moment, and fails where it does not: a test that waits for ever says nothing.</summary>
internal static class Eventually
{
    private static readonly TimeSpan Limit = TimeSpan.FromSeconds(30);

    public static Task TrueAsync(Func<bool> condition, [CallerArgumentExpression(nameof(condition))] string text = "") =>
        TrueAsync(() => Task.FromResult(condition()), text);

    public static async Task TrueAsync(Func<Task<bool>> condition, [CallerArgumentExpression(nameof(condition))] string text = "")
    {
        for (var started = Stopwatch.GetTimestamp(); !await condition().WaitAsync(Limit, TestContext.Current.CancellationToken);)
        {
            Assert.True(Stopwatch.GetElapsedTime(started) < Limit, $"after {Limit.TotalSeconds} seconds this is still not true: {text}");
            await Task.Delay(1, TestContext.Current.CancellationToken);
        }
    }
}
