using LeNetServe.Runtime;

namespace LeNetServe.Exporter.Quantize;

/// <summary>Measures the time of one image on one thread, with the class that the server uses.</summary>
internal static class Latency
{
    /// <summary>Returns the median microseconds of each model. The models take turns, so that a busy machine is busy for all.</summary>
    public static double[] Measure(ReadOnlySpan<byte> image, TimeProvider time, params IReadOnlyList<ClassifierModel> models)
    {
        const int rounds = 400;
        var samples = models.Select(_ => new double[rounds]).ToArray();
        for (var round = -50; round < rounds; round++)
            for (var index = 0; index < models.Count; index++)
            {
                var outputs = new float[models[index].Facts.Classes];
                var start = time.GetTimestamp();
                models[index].Run(image, outputs);
                if (round >= 0)
                    samples[index][round] = time.GetElapsedTime(start).TotalMicroseconds;
            }
        return [.. samples.Select(values => values.Order().ElementAt(rounds / 2))];
    }
}
