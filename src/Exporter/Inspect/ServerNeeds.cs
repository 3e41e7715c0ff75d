using LeNetServe.Exporter.Onnx;
using LeNetServe.Models;
using LeNetServe.Runtime;
using LeNetServe.Runtime.Errors;
using LeNetServe.Runtime.Models;
using DataType = LeNetServe.Exporter.Onnx.TensorProto.Types.DataType;

namespace LeNetServe.Exporter.Inspect;

/// <summary>What this project's server needs of a model file, and what it does where something is missing.</summary>
/// <param name="Served">Whether it would be served.</param>
/// <param name="Missing">What is missing, one sentence each; empty for a file of this project.</param>
internal sealed record ServerNeeds(bool Served, IReadOnlyList<string> Missing)
{
    /// <summary>Looks at the graph, at the files beside it, and opens it as the server would.</summary>
    public static ServerNeeds Check(string path, ModelProto model)
    {
        var missing = new List<string>();
        CheckGraph(model, missing);
        CheckOutput(model, missing);
        CheckCompanions(path, model, missing);
        if (!File.Exists(path))
            return new(false, missing);
        try
        {
            using var opened = ClassifierModel.Open(path);
            if (opened.CheckGolden() is not { Passed: false } failed)
                return new(true, missing);
            missing.Add($"The server refuses the file: {failed}");
            return new(false, missing);
        }
        catch (InferenceException exception)
        {
            missing.Add($"The server refuses the file: {exception.Message}");
            return new(false, missing);
        }
    }

    private static void CheckGraph(ModelProto model, List<string> missing)
    {
        var constants = model.Graph.Initializer.Select(tensor => tensor.Name).ToHashSet(StringComparer.Ordinal);
        var inputs = model.Graph.Input.Where(input => !constants.Contains(input.Name)).ToList();
        if (inputs.Count != 1)
            missing.Add($"{inputs.Count} inputs ({string.Join(", ", inputs.Select(input => input.Name))}): the server feeds one, a batch of images.");
        else if (inputs[0].Type?.TensorType is not { Shape.Dim.Count: 4 } type || (DataType)type.ElemType is not (DataType.Float or DataType.Uint8))
            missing.Add($"Input {inputs[0].Name} is no batch of images: the server feeds float32 or uint8 of four dimensions, N×C×H×W or N×H×W×C.");
        if (model.Graph.Output.Count != 1)
            missing.Add($"{model.Graph.Output.Count} outputs ({string.Join(", ", model.Graph.Output.Select(output => output.Name))}): the server reads one, N×classes.");
    }

    private static void CheckOutput(ModelProto model, List<string> missing)
    {
        if (OnnxFile.Metadata(model).ContainsKey(ModelManifest.MetadataKey) && model.Graph.Output is [{ Name: not TensorNames.Probabilities } output])
            missing.Add($"Output {output.Name}: of a file with a manifest the server reads {TensorNames.Probabilities}.");
    }

    private static void CheckCompanions(string path, ModelProto model, List<string> missing)
    {
        var metadata = OnnxFile.Metadata(model);
        var directory = Path.GetDirectoryName(Path.GetFullPath(path))!;
        if (metadata.ContainsKey(ModelManifest.MetadataKey))
        {
            if (!File.Exists(Path.Combine(directory, GoldenTensors.FileName)))
                missing.Add($"{GoldenTensors.FileName} is not beside the file: the server cannot check the model against its training and refuses it.");
            return;
        }
        missing.Add($"No metadata {ModelManifest.MetadataKey}: the server takes the shape from the graph, resizes pictures to it, and finds out on three images whether the outputs are probabilities.");
        if (!File.Exists(Path.Combine(directory, ModelFiles.LabelsFileName)))
            missing.Add($"No {ModelFiles.LabelsFileName} beside the file: classes are called by their numbers.");
        if (!metadata.ContainsKey("Image.NominalPixelRange"))
            missing.Add("No metadata Image.NominalPixelRange: the server feeds 0 to 255; a model trained on 0 to 1 needs Normalized_0_1 there.");
        if (!metadata.ContainsKey("Image.BitmapPixelFormat"))
            missing.Add("No metadata Image.BitmapPixelFormat: the server feeds gray or RGB by the number of channels; Bgr8 asks for blue first.");
    }
}
