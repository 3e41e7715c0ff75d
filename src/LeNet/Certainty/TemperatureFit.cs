namespace LeNetServe.Certainty;

/// <summary>
/// Finds the temperature of a network's logits on held-out images (Guo, Pleiss, Sun, Weinberger 2017, section 4.2). One number for all
/// classes keeps the order of the classes, so no answer changes.
/// </summary>
public static class TemperatureFit
{
    private const double Lowest = 0.05;
    private const double Highest = 20;
    private const int Steps = 60;

    /// <summary>The prior's deviation: a factor of 1.6 up or down.</summary>
    private const double Deviation = 0.5;

    /// <summary>
    /// Finds the temperature of the smallest cross-entropy, by golden section over its logarithm. A normal prior on the logarithm draws it
    /// towards 1, the network as trained. Without the prior, a set without a mistake would ask for certainty without bound.
    /// </summary>
    /// <param name="logits">N×classes.</param>
    /// <param name="labels">The right classes.</param>
    public static double Of(ReadOnlySpan<float> logits, ReadOnlySpan<int> labels)
    {
        var shrink = (Math.Sqrt(5) - 1) / 2;
        var low = Math.Log(Lowest);
        var high = Math.Log(Highest);
        for (var step = 0; step < Steps; step++)
        {
            var left = high - shrink * (high - low);
            var right = low + shrink * (high - low);
            if (Cost(logits, labels, left) < Cost(logits, labels, right))
                high = right;
            else
                low = left;
        }
        return Math.Exp((low + high) / 2);
    }

    /// <summary>Gets the probabilities of logits at a temperature, N×classes.</summary>
    public static float[] Probabilities(ReadOnlySpan<float> logits, int classes, double temperature)
    {
        var probabilities = new float[logits.Length];
        for (var row = 0; row < logits.Length; row += classes)
        {
            var values = logits.Slice(row, classes);
            var constant = LogSum(values, temperature);
            for (var index = 0; index < classes; index++)
                probabilities[row + index] = (float)Math.Exp(values[index] / temperature - constant);
        }
        return probabilities;
    }

    private static double Cost(ReadOnlySpan<float> logits, ReadOnlySpan<int> labels, double logarithm)
    {
        var temperature = Math.Exp(logarithm);
        var classes = logits.Length / labels.Length;
        var cost = logarithm * logarithm / (2 * Deviation * Deviation);
        for (var image = 0; image < labels.Length; image++)
        {
            var values = logits.Slice(image * classes, classes);
            cost += LogSum(values, temperature) - values[labels[image]] / temperature;
        }
        return cost;
    }

    private static double LogSum(ReadOnlySpan<float> values, double temperature)
    {
        var largest = (double)values[0];
        foreach (var value in values)
            largest = Math.Max(largest, value);
        var sum = 0.0;
        foreach (var value in values)
            sum += Math.Exp((value - largest) / temperature);
        return largest / temperature + Math.Log(sum);
    }
}
