using System.Text;
using LeNetServe.Files;
using LeNetServe.Models;
using LeNetServe.Runtime.Models;

namespace LeNetServe.Exporter.Publish;

/// <summary>The files of a model version by name, ready to be written.</summary>
internal sealed class VersionFiles() : Dictionary<string, ReadOnlyMemory<byte>>(StringComparer.Ordinal)
{
    /// <summary>The files that make the model; reports only describe it.</summary>
    private static readonly string[] ModelParts = [ModelFiles.ModelFileName, ModelFiles.LabelsFileName, GoldenTensors.FileName];

    /// <summary>Creates the files of a model without reports.</summary>
    public static VersionFiles Of(byte[] model, byte[] golden, IEnumerable<string> labels)
    {
        var files = new VersionFiles { { ModelFiles.ModelFileName, model }, { GoldenTensors.FileName, golden } };
        files.AddText(ModelFiles.LabelsFileName, string.Concat(labels.Select(label => label + "\n")));
        return files;
    }

    /// <summary>Adds a text file, UTF-8 without a byte order mark.</summary>
    public void AddText(string name, string text) => Add(name, Encoding.UTF8.GetBytes(text));

    /// <summary>Returns whether a directory holds the same model, with the same labels and golden tensors.</summary>
    public bool AreIn(string directory) => ModelParts.All(name =>
        TryGetValue(name, out var content)
        && new FileInfo(Path.Combine(directory, name)) is { Exists: true } file
        && file.Length == content.Length
        && RegularFile.ReadAllBytes(file.FullName).AsSpan().SequenceEqual(content.Span));
}
