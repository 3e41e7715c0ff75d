namespace LeNetServe.Trainer.Tests.Training;

/// <summary>The program's resident memory, which holds what the own kernels allocate past the garbage collector and torch.</summary>
public sealed class MemoryTests
{
    private const long Megabyte = 1 << 20;

    private const int Epochs = 14;

    // A leak shows in every epoch. The heap and the pools grow in the first epochs only; the last epochs are compared.
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
        ]);
        var resident = new List<long>();
        while (resident.Count < Epochs && await process.StandardOutput.ReadLineAsync(TestContext.Current.CancellationToken) is { } line)
            if (line.StartsWith("epoch ", StringComparison.Ordinal))
            {
                process.Refresh();
                resident.Add(process.WorkingSet64);
            }
        process.Kill();
        await process.WaitForExitAsync(TestContext.Current.CancellationToken);

        Assert.Equal(Epochs, resident.Count);
        Assert.True(
            resident[^1] - resident[^5] < 4 * 2 * Megabyte,
            $"resident after each epoch: {string.Join(", ", resident.Select(bytes => $"{bytes / (double)Megabyte:F1}"))} MB");
    }
}
