namespace LeNetServe.Trainer.Configuration;

/// <summary>One field of <see cref="TrainingConfig"/>.</summary>
/// <param name="Key">Its key in JSON, snake_case.</param>
/// <param name="Type">Its type: int, double, bool, string or an enum.</param>
/// <param name="Description">What it does.</param>
internal sealed record ConfigField(string Key, Type Type, string Description)
{
    /// <summary>Its option on the command line, such as <c>--learning-rate</c>.</summary>
    public string Option => $"--{Key.Replace('_', '-')}";
}
