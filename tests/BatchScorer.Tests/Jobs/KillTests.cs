using LeNetServe.BatchScorer.Tests.Fakes;
using LeNetServe.EndToEnd.Tests.Programs;
using LeNetServe.Tests;

namespace LeNetServe.BatchScorer.Tests.Jobs;

/// <summary>
/// Kills the scorer with SIGKILL at random moments of its life. By default it does so 10 times. .ci/run, which sets CI, does so
/// 100 times, which takes about two minutes on two cores.
/// </summary>
public sealed class KillTests : IDisposable
{
    private const int KillsPerJob = 4;

    private readonly TemporaryDirectory directory = new();

    public void Dispose() => directory.Dispose();

    [Fact]
    public async Task Score_KilledAtRandomMoments_ResumesToTheSameBytes()
    {
        var kills = Environment.GetEnvironmentVariable("CI") == "true" ? 100 : 10;
        var model = Pictures.WriteModel(directory["model"]);
        Pictures.WriteFolder(directory["seed"], perClass: 30);
        Multiply(directory["seed"], directory["images"], times: 10);
        var whole = await Expected(model);
        var started = TimeProvider.System.GetTimestamp();
        await Score(model, directory["timed"]);
        var lifetime = TimeProvider.System.GetElapsedTime(started);

        var random = new Random(1998);
        var left = 0;
        for (var kill = 0; kill < kills; kill += KillsPerJob)
        {
            var job = directory[$"job{kill}"];
            for (var i = 0; i < KillsPerJob; i++)
            {
                using var process = Start(model, job);
                // The moment is the point of the test; nothing is asserted about time.
                await Task.WhenAny(
                    process.WaitForExitAsync(CancellationToken.None), Task.Delay(
                        lifetime * random.NextDouble(), TestContext.Current.CancellationToken));
                process.Kill();
                await process.WaitForExitAsync(CancellationToken.None);
                left += Directory.Exists(job) ? Directory.GetFiles(job, "*.tmp", SearchOption.AllDirectories).Length : 0;
            }
            await Score(model, job);
            Assert.Equal(whole, File.ReadAllBytes(Path.Combine(job, "scores.jsonl")));
            Assert.Empty(Directory.GetFiles(Path.Combine(job, "parts"), "*.tmp"));
            Directory.Delete(job, recursive: true);
        }
        TestContext.Current.TestOutputHelper?.WriteLine(
            $"{kills} kills within {lifetime.TotalSeconds:0.0} s each; they left {left} temporary files");
    }

    private async Task<byte[]> Expected(string model)
    {
        (await BuiltProgram.Run(
            "BatchScorer", directory.Path, "score", "images", "-m", model, "-o", "whole.jsonl", "-q")).Expect(ExitCode.Success);
        return File.ReadAllBytes(directory["whole.jsonl"]);
    }

    private async Task Score(string model, string job) => (await BuiltProgram.Run(Start(model, job))).Expect(ExitCode.Success);

    private System.Diagnostics.Process Start(string model, string job) => BuiltProgram.Start(
        "dotnet", directory.Path, [BuiltProgram.PathOf("BatchScorer"), "score", "images", "-m", model, "-o", job, "--part-size", "50",
            "-q"]);

    private static void Multiply(string from, string to, int times)
    {
        foreach (var file in Directory.GetFiles(from, "*", SearchOption.AllDirectories))
        {
            var folder = Path.Combine(to, Path.GetFileName(Path.GetDirectoryName(file)!));
            Directory.CreateDirectory(folder);
            for (var copy = 0; copy < times; copy++)
                File.Copy(file, Path.Combine(folder, $"{copy}-{Path.GetFileName(file)}"));
        }
    }
}
