using System.CommandLine;
using LeNetServe.Exporter.Commands;

return await CommandLine.RunAsync(new RootCommand("Writes trained runs as ONNX models that prove themselves, and looks into model files.")
{
    ExportCommand.Create(),
    VerifyCommand.Create(),
    InspectCommand.Create(),
    DiffCommand.Create(),
    QuantizeCommand.Create(),
}, args);
