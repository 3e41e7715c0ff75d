namespace LeNetServe.Exporter.Tests.Interoperability;

/// <summary>Paths in the source tree.</summary>
internal static class Repository
{
    /// <summary>The folder of the solution.</summary>
    public static string Root { get; } = Find();

    /// <summary>The scripts that run other people's tools.</summary>
    public static string Scripts => Path.Combine(Root, "tests/Exporter.Tests/Interoperability");

    /// <summary>The versions of the shipped models. Other models in <c>models/</c> are a user's own.</summary>
    public static IEnumerable<string> ShippedVersions =>
        new[] { "models/lenet5-1998/1", "models/lenet5-cifar10/1", "models/lenet5-mnist/1" }.Select(version => Path.Combine(Root, version));

    /// <summary>The folder of a published data set; skips the test if this machine has none.</summary>
    public static string RequireData(string name)
    {
        var roots = new[] { Environment.GetEnvironmentVariable("LENETSERVE_DATA"), Path.Combine(Root, "data"),
            Path.Combine(Root, "../shared/data") };
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
