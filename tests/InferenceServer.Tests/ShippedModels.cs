using LeNetServe.Tests;

namespace LeNetServe.InferenceServer.Tests;

/// <summary>The models that the repository ships.</summary>
internal static class ShippedModels
{
    /// <summary>Gets the folder of a model's first version.</summary>
    public static string Folder(string model) => Path.Combine(RepositoryRoot.Find(), "models", model, "1");

    /// <summary>Copies lenet5-mnist into a repository.</summary>
    public static void CopyMnist(string models)
    {
        var target = Directory.CreateDirectory(Path.Combine(models, "lenet5-mnist", "1")).FullName;
        foreach (var file in Directory.GetFiles(Folder("lenet5-mnist")))
            File.Copy(file, Path.Combine(target, Path.GetFileName(file)));
    }
}
