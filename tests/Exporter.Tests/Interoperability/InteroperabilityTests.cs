using System.Text;

namespace LeNetServe.Exporter.Tests.Interoperability;

public sealed class InteroperabilityTests(ModelCases models) : IClassFixture<ModelCases>
{
    /// <summary>If this variable is 1, the tests write docs/interoperability.md from their measurements.</summary>
    private const string UpdateVariable = "LENETSERVE_UPDATE_DOCS";

    // OpenCV 4.6 and onnx 1.12 are Debian 12's; newer ones read more.
    private static readonly Dictionary<(string Tool, string Options), string> KnownLimits = new()
    {
        [("onnx.checker", "opset 21")] = "onnx 1.12 knows operator sets up to 17",
        [("onnx.checker", "novelty, opset 21")] = "onnx 1.12 knows operator sets up to 17",
        [("OpenCV DNN", "float16")] = "OpenCV 4.6 does not read float16 constants",
        [("OpenCV DNN", "int8")] = "OpenCV 4.6 does not read weights behind DequantizeLinear",
    };

    [Fact]
    public void OnnxChecker_EveryVariantOpsetTypeAndBatch_IsValidWithTrueShapes()
    {
        ForeignTool.OnnxChecker.Require();

        var answers = ForeignTool.OnnxChecker.Run(models.Matrix(highestOpset: 17));

        Assert.All(answers, answer => Assert.Null(answer.Error));
    }

    [Theory]
    [InlineData("onnx.checker")]
    [InlineData("OpenCV DNN")]
    [InlineData("onnxruntime-node")]
    [InlineData("onnxruntime-web")]
    public void Tool_EveryCase_LoadsAndAgreesWithTheGoldenTensors(string name)
    {
        var tool = ForeignTool.All.Single(tool => tool.Name == name);
        tool.Require();

        var cases = models.All.Where(model => !KnownLimits.ContainsKey((name, model.Options))).ToList();
        var answers = tool.Run([.. cases.Select(model => model.Directory)]);

        foreach (var (model, answer) in cases.Zip(answers))
        {
            Assert.True(answer.Error is null, $"{model.Model} {model.Options}: {answer.Error}");
            if (answer.Images is null)
                continue;
            Assert.True(answer.MaxDifference <= model.Tolerance,
                $"{model.Model} {model.Options}: largest difference {answer.MaxDifference}, expected {model.Tolerance} at most");
            if (model.Options != "int8")
                Assert.Equal(answer.Images, answer.SameArgmax);
            Assert.Equal(model.Options == "gradient", answer.MaxGradientDifference is not null);
            Assert.InRange(answer.MaxGradientDifference ?? 0, 0, 1e-5);
            Assert.Equal(model.Options.StartsWith("novelty", StringComparison.Ordinal), answer.MaxNoveltyDifference is not null);
            Assert.InRange(answer.MaxNoveltyDifference ?? 0, 0, 1e-4);
        }
    }

    [Fact]
    public void Document_Matrix_ListsEveryToolAndCase()
    {
        var path = Path.Combine(Repository.Root, "docs/interoperability.md");
        if (Environment.GetEnvironmentVariable(UpdateVariable) == "1")
            File.WriteAllText(path, Document());

        var text = File.ReadAllText(path);

        Assert.All(ForeignTool.All, tool => Assert.Contains($"| {tool.Name} ", text, StringComparison.Ordinal));
        Assert.All(models.All, model => Assert.Contains($"| {model.Model} | {model.Options} |", text, StringComparison.Ordinal));
    }

    private string Document()
    {
        var text = new StringBuilder($$"""
            # Interoperability

            The tests generate this page from their measurements; do not edit it. These commands write it anew:

            ```bash
            bash .ci/install
            {{UpdateVariable}}=1 dotnet test --project tests/Exporter.Tests --filter-class '*InteroperabilityTests'
            ```

            Each tool opens each model and classifies its golden images. The figure is the largest difference of a probability from
            torch's for shipped models, and from a double-precision reference for random weights. Debian 12's packages are the oldest
            tools tried. A row of `gradient` also has the largest difference of the gradient from ONNX Runtime's.

            The files of `novelty` are calibrated. Their rows also have the largest difference of the novelty from ONNX Runtime's, as
            a share of a novelty above 1.

            `onnx.checker` runs with `full_check` and strict shape inference. It compares every inferred shape with the declared one.
            The tests also run it on every variant × opset {11, 13, 17} × {float32, uint8} × {dynamic, 1}.

            A shipped model's row has the first 12 digits of its SHA-256. A test fails if the file in `models/` has others.

            | tool | version | model | options | same best class | largest difference |
            |---|---|---|---|---|---|

            """);
        foreach (var tool in ForeignTool.All)
        {
            tool.Require();
            foreach (var (model, answer) in models.All.Zip(tool.Run([.. models.All.Select(model => model.Directory)])))
                text.Append($"| {tool.Name} | {answer.Version} | {model.Model} | {model.Options} | {Verdict(tool, model, answer)} |\n");
        }
        return text.ToString();
    }

    private static string Verdict(ForeignTool tool, ModelCase model, ToolAnswer answer) =>
        answer.Error is not null ? $"– | {KnownLimits.GetValueOrDefault((tool.Name, model.Options), "refused")}"
        : answer.Images is null ? "valid | –"
        : FormattableString.Invariant($"{answer.SameArgmax} of {answer.Images} | {answer.MaxDifference:0.0e0}")
            + (answer.MaxGradientDifference is { } gradient ? FormattableString.Invariant($"; the gradient {gradient:0.0e0}") : "")
            + (answer.MaxNoveltyDifference is { } novelty ? FormattableString.Invariant($"; the novelty {novelty:0.0e0}") : "");
}
