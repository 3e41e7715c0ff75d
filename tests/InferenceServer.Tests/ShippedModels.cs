using Google.Protobuf;
using LeNetServe.Onnx;
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

    /// <summary>
    /// Writes lenet5-mnist as a foreign model named "foreign": without a manifest, and with tensors named as by PyTorch's exporter.
    /// </summary>
    public static void CopyForeign(string models)
    {
        var model = ModelProto.Parser.ParseFrom(File.ReadAllBytes(Path.Combine(Folder("lenet5-mnist"), "model.onnx")));
        model.MetadataProps.Clear();
        string[] ends = [.. model.Graph.Input.Concat(model.Graph.Output).Select(value => value.Name)];
        foreach (var node in model.Graph.Node)
        {
            Rename(node.Input);
            Rename(node.Output);
        }
        model.Graph.ValueInfo.Clear();
        foreach (var tensor in model.Graph.Initializer)
            tensor.Name = NameOf(tensor.Name);
        var target = Directory.CreateDirectory(Path.Combine(models, "foreign", "1")).FullName;
        File.WriteAllBytes(Path.Combine(target, "model.onnx"), model.ToByteArray());
        File.Copy(Path.Combine(Folder("lenet5-mnist"), "labels.txt"), Path.Combine(target, "labels.txt"));

        void Rename(IList<string> names)
        {
            for (var index = 0; index < names.Count; index++)
                names[index] = NameOf(names[index]);
        }

        string NameOf(string name) => ends.Contains(name) ? name : $"/net/{name}_output_0";
    }
}
