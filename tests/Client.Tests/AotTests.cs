using System.Runtime.InteropServices;
using LeNetServe.Client.Tests.Fakes;

namespace LeNetServe.Client.Tests;

public sealed class AotTests
{
    [Fact]
    public async Task Publish_TheSampleAheadOfTime_RunsEveryKindOfCall()
    {
        Assert.SkipUnless(
            Environment.GetEnvironmentVariable("CI") == "true",
            "compiling ahead of time takes a minute and a compiler package: CI=true does it");
        var linker = await Finds("clang") ? "clang" : "gcc";
        Assert.SkipUnless(OperatingSystem.IsLinux() && await Finds(linker), "no clang or gcc to link with");
        var output = Directory.CreateTempSubdirectory("lenetserve-aot-").FullName;
        try
        {
            var sample = Path.Combine(Command.Repository, "tests", "AotSample");
            var (code, log) = await Command.Run(
                "dotnet", "publish", sample, "-c", "Release", "-r", RuntimeInformation.RuntimeIdentifier, "-o", output,
                "-nodereuse:false", $"-p:CppCompilerAndLinker={linker}");
            Assert.SkipWhen(
                code != 0 && log.Contains("NU1", StringComparison.Ordinal), "the compiler package cannot be restored: no network");
            Assert.True(code == 0, log);
            await using var one = await FakeServer.Start();
            await using var two = await FakeServer.Start();

            var (exit, said) = await Command.Run(Path.Combine(output, "LeNetServe.AotSample"), one.Url, two.Url);

            Assert.True(exit == 0, said);
            Assert.Equal(
                "digits/3 2 labels\none class 7\nbatch class 3, InvalidInput\nstream 1 class 1\nstream 2 class 2\nstream 3 class 3\n",
                said);
        }
        finally
        {
            Directory.Delete(output, recursive: true);
        }
    }

    private static async Task<bool> Finds(string program) => (await Command.Run("sh", "-c", $"command -v {program}")).Code == 0;
}
