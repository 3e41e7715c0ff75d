namespace LeNetServe.EndToEnd.Tests;

/// <summary>The published data sets, if this machine has them.</summary>
internal static class RealData
{
    /// <summary>The folder with MNIST's four IDX files; skips the test if there is none.</summary>
    public static string Mnist() => Find(
        Path.Combine("mnist", "t10k-images-idx3-ubyte.gz"), Path.Combine("mnist", "t10k-images-idx3-ubyte"));

    /// <summary>The folder with CIFAR-10 as JPEG files, in <c>train</c> and <c>test</c>; skips the test if there is none.</summary>
    public static string CifarJpeg() => Path.GetDirectoryName(Find(Path.Combine("cifar10", "test", "airplane")))!;

    /// <summary>The folder with MNIST's four IDX files; null if there is none.</summary>
    public static string? TryMnist() =>
        TryFind(Path.Combine("mnist", "t10k-images-idx3-ubyte.gz"), Path.Combine("mnist", "t10k-images-idx3-ubyte"));

    /// <summary>The folder with CIFAR-10 as JPEG files; null if there is none.</summary>
    public static string? TryCifarJpeg() => Path.GetDirectoryName(TryFind(Path.Combine("cifar10", "test", "airplane")));

    private static string Find(params string[] names) => TryFind(names) ?? throw Absent(names[0]);

    private static string? TryFind(params string[] names)
    {
        string?[] folders =
        [
            Environment.GetEnvironmentVariable("LENETSERVE_DATA"),
            Path.Combine(RepositoryTree.Root, "data"),
            Path.Combine(RepositoryTree.Root, "..", "shared", "data"),
        ];
        var found =
            from folder in folders
            where !string.IsNullOrEmpty(folder)
            from name in names
            let path = Path.GetFullPath(Path.Combine(folder, name))
            where Path.Exists(path)
            select Path.GetDirectoryName(path);
        return found.FirstOrDefault();
    }

    private static Exception Absent(string name)
    {
        Assert.Skip($"no {name} in LENETSERVE_DATA or {Path.Combine(RepositoryTree.Root, "data")}");
        throw new System.Diagnostics.UnreachableException();
    }
}
