using System.Globalization;
using YamlDotNet.RepresentationModel;

namespace LeNetServe.Trainer.Tests.Sweeps;

/// <summary>deploy/kubernetes/sweep-job.yaml: what can be known of it without a cluster.</summary>
public sealed class SweepJobTests
{
    private readonly YamlNode spec;
    private readonly YamlNode container;

    public SweepJobTests()
    {
        var stream = new YamlStream();
        stream.Load(new StringReader(File.ReadAllText(Path.Combine(SourceTree.Root, "deploy", "kubernetes", "sweep-job.yaml"))));
        var job = Assert.Single(stream.Documents).RootNode;
        Assert.Equal(("batch/v1", "Job"), (Text(job["apiVersion"]), Text(job["kind"])));
        spec = job["spec"];
        container = Assert.Single(List(spec["template"]["spec"]["containers"]));
    }

    [Fact]
    public async Task Arguments_InAPod_AreTakenByTheProgramAndMeanThePodsShare()
    {
        // Strokes need no files; nothing is trained.
        string[] arguments =
            [.. List(container["args"]).Select(Text).Select(argument => argument == "dataset=mnist" ? "dataset=strokes" : argument),
                "--dry-run"];

        var (code, output, error) = await TrainerProcess.RunAsync(arguments, ("JOB_COMPLETION_INDEX", "5"), ("SLURM_ARRAY_TASK_ID", null));

        Assert.True(code == 0, error);
        Assert.StartsWith("96 runs, share 5 of 8: 12,", output, StringComparison.Ordinal);
        Assert.Contains("/runs/rates", output, StringComparison.Ordinal);
    }

    [Fact]
    public void Completions_OfTheJob_AreTheNumberOfShares()
    {
        var arguments = List(container["args"]).Select(Text).ToList();

        Assert.Equal("Indexed", Text(spec["completionMode"]));
        Assert.Equal(Text(spec["completions"]), arguments[arguments.IndexOf("--count") + 1]);
    }

    [Fact]
    public void FailurePolicy_OfTheJob_NamesTheContainerAndCodesThatCannotBeMended()
    {
        var rule = List(spec["podFailurePolicy"]["rules"]).Single(rule => Text(rule["action"]) == "FailIndex")["onExitCodes"];

        Assert.Equal(Text(container["name"]), Text(rule["containerName"]));
        Assert.Equal(
            [ExitCode.Usage, ExitCode.BadInput, ExitCode.CheckFailed],
            List(rule["values"]).Select(value => (ExitCode)int.Parse(Text(value), CultureInfo.InvariantCulture)));
        Assert.Equal("Never", Text(spec["template"]["spec"]["restartPolicy"])); // which a failure policy demands
    }

    [Fact]
    public void Mounts_OfTheContainer_HaveVolumesAndHoldWhatTheArgumentsName()
    {
        var mounts = List(container["volumeMounts"]).ToDictionary(mount => Text(mount["mountPath"]), mount => Text(mount["name"]));

        Assert.Equal(List(spec["template"]["spec"]["volumes"]).Select(volume => Text(volume["name"])).Order(), mounts.Values.Order());
        Assert.Contains(mounts.Keys,
            path => List(container["args"]).Select(Text).Any(argument => argument.StartsWith(path + "/", StringComparison.Ordinal)));
        Assert.Equal(
            ("LENETSERVE_DATA", "/data"), List(container["env"]).Select(entry => (Text(entry["name"]), Text(entry["value"]))).Single());
        Assert.Contains("/data", mounts.Keys);
    }

    private static IEnumerable<YamlNode> List(YamlNode node) => ((YamlSequenceNode)node).Children;

    private static string Text(YamlNode node) => ((YamlScalarNode)node).Value!;
}
