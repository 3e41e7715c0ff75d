namespace LeNetServe.Exporter.Tests.Interoperability;

/// <summary>Where things are in the source tree.</summary>
internal static class Repository
{
    /// <summary>The root: the folder of the solution.</summary>
    public static string Root { get; } = Find();

    /// <summary>The scripts that run other people's tools.</summary>
    public static string Scripts => Path.Combine(Root, "tests/Exporter.Tests/Interoperability");

    /// <summary>The versions of the shipped models.</summary>
    public static IEnumerable<string> ShippedVersions => Directory.Exists(Path.Combine(Root, "models"))
        ? Directory.GetDirectories(Path.Combine(Root, "models")).Where(path => !Path.GetFileName(path).StartsWith('.')).SelectMany(Directory.GetDirectories)
            .Where(path => File.Exists(Path.Combine(path, "model.onnx"))).Order(StringComparer.Ordinal)
        : [];

    /// <summary>The folder of a published data set; skips the test where this machine has none.</summary>
    public static string RequireData(string name)
    {
        var roots = new[] { Environment.GetEnvironmentVariable("LENETSERVE_DATA"), Path.Combine(Root, "data"), Path.Combine(Root, "../shared/data") };
        var found = roots.FirstOrDefault(root => root is not null && Directory.Exists(Path.Combine(root, name)));
        if (found is null)
            Assert.Skip($"{name} is not here; set LENETSERVE_DATA to a folder with {name}/");
        return Path.Combine(found, name);
    }

    private static string Find()
    {
        var directory = new DirectoryInfo(AppContext.BaseDirectory);
        while (directory is not null && !File.Exists(Path.Combine(directory.FullName, "LeNetServe.sln")))
            directory = directory.Parent;
        return directory?.FullName ?? throw new InvalidOperationException($"{AppContext.BaseDirectory} is not inside the repository");
    }
}
