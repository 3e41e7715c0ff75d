using System.CommandLine;

namespace LeNetServe.Cli.Tests;

public sealed class CommandLineFaultTests
{
    [Theory]
    [InlineData("", "error: no command is given, expected train, score", "help: tool --help")]
    [InlineData("trian", "error: trian is not a command; did you mean train?", "help: tool --help")]
    [InlineData("trian --epochs 3", "error: trian is not a command; did you mean train?", "help: tool --help")]
    [InlineData("--epochs 3 --out a", "error: --epochs is an option of train, expected a command before it", "help: tool --help")]
    [InlineData("bake", "error: bake is not a command, expected train, score", "help: tool --help")]
    [InlineData("train --epoch 3 --out a", "error: --epoch is not an option; did you mean --epochs?", "help: tool train --help")]
    [InlineData(
        "train --batch_size=3 --out a", "error: --batch_size=3 is not an option; did you mean --batch-size?", "help: tool train --help")]
    [InlineData("train --output a", "error: --output is not an option; did you mean --out?", "help: tool train --help")]
    [InlineData("train --out a --zebra", "error: --zebra is not an option", "help: tool train --help")]
    [InlineData("train", "error: --out is missing: a folder", "help: tool train --help")]
    [InlineData("train --out", "error: --out needs a value: a folder", "help: tool train --help")]
    [InlineData("train --out ''", "error: --out is empty, expected a path or a text", "help: tool train --help")]
    [InlineData("score a ''", "error: paths is empty, expected a path or a text", "help: tool score --help")]
    [InlineData("train --out a --out b", "error: --out is given twice, expected it once", "help: tool train --help")]
    [InlineData("train --out a --epochs x", "error: --epochs is \"x\", expected a whole number", "help: tool train --help")]
    [InlineData("train --out a --epochs 0", "error: --epochs is 0, expected 1 or more", "help: tool train --help")]
    [InlineData("train --out a --share 0,5", "error: --share is \"0,5\", expected a number such as 0.5", "help: tool train --help")]
    [InlineData("train --out a --limit 1,500", "error: --limit is \"1,500\", expected a number such as 0.5", "help: tool train --help")]
    [InlineData("train --runs a b --otu c", "error: --otu is not an option; did you mean --out?", "help: tool train --help")]
    [InlineData("train --out a --rate fast", "error: --rate is \"fast\", expected a number", "help: tool train --help")]
    [InlineData(
        "train --out a --day Firday",
        "error: --day is \"Firday\", expected sunday, monday, tuesday, wednesday, thursday, friday, saturday; "
        + "did you mean friday?",
        "help: tool train --help")]
    [InlineData("train --out a b", "error: \"b\" is not expected; --out before it takes one value", "help: tool train --help")]
    [InlineData("train epochs", "error: \"epochs\" is not expected; did you mean --epochs?", "help: tool train --help")]
    [InlineData("score a --modle b", "error: --modle is not an option; did you mean --model?", "help: tool score --help")]
    public void Of_WrongCommandLine_SaysItInTwoLines(string arguments, string message, string help) =>
        Assert.Equal($"{message}{Environment.NewLine}{help}", CommandLineFault.Of("tool", Parse(arguments)));

    [Theory]
    [InlineData("train --out a --day FRIDAY")]
    [InlineData("train --help")]
    [InlineData("score a b")]
    [InlineData("score -- --modle")]
    public void Of_GoodCommandLine_IsNull(string arguments) => Assert.Null(CommandLineFault.Of("tool", Parse(arguments)));

    private static ParseResult Parse(string arguments)
    {
        var train = new Command("train")
        {
            new Option<int>("--epochs").AtLeast(1),
            new Option<int>("--batch-size"),
            new Option<double>("--rate"),
            CliOption.WithDefault("--share", 0.1, "a share"),
            CliOption.Number<double>("--limit", "a limit"),
            new Option<string[]>("--runs") { AllowMultipleArgumentsPerToken = true },
            CliOption.Choice<DayOfWeek>("--day", "a day"),
            CliOption.Required("--out", "a folder"),
        };
        var score = new Command("score") { new Argument<string[]>("paths") { Arity = ArgumentArity.ZeroOrMore },
            new Option<string>("--model") };
        train.SetAction(_ => 0);
        score.SetAction(_ => 0);
        return new RootCommand { train, score }.Parse(
            [.. arguments.Split(' ', StringSplitOptions.RemoveEmptyEntries).Select(word => word.Trim('\''))]);
    }
}
