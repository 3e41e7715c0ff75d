using System.Text.RegularExpressions;
using LeNetServe.Specs;
using LeNetServe.Trainer.Tests.Training;

namespace LeNetServe.Trainer.Tests.Commands;

public sealed partial class DescribeCommandTests
{
    [Fact]
    public async Task Describe_ThePapersNetwork_PrintsItsTable()
    {
        var (code, output, error) = await TrainerProcess.RunAsync(["describe", "lenet5-1998"]);

        Assert.True(code == 0, error);
        var rows = output.Split('\n').Select(line => Gap().Split(line.Trim())).Where(cells => cells.Length > 2)
            .ToDictionary(cells => cells[0], cells => cells);
        // LeCun et al. 1998, section II.B.
        AssertRow("C1", "6@28×28", "156", "122,304");
        AssertRow("S2", "6@14×14", "12", "5,880");
        AssertRow("C3", "16@10×10", "1,516", "151,600");
        AssertRow("S4", "16@5×5", "32", "2,000");
        AssertRow("C5", "120", "48,120", "48,120");
        AssertRow("F6", "84", "10,164", "10,164");
        Assert.Equal(["sum", "60,000", "340,908"], rows["sum"][..3]);

        void AssertRow(string layer, params string[] cells) => Assert.Equal(cells, rows[layer][2..5]);
    }

    [Theory]
    [InlineData("lenet5")]
    [InlineData("lenet5-sparse")]
    [InlineData("lenet5-silu")]
    public async Task Describe_Json_IsAVariantFileOfTheSameNetwork(string variant)
    {
        var (code, output, error) = await TrainerProcess.RunAsync(["describe", variant, "--channels", "3", "--classes", "7", "--json"]);
        Assert.True(code == 0, error);
        using var directory = new TemporaryDirectory();
        var path = Path.Combine(directory.Path, $"{variant}.json");
        await File.WriteAllTextAsync(path, output, TestContext.Current.CancellationToken);

        Assert.Equal<LayerSpec>(Variants.Create(variant, 1, 5).Layers.Select(Table), Variants.Create(path, 1, 5).Layers.Select(Table));

        // Lists are equal by reference in a record.
        static LayerSpec Table(LayerSpec layer) =>
            layer is ConvolutionSpec { InputMaps: not null } convolution ? convolution with { InputMaps = null } : layer;
    }

    [Fact]
    public async Task Describe_NoSuchVariant_ListsTheKnown()
    {
        var (code, _, error) = await TrainerProcess.RunAsync(["describe", "lenet6"]);

        Assert.Equal((int)ExitCode.Usage, code);
        var lines = error.Trim().Split('\n');
        Assert.StartsWith("error: ", lines[0], StringComparison.Ordinal);
        Assert.Contains("lenet5-1998", lines[0], StringComparison.Ordinal);
        Assert.EndsWith("did you mean lenet5?", lines[0], StringComparison.Ordinal);
        Assert.Equal(["help: lenetserve-train describe --help"], lines[1..]);
    }

    [GeneratedRegex(" {2,}")]
    private static partial Regex Gap();
}
