using LeNetServe.Exporter.Onnx;
using LeNetServe.Models;
using LeNetServe.Runtime;
using LeNetServe.Runtime.Devices;
using LeNetServe.Runtime.Errors;
using LeNetServe.Runtime.Models;
using DataType = LeNetServe.Onnx.TensorProto.Types.DataType;

namespace LeNetServe.Exporter.Inspect;

/// <summary>The needs of this project's server that a model file does not meet, and the server's behavior without them.</summary>
/// <param name="Served">Whether the file would be served.</param>
/// <param name="Missing">A sentence for each missing thing; empty for a file of this project.</param>
internal sealed record ServerNeeds(bool Served, IReadOnlyList<string> Missing)
{
    /// <summary>Looks at the graph and at the files beside it, and opens it as the server would.</summary>
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
            using var opened = ClassifierModel.Open(path, new() { Device = Device.Cpu });
            if (opened.CheckGolden() is not { Passed: false } failed)
                return new(true, missing);
            missing.Add($"The server refuses the file: {failed}");
        }
        catch (InferenceException exception)
        {
            missing.Add($"The server refuses the file: {exception.Message}");
        }
        return new(false, missing);
    }

    private static void CheckGraph(ModelProto model, List<string> missing)
    {
        var inputs = OnnxFile.Inputs(model);
        if (inputs is not [var input])
            missing.Add($"{inputs.Count} inputs ({Names(inputs)}): the server feeds one, a batch of images.");
        else if (input.Type?.TensorType is not { Shape.Dim.Count: 4, ElemType: (int)DataType.Float or (int)DataType.Uint8 })
            missing.Add($"Input {input.Name} is not a batch of images: "
                + "the server feeds float32 or uint8 of four dimensions, N×C×H×W or N×H×W×C.");
        if (model.Graph.Output.Count != 1 && model.Graph.Output.All(output => output.Name != TensorNames.Probabilities))
            missing.Add($"{model.Graph.Output.Count} outputs ({Names(model.Graph.Output)}): "
                + $"the server reads {TensorNames.Probabilities}, or the only output, N×classes.");
    }

    private static void CheckOutput(ModelProto model, List<string> missing)
    {
        var isOwn = OnnxFile.Metadata(model).ContainsKey(ModelManifest.MetadataKey);
        if (isOwn && model.Graph.Output is [{ Name: not TensorNames.Probabilities } output])
            missing.Add($"Output {output.Name}: in a file with a manifest the server reads {TensorNames.Probabilities}.");
    }

    private static void CheckCompanions(string path, ModelProto model, List<string> missing)
    {
        var metadata = OnnxFile.Metadata(model);
        var directory = Path.GetDirectoryName(Path.GetFullPath(path))!;
        if (metadata.ContainsKey(ModelManifest.MetadataKey))
        {
            if (!File.Exists(Path.Combine(directory, GoldenTensors.FileName)))
                missing.Add($"{GoldenTensors.FileName} is not beside the file: "
                    + "the server cannot check the model against its training and refuses it.");
            return;
        }
        missing.Add($"No metadata {ModelManifest.MetadataKey}: the server takes the shape from the graph, resizes pictures to it, "
            + "and finds out on three images whether the outputs are probabilities.");
        if (!File.Exists(Path.Combine(directory, ModelFiles.LabelsFileName)))
            missing.Add($"No {ModelFiles.LabelsFileName} beside the file: classes are called by their numbers.");
        if (!metadata.ContainsKey("Image.NominalPixelRange"))
            missing.Add("No metadata Image.NominalPixelRange: the server feeds 0 to 255; "
                + "a model trained on 0 to 1 needs Normalized_0_1 there.");
        if (!metadata.ContainsKey("Image.BitmapPixelFormat"))
            missing.Add("No metadata Image.BitmapPixelFormat: the server feeds gray or RGB by the number of channels; "
                + "Bgr8 asks for blue first.");
    }

    private static string Names(IEnumerable<ValueInfoProto> values) => string.Join(", ", values.Select(value => value.Name));
}
