using System.Reflection;
using LeNetServe.Client.Tests.Fakes;

namespace LeNetServe.Client.Tests;

public sealed class PackageTests
{
    private const string Program = """
        using LeNetServe.Client;

        using var client = new LeNetServeClient(args[0]);
        var answer = await client.ClassifyAsync(new byte[] { 7 });
        Console.WriteLine($"{answer.Model} {answer.Best.Label}");
        """;

    /// <summary>Takes the packages' dependencies from this machine's cache, so that the test needs no network.</summary>
    [Fact]
    public async Task Restore_ClientAndProtocolFromALocalFeed_AFreshProjectCallsAServer()
    {
        var folder = Directory.CreateTempSubdirectory("lenetserve-package-").FullName;
        try
        {
            foreach (var project in (string[])["Protocol", "Client"])
            {
                var source = Path.Combine(Command.Repository, "src", project);
                await Dotnet("pack", source, "-c", Configuration, "--no-build", "-o", Path.Combine(folder, "feed"), "-nodereuse:false");
            }
            var cache = Environment.GetEnvironmentVariable("NUGET_PACKAGES")
                ?? Path.Combine(Environment.GetFolderPath(Environment.SpecialFolder.UserProfile), ".nuget", "packages");
            await Write(folder, "nuget.config", $"""
                <configuration>
                  <config><add key="globalPackagesFolder" value="{folder}/cache" /></config>
                  <packageSources><clear /><add key="packed" value="{folder}/feed" /></packageSources>
                  <fallbackPackageFolders><clear /><add key="machine" value="{cache}" /></fallbackPackageFolders>
                </configuration>
                """);
            await Write(folder, "Directory.Build.props", "<Project />");
            await Write(folder, "fresh.csproj", """
                <Project Sdk="Microsoft.NET.Sdk">
                  <PropertyGroup>
                    <OutputType>Exe</OutputType>
                    <TargetFramework>net10.0</TargetFramework>
                    <ImplicitUsings>enable</ImplicitUsings>
                    <UseAppHost>false</UseAppHost>
                  </PropertyGroup>
                  <ItemGroup>
                    <PackageReference Include="LeNetServe.Client" Version="*" />
                  </ItemGroup>
                </Project>
                """);
            await Write(folder, "Program.cs", Program);
            await Dotnet("build", Path.Combine(folder, "fresh.csproj"), "-o", Path.Combine(folder, "out"), "-nodereuse:false");
            await using var server = await FakeServer.Start();

            var said = await Dotnet(Path.Combine(folder, "out", "fresh.dll"), server.Url);

            Assert.Equal("server class 7", said.Trim());
            Assert.True(Directory.Exists(Path.Combine(folder, "cache", "lenetserve.protocol")), "the protocol did not come from the feed");
        }
        finally
        {
            Directory.Delete(folder, recursive: true);
        }
    }

    private static string Configuration =>
        typeof(PackageTests).Assembly.GetCustomAttribute<AssemblyConfigurationAttribute>()!.Configuration;

    private static Task Write(string folder, string name, string text) =>
        File.WriteAllTextAsync(Path.Combine(folder, name), text, TestContext.Current.CancellationToken);

    private static async Task<string> Dotnet(params string[] arguments)
    {
        var (code, output) = await Command.Run("dotnet", arguments);
        Assert.True(code == 0, output);
        return output;
    }
}
