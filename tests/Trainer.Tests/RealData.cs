namespace LeNetServe.Trainer.Tests;

/// <summary>The real data sets, where this machine has them.</summary>
internal static class RealData
{
    /// <summary>The folder of that name under LENETSERVE_DATA, data/ or ../shared/data; skips the test where none has it.</summary>
    public static string Find(string name)
    {
        var repository = new DirectoryInfo(AppContext.BaseDirectory);
        while (repository is not null && !File.Exists(Path.Combine(repository.FullName, "LeNetServe.sln")))
            repository = repository.Parent;
        string?[] roots =
        [
            Environment.GetEnvironmentVariable("LENETSERVE_DATA"),
            repository is null ? null : Path.Combine(repository.FullName, "data"),
            repository is null ? null : Path.Combine(repository.FullName, "..", "shared", "data"),
        ];
        var found = roots.Where(root => root is not null).Select(root => Path.Combine(root!, name)).FirstOrDefault(Directory.Exists);
        Assert.SkipWhen(found is null, $"no {name}/ under LENETSERVE_DATA, data/ or ../shared/data");
        return found!;
    }
}
