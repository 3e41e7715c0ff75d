using System.Collections.Concurrent;
using System.Text.Json;
using LeNetServe.Runs;
using LeNetServe.Trainer.Configuration;
using LeNetServe.Trainer.Downloads;
using LeNetServe.Trainer.Sweeps;
using Microsoft.Extensions.Time.Testing;

namespace LeNetServe.Trainer.Tests.Sweeps;

public sealed class SweepTests : IDisposable
{
    private readonly string root = Directory.CreateTempSubdirectory("lenet-sweep-").FullName;
    private readonly ConcurrentQueue<string> trained = new();
    private readonly ConcurrentQueue<string> said = new();

    public void Dispose() => Directory.Delete(root, recursive: true);

    [Fact]
    public async Task RunAsync_SomeFinished_TrainsTheOthersOnce()
    {
        var runs = Runs(5);
        Finish(runs[1]);
        Finish(runs[3]);

        var failed = await new Sweep(Train, said.Enqueue).RunAsync(runs, 2, Cancel);

        Assert.Empty(failed);
        Assert.Equal(["run0", "run2", "run4"], trained.Order());
        Assert.Contains("2 of 5 runs are finished already", said);
    }

    [Fact]
    public async Task RunAsync_ARunIsFinished_SaysItsTrainingAndItsWholeTime()
    {
        var time = new FakeTimeProvider();
        var sweep = new Sweep(
            (run, cancellation) =>
            {
                time.Advance(TimeSpan.FromSeconds(15.2));
                return Train(run, cancellation);
            },
            said.Enqueue,
            time);

        await sweep.RunAsync(Runs(1), 1, Cancel);

        Assert.Equal(
            ["run0 begins", "[1/1] run0: test accuracy 90.00 %, 1 epoch in 1.0 s of training, 15.2 s in all"], said);
    }

    [Fact]
    public async Task RunAsync_FailsOnce_IsTriedAgainAfterTheOthers()
    {
        var failed = await new Sweep(
            async (run, cancellation) => run.Directory.Id == "run0"
                && !trained.Contains("run0") ? Fail(run) : await Train(run, cancellation), said.Enqueue).RunAsync(Runs(3), 1, Cancel);

        Assert.Empty(failed);
        Assert.Equal(["run0", "run1", "run2", "run0"], trained);
    }

    [Fact]
    public async Task RunAsync_FailsTwice_IsReportedAndTheOthersGoOn()
    {
        var failed = await new Sweep(
            async (run, cancellation) =>
                run.Directory.Id == "run1" ? Fail(run) : await Train(run, cancellation), said.Enqueue).RunAsync(Runs(3), 2, Cancel);

        var (broken, reason) = Assert.Single(failed);
        Assert.Equal(("run1", "exit code 3: error: no pictures"), (broken.Directory.Id, reason));
        Assert.Equal(2, trained.Count(id => id == "run1"));
        Assert.Equal(["run0", "run2"], Runs(3).Where(run => run.IsFinished).Select(run => run.Directory.Id));
    }

    [Fact]
    public async Task RunAsync_Cancelled_StartsNothingMore()
    {
        using var stop = new CancellationTokenSource();
        var sweep = new Sweep(
            async (run, _) =>
            {
                trained.Enqueue(run.Directory.Id);
                await stop.CancelAsync();
                return (130, "stopped");
            }, said.Enqueue);

        await Assert.ThrowsAnyAsync<OperationCanceledException>(() => sweep.RunAsync(Runs(4), 1, stop.Token));

        Assert.Equal(["run0"], trained);
    }

    [Fact]
    public void IsHeld_RunOfAnotherProcess_IsSeen()
    {
        var run = Runs(1)[0].Directory;
        Assert.False(Sweep.IsHeld(run));
        Directory.CreateDirectory(run.Path);

        using (DirectoryLock.TryTake(Path.Combine(run.Path, ".lock")))
            Assert.True(Sweep.IsHeld(run));

        Assert.False(Sweep.IsHeld(run));
    }

    private static CancellationToken Cancel => TestContext.Current.CancellationToken;

    private List<PlannedRun> Runs(int count) =>
    [
        .. Enumerable.Range(0, count).Select(number =>
            new PlannedRun(new TrainingConfig { Seed = number }, new(Path.Combine(root, $"run{number}")))),
    ];

    private Task<(int Code, string Message)> Train(PlannedRun run, CancellationToken cancellationToken)
    {
        trained.Enqueue(run.Directory.Id);
        Finish(run);
        return Task.FromResult((0, ""));
    }

    private (int Code, string Message) Fail(PlannedRun run)
    {
        trained.Enqueue(run.Directory.Id);
        return (3, "error: no pictures");
    }

    private static void Finish(PlannedRun run)
    {
        Directory.CreateDirectory(run.Directory.Path);
        File.WriteAllText(run.Directory.Summary, JsonSerializer.Serialize(new RunSummary
        {
            Run = run.Directory.Id,
            TestAccuracy = 0.9,
            TestLoss = 0.1,
            TestImages = 10,
            Epochs = 1,
            Seconds = 1,
            ImagesPerSecond = 1,
            Parameters = 1,
        }, LeNetJson.Default.RunSummary));
        File.WriteAllText(run.Directory.Checksums, "");
        File.WriteAllText(run.Directory.Report, "");
    }
}
