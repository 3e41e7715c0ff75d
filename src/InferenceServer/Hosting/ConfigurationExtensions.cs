using LeNetServe.Files;
using Microsoft.Extensions.Configuration.Json;

namespace LeNetServe.InferenceServer.Hosting;

/// <summary>Creates the server's builder with the configuration of the command line.</summary>
internal static class ConfigurationExtensions
{
    private const int LargestFile = 16 << 20;
    private const string Watching = "DOTNET_hostBuilder__reloadConfigOnChange";

    /// <summary>
    /// Creates the builder. Later sources have priority: appsettings.json, the file of --config, the environment, the command line.
    /// </summary>
    /// <exception cref="ExpectedException">The file of --config does not exist (<see cref="ExitCode.Usage"/>).</exception>
    public static WebApplicationBuilder CreateBuilder(this CommandLine commandLine)
    {
        var root = commandLine.Settings.GetValueOrDefault("contentRoot");
        if (root is not null && !Directory.Exists(root))
            throw new ExpectedException(ExitCode.Usage, $"--contentRoot is \"{root}\", expected an existing folder");
        // The sources of the configuration would wait for a pipe, and read a device to its end.
        if (Path.Combine(root ?? "", "appsettings.json") is var settings && File.Exists(settings))
            RegularFile.Open(settings, LargestFile).Dispose();
        // The settings are read once. .NET would watch every folder below that of a file: the whole machine if that is the root.
        if (Environment.GetEnvironmentVariable(Watching) is null)
            Environment.SetEnvironmentVariable(Watching, "false");
        var builder = WebApplication.CreateSlimBuilder(new WebApplicationOptions
        {
            EnvironmentName = commandLine.Settings.GetValueOrDefault("environment"),
            ContentRootPath = root,
        });
        if (commandLine.ValueOf("--config") is { } file)
        {
            if (!File.Exists(file))
                throw ExpectedException.Usage($"--config is \"{file}\", expected an existing JSON file{NearestName.HintOfPath(file)}");
            RegularFile.Open(file, LargestFile).Dispose();
            var source = new JsonConfigurationSource { Path = Path.GetFullPath(file) };
            source.ResolveFileProvider();
            var sources = ((IConfigurationBuilder)builder.Configuration).Sources;
            sources.Insert(sources.ToList().FindLastIndex(each => each is JsonConfigurationSource) + 1, source);
        }
        builder.Configuration.AddInMemoryCollection(commandLine.Settings);
        return builder;
    }
}
