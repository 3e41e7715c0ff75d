using System.Diagnostics;
using System.Globalization;
using LeNetServe.Runtime;
using LeNetServe.Runtime.Devices;

namespace LeNetServe.Serving;

/// <summary>One image after the other in ONNX Runtime, on one thread, without a server.</summary>
internal static class OnnxRuntimeAlone
{
    public static int Run(string path, double seconds)
    {
        using var model = ClassifierModel.Open(path, new() { Device = Device.Cpu });
        var (pixels, outputs) = (new byte[model.Facts.Input.Count], new float[model.Facts.Classes]);
        new Random(1).NextBytes(pixels);
        for (var warmUp = 0; warmUp < 1000; warmUp++)
            model.Run(pixels, outputs);
        var (runs, started) = (0L, Stopwatch.GetTimestamp());
        for (; Stopwatch.GetElapsedTime(started).TotalSeconds < seconds; runs += 100)
            for (var run = 0; run < 100; run++)
                model.Run(pixels, outputs);
        Console.WriteLine((runs / Stopwatch.GetElapsedTime(started).TotalSeconds).ToString("R", CultureInfo.InvariantCulture));
        return 0;
    }
}
