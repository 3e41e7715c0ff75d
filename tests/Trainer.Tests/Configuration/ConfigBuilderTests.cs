using System.Text.Json;
using System.Text.RegularExpressions;
using LeNetServe.Specs;
using LeNetServe.Trainer.Configuration;
using LeNetServe.Trainer.Tests.Training;

namespace LeNetServe.Trainer.Tests.Configuration;

public sealed class ConfigBuilderTests
{
    public static TheoryData<string> Recipes => [.. RecipeFiles.Names];

    [Theory]
    [MemberData(nameof(Recipes))]
    public void Build_EveryRecipe_IsSound(string recipe)
    {
        var config = ConfigBuilder.Build(recipe, new Dictionary<string, string>());

        Assert.Empty(config.Faults());
        Variants.Create(config.Variant, 1, 10);
        if (config.Dataset is "mnist" or "strokes")
            Assert.Equal(FlipKind.None, config.Flip);
    }

    public static TheoryData<string> Numbers =>
        [.. ConfigBuilder.Fields.Where(one => one.Type == typeof(int) || one.Type == typeof(double)).Select(one => one.Key)];

    [Theory]
    [MemberData(nameof(Numbers))]
    public void Build_EveryNumber_TakesTheRangeThatItsHelpSays(string key)
    {
        var help = ConfigBuilder.Fields.Single(field => field.Key == key).Help;
        var range = Regex.Match(help, @" Range: (?<least>\S+) to (?<most>\S+)\.$");
        if (key == "seed")
            Assert.False(range.Success);
        if (!range.Success)
            return;
        var (least, most) = (double.Parse(range.Groups["least"].Value), double.Parse(range.Groups["most"].Value));
        var expected = $", expected {least} to {most}";

        Assert.DoesNotContain(expected, Fault(least), StringComparison.Ordinal);
        Assert.DoesNotContain(expected, Fault(most), StringComparison.Ordinal);
        Assert.Contains($"{key} is {least - 1}{expected}", Fault(least - 1), StringComparison.Ordinal);
        Assert.Contains($"{key} is {most + 1}{expected}", Fault(most + 1), StringComparison.Ordinal);

        string Fault(double value) => Record.Exception(
            () => ConfigBuilder.Build(null, new Dictionary<string, string> { [key] = $"{value}" }))?.Message ?? "";
    }

    [Fact]
    public void Fields_EveryNumberButTheSeed_HasARange() => Assert.All(
        ConfigBuilder.Fields.Where(field => Numbers.Any(row => row.Data == field.Key) && field.Key != "seed"),
        field => Assert.NotNull(field.Range));

    [Theory]
    [InlineData("momentum", "1.4")]
    [InlineData("validation", "0.91")]
    public void Build_AShareJustOutsideItsRange_IsNotRounded(string key, string value) => Assert.Contains(
        $"{key} is {value}, expected 0 to",
        Assert.Throws<ExpectedException>(() => ConfigBuilder.Build(null, new Dictionary<string, string> { [key] = value })).Message,
        StringComparison.Ordinal);

    [Fact]
    public void Build_ValuesByHand_WinOverTheRecipe()
    {
        var config = ConfigBuilder.Build("cifar10", new Dictionary<string, string>
        {
            ["learning_rate"] = "0.25",
            ["optimizer"] = "sgd",
            ["epochs"] = "3",
            ["flip_test"] = "true",
            ["flip"] = "random",
        });

        Assert.Equal("cifar10", config.Dataset);
        Assert.Equal((0.25, OptimizerKind.Sgd, 3, true, FlipKind.Random),
            (config.LearningRate, config.Optimizer, config.Epochs, config.FlipTest, config.Flip));
    }

    [Theory]
    [InlineData("mnist", 0.3)]
    [InlineData("cifar10", 0.3)]
    [InlineData("fast", 0.25)]
    [InlineData("lenet5-1998", 0.3)]
    public void Build_PublishedRecipe_WritesItsWarmUpIntoTheConfig(string recipe, double expected)
    {
        var json = JsonSerializer.SerializeToElement(
            ConfigBuilder.Build(recipe, new Dictionary<string, string>()), TrainerJson.TrainingConfig);

        Assert.Equal(("one-cycle", expected), (json.GetProperty("schedule").GetString(), json.GetProperty("warm_up").GetDouble()));
    }

    [Theory]
    [InlineData("one-cycle", 0.3)]
    [InlineData("step", 0)]
    [InlineData("lecun-1998", 0)]
    public void Build_WarmUpNotGiven_IsTheSchedules(string schedule, double expected) =>
        Assert.Equal(expected, ConfigBuilder.Build("mnist", new Dictionary<string, string> { ["schedule"] = schedule }).WarmUp);

    [Fact]
    public void Build_RecipeFile_KeepsDefaultsOfAbsentKeys()
    {
        using var directory = new TemporaryDirectory();
        var path = Path.Combine(directory.Path, "mine.json");
        File.WriteAllText(path, """{"epochs": 2}""");

        Assert.Equal(new TrainingConfig { Epochs = 2 }, ConfigBuilder.Build(path, new Dictionary<string, string>()));
    }

    [Theory]
    [InlineData("""{"learning_rat": 1}""", "learning_rat")]
    [InlineData("""{"epochs": 0, "label_smoothing": 2}""", "epochs is 0, expected 1 to 1000000; label_smoothing is 2, expected 0 to 1")]
    [InlineData("""{"optimizer": "rmsprop"}""", "mine.json: optimizer is \"rmsprop\", expected sgd, adam, adamw or muon")]
    [InlineData("""{"early_stopping": 3, "keep": "last"}""", "early_stopping is 3 and keep last, expected keep best")]
    [InlineData("""{"optimizer": 1}""", "optimizer is 1, expected sgd")]
    [InlineData("""{"flip": "Random"}""", "flip is \"Random\", expected none, random or alternating; did you mean random?")]
    [InlineData("""{"data": "\ud800"}""", "mine.json: the text \"\\ud800\" has half of a surrogate pair, expected both halves")]
    [InlineData("""{"\udc00": 1}""", "mine.json: the text \"\\udc00\" has half of a surrogate pair, expected both halves")]
    [InlineData("""{"epochz": 1}""", "config key \"epochz\" is unknown; did you mean epochs?")]
    [InlineData("""{"zebra": 1}""", "config key \"zebra\" is unknown; lenetserve-train train --help lists the names")]
    [InlineData(
        """{"epochs": "one", "momentum": 2}""",
        "mine.json: epochs is \"one\", expected a whole number; momentum is 2, expected 0 to 1")]
    [InlineData("""{"epochs": 2.5}""", "epochs is 2.5, expected a whole number")]
    [InlineData("""{"learning_rate": true}""", "learning_rate is true, expected a number")]
    [InlineData("""{"nesterov": "yes"}""", "nesterov is \"yes\", expected true or false")]
    [InlineData("""{"variant": null}""", "variant is null, expected text")]
    [InlineData("""{"epochs": 1, "epochs": 2}""", "epochs")]
    [InlineData("""[]""", "expected a JSON object")]
    [InlineData("""{"epochs": """, "mine.json")]
    public void Build_BadRecipeFile_SaysWhatIsWrong(string json, string expected)
    {
        using var directory = new TemporaryDirectory();
        var path = Path.Combine(directory.Path, "mine.json");
        File.WriteAllText(path, json);

        var exception = Assert.Throws<ExpectedException>(() => ConfigBuilder.Build(path, new Dictionary<string, string>()));
        Assert.Contains(expected, exception.Message, StringComparison.Ordinal);
        Assert.DoesNotContain("System.", exception.Message, StringComparison.Ordinal);
        Assert.DoesNotContain(".NET", exception.Message, StringComparison.Ordinal);
    }

    [Fact]
    public void Build_NoSuchRecipeFile_SaysWhatIsExpected() => Assert.StartsWith(
        "recipe nowhere.json: no such file, expected a JSON file or one of cifar10, ",
        Assert.Throws<ExpectedException>(
            () => ConfigBuilder.Build("nowhere.json", new Dictionary<string, string>())).Message, StringComparison.Ordinal);

    [Fact]
    public void Build_SeveralFaultsByHand_ReportsAllOfThem()
    {
        var exception = Assert.Throws<ExpectedException>(() => ConfigBuilder.Build(
            null, new Dictionary<string, string> { ["epochs"] = "abc", ["momentum"] = "2", ["flip"] = "sideways", ["speed"] = "9" }));

        Assert.Contains(
            "epochs is \"abc\", expected a whole number; flip is \"sideways\", expected none, random or alternating; config key \"speed\"",
            exception.Message,
            StringComparison.Ordinal);
        Assert.EndsWith("; momentum is 2, expected 0 to 1", exception.Message, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("learning_rate", "fast", "learning_rate is \"fast\", expected a number")]
    [InlineData("learning_rate", "0,004", "learning_rate is \"0,004\", expected a number")]
    [InlineData("learning_rate", "004", "learning_rate is \"004\", expected a number")]
    [InlineData("epochs", "1,000", "epochs is \"1,000\", expected a whole number")]
    [InlineData("epochs", "1.5", "epochs is \"1.5\", expected a whole number")]
    [InlineData("learning_rate", "NaN", "learning_rate is \"NaN\", expected a number")]
    [InlineData("optimizer", "sdg", "optimizer is \"sdg\", expected sgd, adam, adamw or muon; did you mean sgd?")]
    [InlineData("dataset", "mnits", "expected mnist, fashion-mnist, cifar10, folder, strokes; did you mean mnist?")]
    [InlineData("variant", "lenet6", "or the path of a .json file; did you mean lenet5?")]
    [InlineData("schedule", "linear", "schedule is \"linear\", expected constant, step, cosine, one-cycle or lecun-1998")]
    [InlineData("speed", "9", "config key \"speed\" is unknown")]
    public void Build_BadValueByHand_SaysWhatIsWrong(string key, string value, string expected)
    {
        var exception = Assert.Throws<ExpectedException>(() => ConfigBuilder.Build(null, new Dictionary<string, string> { [key] = value }));
        Assert.Contains(expected, exception.Message, StringComparison.Ordinal);
    }

    [Fact]
    public void RunId_SameRequest_SameIdWhereverTheDataLie()
    {
        var spec = Variants.Create("lenet5", 1, 10);
        var config = new TrainingConfig { Dataset = "mnist", Data = "/a" };

        var id = RunId.Of(config, "mnist", spec);

        Assert.Matches("^mnist-lenet5-s1-[0-9a-f]{6}$", id);
        Assert.Equal(id, RunId.Of(config with { Data = "/b" }, "mnist", spec));
        Assert.NotEqual(id, RunId.Of(config with { LearningRate = 0.5 }, "mnist", spec));
        Assert.StartsWith("mnist-lenet5-s2-", RunId.Of(config with { Seed = 2 }, "mnist", spec), StringComparison.Ordinal);
    }

    [Fact]
    public void Build_PathsInARecipe_AreRelativeToItsFile()
    {
        using var directory = new TemporaryDirectory();
        Directory.CreateDirectory(Path.Combine(directory.Path, "pictures", "cats"));
        var recipe = Path.Combine(directory.Path, "mine.json");
        File.WriteAllText(recipe, """{ "data": "pictures", "variant": "net.json", "teacher": "runs/a, runs/b", "epochs": 3 }""");

        var config = ConfigBuilder.Build(recipe, new Dictionary<string, string>());
        var named = ConfigBuilder.Build(recipe, new Dictionary<string, string> { ["variant"] = "other.json" });

        Assert.Equal(("folder", Path.Combine(directory.Path, "pictures")), (config.Dataset, config.Data));
        Assert.Equal(Path.Combine(directory.Path, "net.json"), config.Variant);
        Assert.Equal([Path.Combine(directory.Path, "runs/a"), Path.Combine(directory.Path, "runs/b")], config.Teachers);
        Assert.Equal("other.json", named.Variant);
        Assert.Equal(Path.GetFullPath("other.json"), ConfigPaths.Whole(named).Variant);
    }
}
