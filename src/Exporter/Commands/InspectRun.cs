using System.Text.Json;
using LeNetServe.Cli;
using LeNetServe.Exporter.Inspect;
using LeNetServe.Runtime.Models;

namespace LeNetServe.Exporter.Commands;

/// <summary>A call of <c>inspect</c>.</summary>
internal sealed class InspectRun(InspectOptions options, TextWriter output)
{
    /// <summary>Prints a file's content.</summary>
    public ExitCode Run()
    {
        var inspection = ModelInspector.Inspect(ModelFiles.Locate(options.Model).Model);
        if (options.Json)
            output.WriteLine(JsonSerializer.Serialize(inspection, ExporterJson.Default.ModelInspection));
        else
        {
            InspectionText.Write(Terminal.Create(output), inspection);
            output.WriteLine($"next: lenetserve-export verify --model {Shell.Word(options.Model)}");
        }
        return ExitCode.Success;
    }
}
