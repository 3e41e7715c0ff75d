using LeNetServe.Datasets;

namespace LeNetServe.Trainer.Data;

/// <summary>Mean and standard deviation of a set's channels, exact: from a histogram of the bytes.</summary>
internal static class PixelStatistics
{
    public static Normalization Of(ImageSet set)
    {
        var channels = set.Shape.Channels;
        var plane = set.Shape.Height * set.Shape.Width;
        var mean = new double[channels];
        var deviation = new double[channels];
        for (var channel = 0; channel < channels; channel++)
        {
            var histogram = new long[256];
            for (var image = 0; image < set.Count; image++)
                foreach (var value in set.Image(image).Slice(channel * plane, plane))
                    histogram[value]++;
            var count = (double)set.Count * plane;
            mean[channel] = histogram.Select((times, value) => times * (double)value).Sum() / count;
            var variance = histogram.Select((times, value) => times * Math.Pow(value - mean[channel], 2)).Sum() / count;
            deviation[channel] = variance > 0 ? Math.Sqrt(variance) : 1;
        }
        return new(mean, deviation);
    }
}
