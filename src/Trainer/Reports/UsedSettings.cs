using System.Globalization;
using LeNetServe.Specs;

namespace LeNetServe.Trainer.Reports;

/// <summary>
/// The values of a config that a run uses. The others belong to an optimizer, a schedule or a network that the run does not have.
/// </summary>
internal static class UsedSettings
{
    /// <summary>Gets the values that the run used.</summary>
    public static IReadOnlyDictionary<string, string> Of(IReadOnlyDictionary<string, string> settings, LeNetSpec spec) => settings
        .Where(setting => !(setting.Key is "flip_test" or "skip_unreadable" && IsOff(setting.Value))
            && Missing(setting.Key, settings, spec) is null).ToDictionary();

    /// <summary>Gets a sentence for each value that is not the default and changes nothing.</summary>
    public static IEnumerable<string> Notes(
        IReadOnlyDictionary<string, string> settings, IReadOnlyDictionary<string, string> defaults, LeNetSpec spec) =>
        from setting in settings
        where setting.Value != defaults.GetValueOrDefault(setting.Key)
        let missing = Missing(setting.Key, settings, spec)
        where missing is not null
        select $"{setting.Key} is {setting.Value} and changes nothing: {missing}";

    private static string? Missing(string key, IReadOnlyDictionary<string, string> settings, LeNetSpec spec)
    {
        var optimizer = settings.GetValueOrDefault("optimizer");
        var schedule = settings.GetValueOrDefault("schedule");
        return key switch
        {
            "rubbish" when !HasRbf(spec) => $"{spec.Name} has no RBF units, and only their MAP criterion has a rubbish class",
            "label_smoothing" when HasRbf(spec) => $"{spec.Name} ends in RBF units, and their MAP criterion spreads no target",
            "teacher_share" or "temperature" when !settings.ContainsKey("teacher") => "the run has no teacher",
            "momentum" or "nesterov" when optimizer is not ("sgd" or "muon") => $"the optimizer is {optimizer}, expected sgd or muon",
            "beta1" or "beta2" when optimizer is not ("adam" or "adamw" or "muon") =>
                $"the optimizer is {optimizer}, expected adam, adamw or muon",
            "step_factor" or "step_epochs" when schedule != "step" => $"the schedule is {schedule}, expected step",
            "elastic_width" when IsOff(settings.GetValueOrDefault("elastic")) => "elastic is 0",
            "calibration" when !IsOff(settings.GetValueOrDefault("validation")) => "the validation images calibrate",
            _ => null,
        };
    }

    private static bool HasRbf(LeNetSpec spec) => spec.Layers.Any(layer => layer is RbfSpec);

    private static bool IsOff(string? value) =>
        value is null or "false" || (double.TryParse(value, CultureInfo.InvariantCulture, out var number) && number == 0);
}
