using LeNetServe.Runs;

namespace LeNetServe.Trainer.Comparison;

/// <summary>A figure of a finished run.</summary>
/// <param name="Name">Its column's name, with the unit.</param>
/// <param name="Key">Its name in CSV.</param>
/// <param name="Of">Reads it; null if the run has none.</param>
/// <param name="Format">Its format in tables.</param>
/// <param name="Factor">Its factor in tables.</param>
/// <param name="MoreIsBetter">Whether a higher figure is better; null: neither way is.</param>
internal sealed record Measure(string Name, string Key, Func<RunSummary, double?> Of, string Format, double Factor, bool? MoreIsBetter)
{
    /// <summary>Share of the test images classified correctly.</summary>
    public static Measure TestAccuracy { get; } = new("test accuracy, %", "test_accuracy", run => run.TestAccuracy, "0.00", 100, true);

    /// <summary>Share of the validation images classified correctly, with the kept weights.</summary>
    public static Measure ValidationAccuracy { get; } =
        new("validation accuracy, %", "validation_accuracy", run => run.ValidationAccuracy, "0.00", 100, true);

    /// <summary>Seconds of training.</summary>
    public static Measure Seconds { get; } = new("training, s", "seconds", run => run.Seconds, "0.0", 1, false);

    /// <summary>Trainable parameters.</summary>
    public static Measure Parameters { get; } = new("parameters", "parameters", run => run.Parameters, "#,0", 1, false);

    /// <summary>All of them, in the order of the columns.</summary>
    public static IReadOnlyList<Measure> All { get; } =
    [
        TestAccuracy,
        ValidationAccuracy,
        new("flipped test accuracy, %", "test_accuracy_flipped", run => run.TestAccuracyFlipped, "0.00", 100, true),
        new("test loss, nats", "test_loss", run => run.TestLoss, "0.0000", 1, false),
        new("calibration error, %", "test_calibration_error", run => run.TestCalibrationError, "0.00", 100, false),
        new("Brier score", "test_brier", run => run.TestBrier, "0.0000", 1, false),
        new("temperature", "temperature", run => run.Temperature, "0.00", 1, null),
        new("epochs", "epochs", run => run.Epochs, "0", 1, null),
        Seconds,
        new("images/s", "images_per_second", run => run.ImagesPerSecond, "#,0", 1, true),
        Parameters,
    ];
}
