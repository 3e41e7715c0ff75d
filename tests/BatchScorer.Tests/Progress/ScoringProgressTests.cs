using LeNetServe.BatchScorer.Progress;
using Microsoft.Extensions.Time.Testing;

namespace LeNetServe.BatchScorer.Tests.Progress;

public sealed class ScoringProgressTests : IDisposable
{
    private readonly FakeTimeProvider time = new();
    private readonly StringWriter target = new();

    public void Dispose() => target.Dispose();

    [Fact]
    public void Show_OnATerminal_RewritesOneLineWithSpeedAndRemainingTime()
    {
        using var progress = new ScoringProgress(target, ProgressStyle.Terminal, time);
        progress.Expect(4000);
        progress.Add(900, 0);
        progress.Add(100, 3);
        time.Advance(TimeSpan.FromSeconds(0.2));
        progress.End();

        Assert.Equal("\r1,000/4,000 (25 %) images, 5,000 images/s, 3 failed, ETA 00:00:00\x1b[K\r\x1b[K", target.ToString());
    }

    [Fact]
    public void Show_MoreThanADayLeft_CountsItsHours()
    {
        using var progress = new ScoringProgress(target, ProgressStyle.Terminal, time);
        progress.Expect(1_000_001);
        progress.Add(1, 0);
        time.Advance(TimeSpan.FromSeconds(0.2));
        progress.End();

        Assert.Contains(", ETA 55:33:20", target.ToString());
    }

    [Fact]
    public void Show_ForPrograms_IsAnObjectASecondAndOneAtTheEnd()
    {
        using var progress = new ScoringProgress(target, ProgressStyle.Json, time);
        progress.Add(500, 1);
        time.Advance(TimeSpan.FromSeconds(1));
        progress.Expect(2000);
        time.Advance(TimeSpan.FromSeconds(1));
        progress.Add(1500, 0);
        progress.End();

        Assert.Equal(
            """
            {"images":500,"failed":1,"seconds":1,"images_per_second":500,"done":false}
            {"images":500,"total":2000,"failed":1,"seconds":2,"images_per_second":250,"eta_seconds":6,"done":false}
            {"images":2000,"total":2000,"failed":1,"seconds":2,"images_per_second":1000,"eta_seconds":0,"done":true}

            """.ReplaceLineEndings(),
            target.ToString());
    }

    [Fact]
    public void Show_Elsewhere_IsSilent()
    {
        using var progress = new ScoringProgress(target, ProgressStyle.None, time);
        progress.Add(500, 1);
        time.Advance(TimeSpan.FromMinutes(1));
        progress.End();

        Assert.Empty(target.ToString());
    }
}
