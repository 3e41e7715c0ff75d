using System.CommandLine;
using LeNetServe.Cli;
using LeNetServe.Trainer.Configuration;

namespace LeNetServe.Trainer.Commands;

/// <summary><c>train</c>: trains a network into a run directory.</summary>
internal static class TrainCommand
{
    private static readonly Option<string?> Recipe = CliOption.Optional(
        "--recipe",
        $"Values to start from: {string.Join(", ", RecipeFiles.Names)}, or the path of a .json file. "
        + "Default: the data set's; an option's default holds if it gives no value.");

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
        return command;
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
        var option = CliOption.Optional(field.Option, field.Help);
        if (field.Type == typeof(bool))
        {
            option.Arity = ArgumentArity.ZeroOrOne;
            option.CustomParser = argument => argument.Tokens.Count == 0 ? "true" : argument.Tokens[0].Value;
        }
        return option;
    }
}
