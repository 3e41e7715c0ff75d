using LeNetServe.Cli;
using LeNetServe.Exporter.Commands;
using LeNetServe.Exporter.Export;
using LeNetServe.Exporter.Inspect;
using LeNetServe.Exporter.Onnx;
using LeNetServe.Exporter.Proof;
using LeNetServe.Exporter.Publish;
using LeNetServe.Exporter.Tests.Commands;
using LeNetServe.Models;
using LeNetServe.Runs;
using LeNetServe.Runtime.Devices;

namespace LeNetServe.Exporter.Tests.Fuzz;

/// <summary>
/// 1,000 damaged files. Each ends in an error that the command line knows; none in a crash, a hang or a published model.
/// </summary>
public sealed class FuzzTests : IDisposable
{
    private static readonly TimeSpan Hang = TimeSpan.FromMinutes(1);
    private readonly TemporaryDirectory temporary = new();

    [Theory]
    [InlineData("checkpoint/model.safetensors", 200)]
    [InlineData("model.json", 150)]
    [InlineData("golden.safetensors", 100)]
    [InlineData("summary.json", 50)]
    [InlineData("SHA256SUMS", 50)]
    public async Task Export_FileOfAFinishedRunDamaged_IsRefused(string file, int mutations)
    {
        var run = TestRuns.Create(temporary.Path, TestSpecs.Create("lenet5-bn"), images: 2);
        var (path, random) = (Path.Combine(run.Path, file), new Random(file.Length));
        var bytes = File.ReadAllBytes(path);
        for (var index = 0; index < mutations; index++)
        {
            File.WriteAllBytes(path, Mutation.Of(bytes, random));

            var outcome = await Try(() => Export(run));

            Assert.True(outcome is not null && IsExpected(outcome), $"mutation {index} of {file}: {outcome?.ToString() ?? "exported"}");
        }
    }

    [Theory]
    [InlineData("checkpoint/model.safetensors", 60)]
    [InlineData("model.json", 60)]
    [InlineData("golden.safetensors", 30)]
    public async Task Export_FileOfAnUnfinishedRunDamaged_IsRefusedOrProved(string file, int mutations)
    {
        // An unfinished run has no checksums. A damaged run that stays within the tolerance of its golden tensors is exported.
        var run = TestRuns.Create(temporary.Path, TestSpecs.Create("lenet5-bn"), images: 2, finished: false);
        var (path, random) = (Path.Combine(run.Path, file), new Random(file.Length + 1));
        var bytes = File.ReadAllBytes(path);
        for (var index = 0; index < mutations; index++)
        {
            File.WriteAllBytes(path, Mutation.Of(bytes, random));

            var outcome = await Try(() => Export(run));

            Assert.True(outcome is null || IsExpected(outcome), $"mutation {index} of {file}: {outcome}");
        }
    }

    [Theory]
    [InlineData("checkpoint/model.safetensors")]
    [InlineData("model.json")]
    [InlineData("golden.safetensors")]
    [InlineData("summary.json")]
    [InlineData("SHA256SUMS")]
    public async Task ExportProcess_FileOfAFinishedRunDamaged_EndsCleanlyAndPublishesNothing(string file)
    {
        var run = TestRuns.Create(temporary.Path, TestSpecs.Create("lenet5-bn"), images: 2);
        var path = Path.Combine(run.Path, file);
        var random = new Random(file.Length + 2);
        var models = Directory.CreateDirectory(temporary["models"]).FullName;
        var bytes = File.ReadAllBytes(path);
        for (var index = 0; index < 20; index++)
        {
            File.WriteAllBytes(path, Mutation.Of(bytes, random));

            var (code, _, error) = await ExporterProcess.RunAsync("", "export", "--run", run.Path, "--repository", models, "--name", "net")
                .WaitAsync(Hang, TestContext.Current.CancellationToken);

            Assert.True(
                code is (int)ExitCode.BadInput or (int)ExitCode.CheckFailed, $"mutation {index} of {file}: exit code {code}, {error}");
            Assert.Single(error.Trim().Split('\n'));
            Assert.Empty(Directory.GetFileSystemEntries(models));
        }
    }

    [Fact]
    public async Task VerifyProcess_OwnModelDamaged_EndsCleanly()
    {
        var path = Publish();
        var (bytes, random) = (File.ReadAllBytes(path), new Random(10));
        for (var index = 0; index < 20; index++)
        {
            File.WriteAllBytes(path, Mutation.Of(bytes, random));

            var (code, _, error) = await ExporterProcess.RunAsync("", "verify", "--model", path)
                .WaitAsync(Hang, TestContext.Current.CancellationToken);

            Assert.True(code is (int)ExitCode.BadInput or (int)ExitCode.CheckFailed, $"mutation {index}: exit code {code}, {error}");
            Assert.Single(error.Trim().Split('\n'));
        }
    }

    [Fact]
    public async Task Verify_OwnModelDamaged_IsRefused()
    {
        var path = Publish();
        var (bytes, random) = (File.ReadAllBytes(path), new Random(7));
        for (var index = 0; index < 200; index++)
        {
            File.WriteAllBytes(path, Mutation.Of(bytes, random));

            var outcome = await Try(() => new ModelVerifier(null, Device.Cpu, TimeProvider.System).Verify(path, CancellationToken.None));

            Assert.True(outcome is not null && IsExpected(outcome), $"mutation {index}: {outcome?.ToString() ?? "verified"}");
        }
    }

    [Fact]
    public async Task Inspect_ForeignModelDamaged_AnswersOrRefuses()
    {
        var path = Publish();
        var model = OnnxFile.Read(path).Model;
        model.MetadataProps.Clear();
        var (bytes, random) = (Google.Protobuf.MessageExtensions.ToByteArray(model), new Random(8));
        for (var index = 0; index < 100; index++)
        {
            File.WriteAllBytes(path, Mutation.Of(bytes, random));

            var outcome = await Try(() => (ModelInspector.Inspect(path), ModelComparer.Compare(model, OnnxFile.Read(path).Model)));

            Assert.True(outcome is null || IsExpected(outcome), $"mutation {index}: {outcome}");
        }
    }

    [Fact]
    public void Check_GraphDamaged_IsRefusedOrStillFollowsTheRules()
    {
        var bytes = File.ReadAllBytes(Publish());
        var random = new Random(9);
        for (var index = 0; index < 500; index++)
        {
            var changed = Mutation.Of(bytes, random);
            var exception = Record.Exception(() => ModelChecker.Check(OnnxFile.Parse("", changed)));

            Assert.True(exception is null or InvalidDataException, $"mutation {index}: {exception}");
        }
    }

    public void Dispose() => temporary.Dispose();

    private static bool IsExpected(Exception exception) =>
        (CommandLineProgram.CodeOf(exception) ?? ModelFailure.CodeOf(exception)) is not null;

    private static ExportResult Export(RunDirectory run)
    {
        var result = RunExport.Export(new() { Run = run.Path, Name = "net" }, CancellationToken.None);
        return result.Proof.Passed ? result : throw new ExpectedException(ExitCode.CheckFailed, "refused");
    }

    private string Publish()
    {
        var run = TestRuns.Create(temporary.Path, TestSpecs.Create("lenet5"), images: 2);
        var result = RunExport.Export(new() { Run = run.Path, Name = "net" }, CancellationToken.None);
        var files = new VersionFiles { { "model.onnx", result.Model }, { GoldenTensors.FileName, result.Golden } };
        return Path.Combine(ModelPublisher.PublishTo(temporary["model"], files), "model.onnx");
    }

    private static async Task<Exception?> Try(Func<object> action)
    {
        try
        {
            await Task.Run(action).WaitAsync(Hang);
            return null;
        }
        catch (Exception exception)
        {
            return exception;
        }
    }
}
