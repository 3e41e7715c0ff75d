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
        var config = ConfigBuilder.Build(
            null, values.Select(value => value.Split('=')).ToDictionary(parts => parts[0], parts => parts[1]));
        var json = JsonSerializer.SerializeToElement(config, TrainerJson.TrainingConfig);
        var settings = json.EnumerateObject().ToDictionary(value => value.Name, value => value.Value.ToString().ToLowerInvariant());

        var used = UsedSettings.Of(settings, Variants.Create(config.Variant, 1, 10));

        Assert.Equal(unused.Split(' ').Order(), settings.Keys.Except(used.Keys).Order());
    }
}
