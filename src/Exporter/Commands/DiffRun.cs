using System.Text.Json;
using LeNetServe.Exporter.Inspect;
using LeNetServe.Exporter.Onnx;
using LeNetServe.Runtime.Models;

namespace LeNetServe.Exporter.Commands;

/// <summary>A call of <c>diff</c>.</summary>
internal sealed class DiffRun(DiffOptions options, TextWriter output)
{
    /// <summary>Prints the differences of two models.</summary>
    public ExitCode Run()
    {
        var differences = ModelComparer.Compare(Read(options.Left), Read(options.Right));
        if (options.Json)
            output.WriteLine(JsonSerializer.Serialize(differences, ExporterJson.Default.IReadOnlyListModelDifference));
        else if (differences.Count == 0)
            output.WriteLine("no difference");
        else
            foreach (var difference in differences)
                output.WriteLine(difference);
        return differences.Count == 0 ? ExitCode.Success : ExitCode.CheckFailed;
    }

    private static ModelProto Read(string path) => OnnxFile.Read(ModelFiles.Locate(path).Model).Model;
}
