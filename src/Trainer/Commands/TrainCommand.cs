using System.CommandLine;
using LeNetServe.Cli;
using LeNetServe.Trainer.Computing;
using LeNetServe.Trainer.Configuration;

namespace LeNetServe.Trainer.Commands;

/// <summary><c>train</c>: trains a network into a run directory.</summary>
internal static class TrainCommand
{
    private const string Examples = """
        Examples:
          lenetserve-train train --dataset strokes --epochs 3
          lenetserve-train train --data pictures --epochs 20           # a folder of pictures for each class
          lenetserve-train train --recipe mnist --learning-rate 0.002 --seed 2
          lenetserve-train train --recipe mnist --dry-run > mine.json  # a recipe to change: --recipe mine.json
        """;

    // The title of each section of the help, and its first field.
    private static readonly (string Title, string First)[] Sections =
    [
        ("Data", "dataset"), ("Network and steps", "variant"), ("Optimizer", "optimizer"), ("Learning rate over time", "schedule"),
        ("Loss and weights", "label_smoothing"), ("Held-out images", "validation"), ("Changed images", "balance"), ("Teacher", "teacher"),
        ("Special cases", "flip_test"),
    ];

    private static readonly Option<string?> Recipe = CliOption.Optional(
        "--recipe",
        $"Values to start from: {string.Join(", ", RecipeFiles.Names)}, or the path of a .json file. "
        + "Default: the data set's; an option's default holds if it gives no value.").Completed(RecipeFiles.Names);

    private static readonly Option<string> Runs = CliOption.WithDefault("--out", "runs", "Directory of the runs.");
    private static readonly Option<bool> Force = CliOption.Switch("--force", "Start anew even if the run exists.");
    private static readonly Option<bool> DryRun =
        CliOption.Switch("--dry-run", "Print the config, which is a recipe with every value, and do nothing.");

    private static readonly Option<bool> Quiet = CliOption.Switch("--quiet", "No lines per epoch.");
    private static readonly Option<bool> Offline = CliOption.Switch("--offline", "Never use the network: a missing data set is an error.");
    private static readonly Option<bool> StopWithInput = new("--stop-with-input")
    {
        Description = "Save and stop when standard input ends: for a parent process that may be killed.",
        Hidden = true,
    };

    private static readonly IReadOnlyList<(string Key, Option<string?> Option)> Fields =
        [.. ConfigBuilder.Fields.Select(field => (field.Key, FieldOption(field)))];

    public static Command Create()
    {
        var command = new Command("train", "Train a network into a run directory; the same request resumes or skips a run that exists.")
        {
            Recipe, Runs, Force, DryRun, Quiet, Offline, StopWithInput, ComputeOptions.Device, ComputeOptions.Threads,
        };
        foreach (var (_, option) in Fields)
            command.Add(option);
        // In a task: training is synchronous, and Ctrl-C is heard meanwhile.
        command.SetAction((parsed, cancellation) =>
            Task.Run(async () => (int)await new TrainRun(Options(parsed)).RunAsync(cancellation), CancellationToken.None));
        return command.WithExamples(
            Examples,
            [
                ("Run", [Recipe, Runs, Force, DryRun, Quiet, Offline, ComputeOptions.Device, ComputeOptions.Threads]),
                .. Sections.Select((section, index) => (section.Title, Of(index))),
            ]);
    }

    /// <summary>Gets the options of a section: the fields from its first one to the next section's.</summary>
    private static Option[] Of(int section)
    {
        var keys = Fields.Select(field => field.Key).ToList();
        var end = section + 1 < Sections.Length ? keys.IndexOf(Sections[section + 1].First) : keys.Count;
        return [.. Fields.Take(end).Skip(keys.IndexOf(Sections[section].First)).Select(field => field.Option)];
    }

    private static TrainOptions Options(ParseResult parsed) => new()
    {
        Recipe = parsed.GetValue(Recipe),
        Values = Fields.Where(field => parsed.GetResult(field.Option) is not null)
            .ToDictionary(field => field.Key, field => parsed.GetValue(field.Option)!),
        Runs = parsed.GetRequiredValue(Runs),
        Force = parsed.GetValue(Force),
        DryRun = parsed.GetValue(DryRun),
        Quiet = parsed.GetValue(Quiet),
        Offline = parsed.GetValue(Offline),
        StopWithInput = parsed.GetValue(StopWithInput),
        Device = parsed.GetRequiredValue(ComputeOptions.Device),
        Threads = parsed.GetValue(ComputeOptions.Threads),
    };

    /// <summary>Declares a field as text: the config's own reader judges the value, so that there is one place for the messages.</summary>
    private static Option<string?> FieldOption(ConfigField field)
    {
        var option = CliOption.Optional(field.Option, field.Help).Named(
            field.Type == typeof(bool) ? "BOOL" : field.Type == typeof(string) ? "TEXT" : field.Names.Count > 0 ? "NAME" : "N");
        option.Completed(ConfigBuilder.ChoicesOf(field));
        if (field.Type == typeof(bool))
        {
            option.Arity = ArgumentArity.ZeroOrOne;
            option.CustomParser = argument => argument.Tokens.Count == 0 ? "true" : argument.Tokens[0].Value;
        }
        return option;
    }
}
