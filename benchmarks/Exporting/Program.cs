// Compares the speed of ONNX files of the same net: batch 1, 8 and 64, one thread. The models take turns in blocks.
//
//     dotnet run -c Release --project benchmarks/Exporting -- OURS.onnx PEER.onnx [MORE.onnx …]
//
// The program prints one comparison for each further file: the microseconds of both, and the blocks' ratios ours ÷ peer. The ratios appear
// as their median and their middle half. Below 1, ours is faster. benchmarks/Exporting/torch_export.py writes the peers from a run.
// A file with the output novelty beside one without it shows the cost of the output.
using System.Diagnostics;
using System.Globalization;
using LeNetServe.Runtime;

const int Blocks = 201, RunsPerBlock = 20;

CultureInfo.CurrentCulture = CultureInfo.InvariantCulture;
if (args.Length < 2)
{
    Console.Error.WriteLine("error: two ONNX files at least are expected: ours, then the peers");
    return 2;
}
using var ours = ClassifierModel.Open(args[0]);
foreach (var path in args.Skip(1))
{
    using var peer = ClassifierModel.Open(path);
    foreach (var batch in new[] { 1, 8, 64 })
    {
        var pixels = new byte[batch * ours.Facts.Input.Count];
        new Random(batch).NextBytes(pixels);
        var (left, right, ratios) = (new double[Blocks], new double[Blocks], new double[Blocks]);
        for (var block = -20; block < Blocks; block++)
        {
            // The first model alternates, so that neither always finds the cache warm.
            var (a, b) = block % 2 == 0 ? (Time(ours, pixels), Time(peer, pixels)) : Swap(Time(peer, pixels), Time(ours, pixels));
            if (block >= 0)
                (left[block], right[block], ratios[block]) = (a, b, a / b);
        }
        Console.WriteLine(
            $"{Path.GetFileName(path)}: batch {batch}: ours {Median(left):0.0} µs, peer {Median(right):0.0} µs, "
            + $"ratio {Median(ratios):0.000} (middle half {Share(ratios, 0.25):0.000} to {Share(ratios, 0.75):0.000})");
    }
}
return 0;

static double Time(ClassifierModel model, byte[] pixels)
{
    var outputs = new float[pixels.Length / model.Facts.Input.Count * model.Facts.RowLength];
    var start = Stopwatch.GetTimestamp();
    for (var run = 0; run < RunsPerBlock; run++)
        model.Run(pixels, outputs);
    return Stopwatch.GetElapsedTime(start).TotalMicroseconds / RunsPerBlock;
}

static (double, double) Swap(double first, double second) => (second, first);

static double Median(double[] values) => Share(values, 0.5);

static double Share(double[] values, double share) => values.Order().ElementAt((int)(share * values.Length));
