using System.ComponentModel;
using System.Diagnostics;
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

    /// <summary>The folder that all projects build to.</summary>
    public static string Output => Path.Combine(Root, "artifacts", "bin");

    /// <summary>The project files of the programs and libraries.</summary>
    public static IEnumerable<string> Projects =>
        Directory.EnumerateFiles(Path.Combine(Root, "src"), "*.csproj", SearchOption.AllDirectories);

    /// <summary>The C# sources under the given top folders, generated files left out.</summary>
    public static IEnumerable<string> Sources(params string[] folders) =>
        from folder in folders
        let path = Path.Combine(Root, folder)
        where Directory.Exists(path)
        from file in Directory.EnumerateFiles(path, "*.cs", SearchOption.AllDirectories)
        where !Relative(file).Split('/').Any(part => part is "obj" or "bin" or "node_modules")
        select file;

    /// <summary>The files that git tracks, as paths below the root with forward slashes.</summary>
    public static IReadOnlyList<string> TrackedFiles { get; } = FindTrackedFiles();

    /// <summary>A path below the root, with forward slashes.</summary>
    public static string Relative(string path) => Path.GetRelativePath(Root, path).Replace('\\', '/');

    // A clone without git's own files, such as an unpacked archive, has every file that is not built.
    private static string[] FindTrackedFiles()
    {
        try
        {
            var start = new ProcessStartInfo("git", ["ls-files", "-z"]) { WorkingDirectory = Root, RedirectStandardOutput = true };
            using var git = Process.Start(start)!;
            var files = git.StandardOutput.ReadToEnd().Split('\0', StringSplitOptions.RemoveEmptyEntries);
            git.WaitForExit();
            if (git.ExitCode == 0 && files.Length > 0)
                return [.. files.Where(file => File.Exists(Path.Combine(Root, file)))];
        }
        catch (Win32Exception)
        {
        }
        return
        [
            .. from file in Directory.EnumerateFiles(Root, "*", SearchOption.AllDirectories)
               let path = Relative(file)
               where !path.Split('/').Any(part => part is ".git" or "artifacts" or "node_modules" or "data" or "runs")
               select path,
        ];
    }

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
