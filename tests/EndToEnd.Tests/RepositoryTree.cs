using System.Reflection;

namespace LeNetServe.EndToEnd.Tests;

/// <summary>The working tree that these tests were built from.</summary>
internal static class RepositoryTree
{
    /// <summary>The folder of LeNetServe.sln.</summary>
    public static string Root { get; } = FindRoot();

    /// <summary>The configuration the tests were built in, as the output folders spell it: <c>debug</c> or <c>release</c>.</summary>
    public static string Configuration { get; } =
        typeof(RepositoryTree).Assembly.GetCustomAttribute<AssemblyConfigurationAttribute>()!.Configuration.ToLowerInvariant();

    /// <summary>Where all projects build to.</summary>
    public static string Output => Path.Combine(Root, "artifacts", "bin");

    /// <summary>The project files of the programs and libraries.</summary>
    public static IEnumerable<string> Projects => Directory.EnumerateFiles(Path.Combine(Root, "src"), "*.csproj", SearchOption.AllDirectories);

    /// <summary>The C# sources under the given top folders, generated files left out.</summary>
    public static IEnumerable<string> Sources(params string[] folders) =>
        from folder in folders
        let path = Path.Combine(Root, folder)
        where Directory.Exists(path)
        from file in Directory.EnumerateFiles(path, "*.cs", SearchOption.AllDirectories)
        where !Relative(file).Split('/').Any(part => part is "obj" or "bin" or "node_modules")
        select file;

    /// <summary>A path below the root, with forward slashes.</summary>
    public static string Relative(string path) => Path.GetRelativePath(Root, path).Replace('\\', '/');

    private static string FindRoot()
    {
        for (var folder = new DirectoryInfo(AppContext.BaseDirectory); folder is not null; folder = folder.Parent)
        {
            if (File.Exists(Path.Combine(folder.FullName, "LeNetServe.sln")))
                return folder.FullName;
        }
        throw new DirectoryNotFoundException($"no LeNetServe.sln above {AppContext.BaseDirectory}");
    }
}
