namespace LeNetServe.Trainer.Comparison;

/// <summary>Student's t distribution with a whole number of degrees of freedom.</summary>
internal static class StudentT
{
    /// <summary>The value that t stays below with probability 0.975, so that ± it encloses 95 %.</summary>
    public static double Quantile975(int degreesOfFreedom)
    {
        var low = 1.9;
        var high = 13.0;
        for (var step = 0; step < 60; step++)
        {
            var middle = (low + high) / 2;
            if (Central(middle, degreesOfFreedom) < 0.95)
                low = middle;
            else
                high = middle;
        }
        return (low + high) / 2;
    }

    /// <summary>Probability that |T| ≤ t: the finite sums of Abramowitz and Stegun, 26.7.3 and 26.7.4.</summary>
    public static double Central(double t, int degreesOfFreedom)
    {
        var angle = Math.Atan(t / Math.Sqrt(degreesOfFreedom));
        var cosine = Math.Cos(angle);
        var odd = degreesOfFreedom % 2 == 1;
        var term = odd ? cosine : 1;
        var sum = degreesOfFreedom == 1 ? 0 : term;
        for (var index = odd ? 3 : 2; index <= degreesOfFreedom - 2; index += 2)
        {
            term *= cosine * cosine * (index - 1) / index;
            sum += term;
        }
        return odd ? 2 / Math.PI * (angle + Math.Sin(angle) * sum) : Math.Sin(angle) * sum;
    }
}
