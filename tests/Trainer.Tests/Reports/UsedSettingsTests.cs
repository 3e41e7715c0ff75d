using System.Text.Json;
using LeNetServe.Specs;
using LeNetServe.Trainer.Configuration;
using LeNetServe.Trainer.Reports;

namespace LeNetServe.Trainer.Tests.Reports;

public sealed class UsedSettingsTests
{
    [Theory]
    [InlineData("rubbish teacher_share temperature momentum nesterov step_factor step_epochs elastic_width flip_test skip_unreadable")]
    [InlineData(
        "rubbish teacher_share temperature beta1 beta2 step_factor step_epochs elastic_width flip_test skip_unreadable", "optimizer=sgd")]
    [InlineData("rubbish teacher_share temperature step_factor step_epochs elastic_width flip_test skip_unreadable", "optimizer=muon")]
    [InlineData("rubbish teacher_share temperature momentum nesterov elastic_width flip_test skip_unreadable", "schedule=step")]
    [InlineData(
        "rubbish teacher_share temperature momentum nesterov step_factor step_epochs skip_unreadable", "elastic=0.5", "flip_test=true")]
    [InlineData("rubbish momentum nesterov step_factor step_epochs elastic_width flip_test skip_unreadable", "teacher=runs/a")]
    [InlineData(
        "label_smoothing teacher_share temperature momentum nesterov step_factor step_epochs elastic_width flip_test skip_unreadable",
        "variant=lenet5-1998")]
    public void Of_AConfig_LeavesOutWhatTheRunDoesNotHave(string unused, params string[] values)
    {
        var settings = Settings(values);

        var used = UsedSettings.Of(settings, Variants.Create(settings["variant"], 1, 10));

        Assert.Equal(unused.Split(' ').Order(), settings.Keys.Except(used.Keys).Order());
    }

    [Theory]
    [InlineData(null)]
    [InlineData(null, "label_smoothing=0.3")]
    [InlineData(null, "variant=lenet5-1998", "rubbish=2")]
    [InlineData(null, "momentum=0.5", "optimizer=sgd")]
    [InlineData(null, "calibration=0.2", "validation=0")]
    [InlineData("label_smoothing is 0.3 and changes nothing: lenet5-1998 ends in RBF", "variant=lenet5-1998", "label_smoothing=0.3")]
    [InlineData("rubbish is 2 and changes nothing: lenet5 has no RBF units", "rubbish=2")]
    [InlineData("momentum is 0.5 and changes nothing: the optimizer is adamw, expected sgd or muon", "momentum=0.5")]
    [InlineData("beta1 is 0.5 and changes nothing: the optimizer is sgd, expected adam", "optimizer=sgd", "beta1=0.5")]
    [InlineData("step_epochs is 3 and changes nothing: the schedule is cosine, expected step", "schedule=cosine", "step_epochs=3")]
    [InlineData("temperature is 4 and changes nothing: the run has no teacher", "temperature=4")]
    [InlineData("elastic_width is 3 and changes nothing: elastic is 0", "elastic_width=3")]
    [InlineData("calibration is 0.2 and changes nothing: the validation images calibrate", "calibration=0.2")]
    public void Notes_ValueThatTheRunDoesNotUse_IsNamed(string? expected, params string[] values)
    {
        var settings = Settings(values);

        var notes = UsedSettings.Notes(settings, Settings(), Variants.Create(settings["variant"], 1, 10)).ToList();

        if (expected is null)
            Assert.Empty(notes);
        else
            Assert.StartsWith(expected, Assert.Single(notes), StringComparison.Ordinal);
    }

    private static Dictionary<string, string> Settings(params string[] values)
    {
        var config = ConfigBuilder.Build(
            null, values.Select(value => value.Split('=')).ToDictionary(parts => parts[0], parts => parts[1]));
        var json = JsonSerializer.SerializeToElement(config, TrainerJson.TrainingConfig);
        return json.EnumerateObject().ToDictionary(value => value.Name, value => value.Value.ToString().ToLowerInvariant());
    }
}
