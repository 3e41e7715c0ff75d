namespace LeNetServe.Trainer.Tests.Training;

/// <summary>The program's resident memory, which holds what the own kernels allocate past the garbage collector and torch.</summary>
public sealed class MemoryTests
{
    private const long Megabyte = 1 << 20;

    private const int Window = 12;

    // A leak shows in every epoch, and so in the least of some epochs. The heap and the pools grow in the first epochs only. Managed memory
    // rises until a collection; in a heap of 48 MB there are some collections in each window.
    // An epoch has 1,200 steps of 4 images, each 4 kB of pixels.
    [Theory]
    [InlineData("lenet5")]
    [InlineData("lenet5-bn")]
    public async Task Train_AThousandStepsAnEpoch_DoesNotGrow(string variant)
    {
        using var directory = new TemporaryDirectory();
        using var process = TrainerProcess.Start(
        [
            "train", "--dataset", "strokes", "--variant", variant, "--validation", "0.6", "--epochs", "100", "--batch-size", "4",
            "--threads", "1", "--out", directory.Path,
            "--ema", "0.9", "--gradient-clip", "1", "--weight-decay", "0.1", "--elastic", "1", "--cutout", "3",
        ],
        ("DOTNET_GCHeapHardLimit", "3000000"));
        var resident = new List<long>();
        while (resident.Count < 3 * Window && await process.StandardOutput.ReadLineAsync(TestContext.Current.CancellationToken) is { } line)
            if (line.StartsWith("epoch ", StringComparison.Ordinal))
            {
                process.Refresh();
                resident.Add(process.WorkingSet64);
            }
        process.Kill();
        await process.WaitForExitAsync(TestContext.Current.CancellationToken);

        Assert.Equal(3 * Window, resident.Count);
        Assert.True(
            resident[^Window..].Min() - resident[Window..^Window].Min() < 4 * 2 * Megabyte,
            $"resident after each epoch: {string.Join(", ", resident.Select(bytes => $"{bytes / (double)Megabyte:F1}"))} MB");
    }
}
