using System.Globalization;
using LeNetServe.Specs;

namespace LeNetServe.Trainer.Reports;

/// <summary>
/// The values of a config that a run used. The others belong to an optimizer, a schedule or a network that the run does not have.
/// </summary>
internal static class UsedSettings
{
    /// <summary>Gets the values that the run used.</summary>
    public static IReadOnlyDictionary<string, string> Of(IReadOnlyDictionary<string, string> settings, LeNetSpec spec)
    {
        var optimizer = settings.GetValueOrDefault("optimizer");
        return settings.Where(setting => setting.Key switch
        {
            "rubbish" => HasRbf(spec),
            "label_smoothing" => !HasRbf(spec),
            "teacher_share" or "temperature" => settings.ContainsKey("teacher"),
            "momentum" or "nesterov" => optimizer is "sgd" or "muon",
            "beta1" or "beta2" => optimizer is "adam" or "adamw" or "muon",
            "step_factor" or "step_epochs" => settings.GetValueOrDefault("schedule") == "step",
            "elastic_width" => !IsOff(settings.GetValueOrDefault("elastic")),
            "flip_test" or "skip_unreadable" => !IsOff(setting.Value),
            _ => true,
        }).ToDictionary();
    }

    private static bool HasRbf(LeNetSpec spec) => spec.Layers.Any(layer => layer is RbfSpec);

    private static bool IsOff(string? value) =>
        value is null or "false" || (double.TryParse(value, CultureInfo.InvariantCulture, out var number) && number == 0);
}
