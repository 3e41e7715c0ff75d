using System.Diagnostics;
using System.Globalization;
using LeNetServe.Imaging;
using LeNetServe.Runtime;
using LeNetServe.Runtime.Devices;

namespace LeNetServe.Serving;

/// <summary>The work without a server, on one thread: ONNX Runtime with one image after the other, and decoding of a PNG.</summary>
internal static class Alone
{
    /// <summary>Prints the images a second of both, on one line.</summary>
    public static int Run(string path, double seconds)
    {
        using var model = ClassifierModel.Open(path, new() { Device = Device.Cpu });
        var (pixels, outputs) = (new byte[model.Facts.Input.Count], new float[model.Facts.Classes]);
        new Random(1).NextBytes(pixels);
        var png = Images.Of(LoadKind.Png, model.Facts).Encoded.ToByteArray();
        var preprocessor = new ImagePreprocessor(model.Facts.Imaging);
        var inference = PerSecond(seconds, () => model.Run(pixels, outputs));
        var decoding = PerSecond(seconds, () => preprocessor.Process(png, pixels));
        Console.WriteLine(string.Create(CultureInfo.InvariantCulture, $"{inference:R} {decoding:R}"));
        return 0;
    }

    private static double PerSecond(double seconds, Action work)
    {
        for (var warmUp = 0; warmUp < 1000; warmUp++)
            work();
        var (runs, started) = (0L, Stopwatch.GetTimestamp());
        for (; Stopwatch.GetElapsedTime(started).TotalSeconds < seconds; runs += 100)
            for (var run = 0; run < 100; run++)
                work();
        return runs / Stopwatch.GetElapsedTime(started).TotalSeconds;
    }
}
