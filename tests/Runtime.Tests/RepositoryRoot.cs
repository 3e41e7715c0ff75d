namespace LeNetServe.Tests;

/// <summary>The folder of the solution file.</summary>
internal static class RepositoryRoot
{
    public static string Find()
    {
        var directory = AppContext.BaseDirectory;
        while (!File.Exists(Path.Combine(directory, "LeNetServe.sln")))
            directory = Path.GetDirectoryName(directory)
                ?? throw new DirectoryNotFoundException($"no LeNetServe.sln above {AppContext.BaseDirectory}");
        return directory;
    }
}
