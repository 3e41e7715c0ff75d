namespace LeNetServe.Exporter.Commands;

/// <summary>The forms in which a command takes a model.</summary>
internal static class ModelPath
{
    /// <summary>The forms, for help.</summary>
    public const string Description = "an ONNX file, a version's directory, or a model's directory (its highest version)";
}
