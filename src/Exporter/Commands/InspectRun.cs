using System.Text.Json;
using LeNetServe.Exporter.Inspect;
using LeNetServe.Runtime.Models;

namespace LeNetServe.Exporter.Commands;

/// <summary>A call of <c>inspect</c>.</summary>
internal static class InspectRun
{
    /// <summary>Prints a file's content.</summary>
    public static ExitCode Run(string model, bool json, TextWriter output)
    {
        var inspection = ModelInspector.Inspect(ModelFiles.Locate(model).Model);
        if (json)
            output.WriteLine(JsonSerializer.Serialize(inspection, ExporterJson.Default.ModelInspection));
        else
            InspectionText.Write(Terminal.Create(output), inspection);
        return ExitCode.Success;
    }
}
