using System.CommandLine;
using LeNetServe.Cli;
using LeNetServe.Specs;

namespace LeNetServe.Trainer.Commands;

/// <summary><c>describe VARIANT</c>: the layer table of a variant.</summary>
internal static class DescribeCommand
{
    private static readonly Argument<string> Variant = new("variant")
    {
        Description = $"{string.Join(", ", Variants.Names)}, or the path of a .json file.",
        DefaultValueFactory = _ => "lenet5",
        Arity = ArgumentArity.ZeroOrOne,
    };

    private static readonly Option<int> Channels = CliOption.WithDefault("--channels", 1, "1 (gray) or 3 (RGB).");
    private static readonly Option<int> Classes = CliOption.WithDefault("--classes", 10, "Number of classes.");

    private static readonly Option<bool> Json =
        CliOption.Switch("--json", "Print the layers as JSON: a file to change and to give as --variant FILE.json.");

    public static Command Create()
    {
        Variant.CompletionSources.Add([.. Variants.Names]);
        var command = new Command("describe", "Print a network's layers with shapes, parameters, connections and multiply-adds.")
        {
            Variant, Channels, Classes, Json,
        };
        command.SetAction(parsed => (int)new DescribeRun(Options(parsed)).Run());
        return command.WithExamples("""
            Examples:
              lenetserve-train describe lenet5 --channels 3
              lenetserve-train describe lenet5 --json > mine.json     # layers to change: train --variant mine.json
            """);
    }

    private static DescribeOptions Options(ParseResult parsed) => new()
    {
        Variant = parsed.GetRequiredValue(Variant),
        Channels = parsed.GetValue(Channels),
        Classes = parsed.GetValue(Classes),
        Json = parsed.GetValue(Json),
    };
}
