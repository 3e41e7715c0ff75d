using LeNetServe.Trainer.Configuration;

namespace LeNetServe.Trainer.Optimization;

/// <summary>The schedules: the learning rate as a function of the step only.</summary>
internal static class LearningRate
{
    private const double OneCycleStart = 1.0 / 25;

    /// <summary>The passes of LeCun et al. 1998, section III: 5e-4 for 2, 2e-4 for 3, 1e-4 for 3, 5e-5 for 4, then 1e-5, of 20.</summary>
    private static readonly (double UntilPass, double Factor)[] PaperRates = [(2, 1), (5, 0.4), (8, 0.2), (12, 0.1), (20, 0.02)];

    /// <summary>The rate of a step.</summary>
    /// <param name="config">Schedule and largest rate.</param>
    /// <param name="step">Number of the step, from 0.</param>
    /// <param name="stepsPerEpoch">Steps of an epoch.</param>
    public static double At(TrainingConfig config, long step, int stepsPerEpoch)
    {
        var total = (double)config.Epochs * stepsPerEpoch;
        var rising = config.WarmUp * total;
        if (config.Schedule == ScheduleKind.OneCycle)
            return config.LearningRate * (step < rising
                ? Cosine(OneCycleStart, 1, step / rising)
                : Cosine(1, 0, (step + 1 - rising) / (total - rising)));
        if (step < rising)
            return config.LearningRate * (step + 1) / rising;
        return config.LearningRate * config.Schedule switch
        {
            ScheduleKind.Constant => 1,
            ScheduleKind.Step => Math.Pow(config.StepFactor, (step - (long)Math.Ceiling(rising)) / stepsPerEpoch / config.StepEpochs),
            ScheduleKind.Cosine => Cosine(1, 0, (step + 1 - rising) / (total - rising)),
            ScheduleKind.LeCun1998 => PaperRates.First(rate => step < rate.UntilPass / 20 * total).Factor,
            _ => throw ExpectedException.Usage(
                $"schedule is {config.Schedule}, expected {string.Join(", ", Enum.GetNames<ScheduleKind>())}"),
        };
    }

    private static double Cosine(double from, double to, double share) =>
        to + (from - to) * (1 + Math.Cos(Math.PI * Math.Clamp(share, 0, 1))) / 2;
}
