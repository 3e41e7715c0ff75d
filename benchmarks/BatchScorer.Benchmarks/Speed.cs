using System.Diagnostics;
using LeNetServe.BatchScorer.Inputs;
using LeNetServe.BatchScorer.Invocation;
using LeNetServe.BatchScorer.Scoring;
using LeNetServe.Datasets;
using LeNetServe.EndToEnd.Tests.Agreement;
using LeNetServe.Imaging;
using LeNetServe.Runtime;

namespace LeNetServe.BatchScorer.Benchmarks;

/// <summary>
/// Reading, decoding and inference alone, each on all cores, and the scorer on the same images, all in every round. The parts allow
/// 1 / (1/reading + 1/decoding + 1/inference) images a second. The scorer gets the folder ten times over, so that its start, which is
/// measured by itself, does not hide the pipeline. The processor's time is shown too: on a machine that does other things as well it says
/// more than the clock.
/// </summary>
internal static class Speed
{
    private const double LeastShare = 0.9;

    /// <summary>MNIST's 10,000 test images as PNG files and CIFAR-10's as JPEG files.</summary>
    /// <param name="data">A folder with <c>mnist/</c> (the IDX files) and <c>cifar10/test/CLASS/*.jpg</c>.</param>
    /// <param name="rounds">Rounds that count.</param>
    public static async Task<int> MeasureAll(string data, int rounds)
    {
        var pictures = Directory.CreateTempSubdirectory("lenetserve-speed-").FullName;
        try
        {
            var mnist = DatasetCatalog.Open(
                new DatasetRequest { Name = "mnist", Directory = Path.Combine(data, "mnist") }, CancellationToken.None);
            ImageFiles.Write(mnist, ImageFiles.Of(mnist, null), pictures);
            Console.WriteLine("MNIST, PNG");
            var mnistCode = await Measure(Path.Combine("models", "lenet5-mnist"), pictures, rounds);
            Console.WriteLine("CIFAR-10, JPEG");
            return Math.Max(
                mnistCode, await Measure(Path.Combine("models", "lenet5-cifar10"), Path.Combine(data, "cifar10", "test"), rounds));
        }
        finally
        {
            Directory.Delete(pictures, recursive: true);
        }
    }

    public static async Task<int> Measure(string modelPath, string folder, int rounds)
    {
        using var model = ClassifierModel.Open(modelPath);
        var imaging = new ImagePreprocessor(model.Facts.Imaging);
        var images = new InputListing(new InputOptions { Paths = [folder] }).Images(contents: true).ToArray();
        var files = new byte[images.Length][];
        var pixels = new byte[images.Length][];
        var (ratios, cpuRatios) = (new List<double>(), new List<double>());
        double[] least = [double.MaxValue, double.MaxValue, double.MaxValue, double.MaxValue];
        Console.WriteLine(
            $"{images.Length} images, {Environment.ProcessorCount} cores, {rounds} rounds after one to warm up; images/s (µs of "
            + $"processor an image)");
        Console.WriteLine("       reading      decoding     inference         parts        scorer   scorer/parts  by processor");
        for (var round = 0; round <= rounds; round++)
        {
            var reading = Rate(images, () => new ImageReader(), (reader, i) =>
            {
                if (reader.Read(images[i], out var content) is { } error)
                    throw new InvalidDataException($"{images[i].Name}: {error.Text}");
                files[i] ??= content.ToArray();
            });
            var decoding = Rate(images, () => new byte[model.Facts.Input.Count], (target, i) =>
            {
                imaging.Process(files[i], target);
                pixels[i] ??= target.ToArray();
            });
            var inference = Inference(model, pixels);
            var scorer = await Scorer(modelPath, folder, images.Length);
            var parts = new Measured(
                1 / ((1 / reading.Rate) + (1 / decoding.Rate) + (1 / inference.Rate)), reading.Cpu + decoding.Cpu + inference.Cpu);
            if (round == 0)
                continue;
            foreach (var (part, index) in new[] { reading, decoding, inference, scorer }.Select((part, index) => (part, index)))
                least[index] = Math.Min(least[index], part.Cpu);
            ratios.Add(scorer.Rate / parts.Rate);
            cpuRatios.Add(parts.Cpu / scorer.Cpu);
            Console.WriteLine($"{reading,14}{decoding,14}{inference,14}{parts,14}{scorer,14}{ratios[^1],15:0.000}{cpuRatios[^1],14:0.000}");
        }
        ratios.Sort();
        cpuRatios.Sort();
        Console.WriteLine(
            $"median scorer/parts {ratios[ratios.Count / 2]:0.000} by the clock (target: at least {LeastShare}), "
            + $"{cpuRatios[cpuRatios.Count / 2]:0.000} by the processor");
        Console.WriteLine(
            $"least processor time an image: {least[0]:0.0} + {least[1]:0.0} + {least[2]:0.0} = {least[..3].Sum():0.0} µs for the "
            + $"parts, {least[3]:0.0} µs for the scorer: {least[..3].Sum() / least[3]:0.000}");
        return ratios[ratios.Count / 2] >= LeastShare ? 0 : (int)ExitCode.CheckFailed;
    }

    private static Measured Rate<T>(
        InputImage[] images, Func<T> own, Action<T, int> step) => Rate(
            images.Length, (images.Length + Chunk.Capacity - 1) / Chunk.Capacity, own, (state, chunk) =>
    {
        for (var i = chunk * Chunk.Capacity; i < Math.Min(images.Length, (chunk + 1) * Chunk.Capacity); i++)
            step(state, i);
    });

    private static Measured Inference(ClassifierModel model, byte[][] pixels)
    {
        var size = model.Facts.Input.Count;
        return Rate(
            pixels.Length, (pixels.Length + Chunk.Capacity - 1) / Chunk.Capacity, () => (
                new byte[Chunk.Capacity * size], new float[Chunk.Capacity * model.Facts.Classes]), (own, chunk) =>
        {
            var (input, output) = own;
            var count = Math.Min(Chunk.Capacity, pixels.Length - (chunk * Chunk.Capacity));
            for (var i = 0; i < count; i++)
                pixels[(chunk * Chunk.Capacity) + i].CopyTo(input, i * size);
            model.Classify(input.AsSpan(0, count * size), output.AsSpan(0, count * model.Facts.Classes));
        });
    }

    private static Measured Rate<T>(int images, int chunks, Func<T> own, Action<T, int> step)
    {
        var next = -1;
        var watch = new Watch();
        var threads = Enumerable.Range(0, Environment.ProcessorCount).Select(_ => new Thread(() =>
        {
            var state = own();
            for (int chunk; (chunk = Interlocked.Increment(ref next)) < chunks;)
                step(state, chunk);
        })).ToArray();
        foreach (var thread in threads)
            thread.Start();
        foreach (var thread in threads)
            thread.Join();
        return watch.Stop(images);
    }

    private static async Task<Measured> Scorer(string model, string folder, int images)
    {
        var output = Path.Combine(Path.GetTempPath(), $"lenetserve-speed-{Environment.ProcessId}.jsonl");
        const int Times = 10;
        var options = new ScoreOptions
        {
            Inputs = new InputOptions { Paths = [.. Enumerable.Repeat(folder, Times)] },
            Model = model,
            Output = output,
            Quiet = true
        };
        var watch = new Watch();
        await new ScoreRun(options, TextWriter.Null).RunAsync(CancellationToken.None);
        var measured = watch.Stop(images * Times);
        foreach (var file in Directory.GetFiles(Path.GetTempPath(), $"lenetserve-speed-{Environment.ProcessId}.*"))
            File.Delete(file);
        return measured;
    }

    /// <summary>Images a second by the clock, and µs of processor an image.</summary>
    private readonly record struct Measured(double Rate, double Cpu)
    {
        public override string ToString() => $"{Rate:0} ({Cpu:0.0})";
    }

    private sealed class Watch
    {
        private readonly long started = Stopwatch.GetTimestamp();
        private readonly TimeSpan cpu = Environment.CpuUsage.TotalTime;

        public Measured Stop(int images) =>
            new(images / Stopwatch.GetElapsedTime(started).TotalSeconds, (Environment.CpuUsage.TotalTime - cpu).TotalMicroseconds / images);
    }
}
