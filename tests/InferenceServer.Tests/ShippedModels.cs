using LeNetServe.Tests;

namespace LeNetServe.InferenceServer.Tests;

/// <summary>The models that the repository ships.</summary>
internal static class ShippedModels
{
    /// <summary>Gets the folder of a model's first version.</summary>
    public static string Folder(string model) => Path.Combine(RepositoryRoot.Find(), "models", model, "1");

    /// <summary>Copies lenet5-mnist into a repository.</summary>
    public static void CopyMnist(string models) => Copy("lenet5-mnist", models);

    /// <summary>Copies lenet5-1998, which computes its layers and its gradient, into a repository.</summary>
    public static void CopyLeNet1998(string models) => Copy("lenet5-1998", models);

    /// <summary>Copies a model into a repository.</summary>
    public static void Copy(string model, string models)
    {
        var target = Directory.CreateDirectory(Path.Combine(models, model, "1")).FullName;
        foreach (var file in Directory.GetFiles(Folder(model)))
            File.Copy(file, Path.Combine(target, Path.GetFileName(file)));
    }
}
