using LeNetServe.Trainer.Sweeps;
using LeNetServe.Trainer.Tests.Training;

namespace LeNetServe.Trainer.Tests.Sweeps;

public sealed class SweepPlanFileTests
{
    [Fact]
    public void Read_PlanFile_IsOverriddenByTheCommandLine()
    {
        var plan = Read("""
            {
              // a comment
              "set": { "dataset": "strokes", "epochs": 1 },
              "grid": { "learning_rate": [0.01, 0.05], "nesterov": [true, false] },
              "random": { "weight_decay": { "low": 1e-5, "high": 1e-2, "log": true } },
              "samples": 3, "random_seed": 7, "seeds": [1, 2],
            }
            """);

        Assert.Equal(2 * 2 * 3 * 2, SweepConfigs.Of(plan).Count);
        Assert.Equal(2 * 3 * 2, SweepConfigs.Of(SetOption.Apply(plan, "learning-rate=0.02")).Count);
        Assert.Equal(7, plan.RandomSeed);
    }

    [Theory]
    [InlineData("""{ "gird": {} }""", "key \"gird\" is unknown; did you mean grid?")]
    [InlineData(
        """{ "zebra": {} }""", "key \"zebra\" is unknown, expected recipe, set, grid, random, samples, random_seed, seeds")]
    [InlineData("""[1]""", "the plan is [1], expected an object in braces")]
    [InlineData("""{ "recipe": 1 }""", "recipe is 1, expected text")]
    [InlineData("""{ "grid": { "optimizer": "sgd" } }""", "grid.optimizer is \"sgd\", expected a list in brackets")]
    [InlineData("""{ "samples": "two" }""", "samples is \"two\", expected a whole number")]
    [InlineData("""{ "seeds": [1, 2.5] }""", "seeds is 2.5, expected a whole number")]
    [InlineData("""{ "seeds": 3 }""", "seeds is 3, expected a list in brackets")]
    [InlineData("""{ "random": { "momentum": { "low": "0.1", "high": 1 } } }""", "random.momentum.low is \"0.1\", expected a number")]
    [InlineData("""{ "random": { "momentum": { "low": 0 } } }""", "random.momentum is { \"low\": 0 }, expected low and high")]
    [InlineData(
        """{ "random": { "momentum": { "low": 0, "hi": 1 } } }""",
        "key \"random.momentum.hi\" is unknown; did you mean high?")]
    [InlineData("""{ "seeds": [1], "seeds": [2] }""", "seeds")]
    [InlineData("""{ "recipe": "\ud800" }""", "the text \"\\ud800\" has half of a surrogate pair, expected both halves")]
    [InlineData("""{ "set": { "a\udc00": 1 } }""", "the text \"a\\udc00\" has half of a surrogate pair, expected both halves")]
    public void Read_BadPlan_SaysWhatIsWrong(string json, string expected)
    {
        var exception = Assert.Throws<InvalidDataException>(() => Read(json));

        Assert.Contains("plan.json: ", exception.Message, StringComparison.Ordinal);
        Assert.Contains(expected, exception.Message, StringComparison.Ordinal);
        Assert.DoesNotContain("System.", exception.Message, StringComparison.Ordinal);
    }

    [Fact]
    public void Read_NoSuchFile_SaysWhatIsExpected() =>
        Assert.Equal("plan nowhere.json: no such file, expected a sweep's plan as JSON",
            Assert.Throws<FileNotFoundException>(() => SweepPlanFile.Read("nowhere.json")).Message);

    private static SweepPlan Read(string json)
    {
        using var directory = new TemporaryDirectory();
        var path = Path.Combine(directory.Path, "plan.json");
        File.WriteAllText(path, json);
        return SweepPlanFile.Read(path);
    }

    [Fact]
    public void Read_PathsInAPlan_AreRelativeToItsFile()
    {
        using var directory = new TemporaryDirectory();
        var file = Path.Combine(directory.Path, "plan.json");
        File.WriteAllText(
            file, """{ "recipe": "mine.json", "set": { "data": "pictures" }, "grid": { "variant": ["lenet5", "net.json"] } }""");

        var plan = SetOption.Apply(SweepPlanFile.Read(file), "teacher=runs/a");

        Assert.Equal(Path.Combine(directory.Path, "mine.json"), plan.Recipe);
        Assert.Equal(Path.Combine(directory.Path, "pictures"), plan.Set["data"].GetString());
        Assert.Equal(["lenet5", Path.Combine(directory.Path, "net.json")], plan.Grid["variant"].Select(value => value.GetString()));
        Assert.Equal("runs/a", plan.Set["teacher"].GetString());
    }
}
