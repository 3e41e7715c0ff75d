using LeNetServe.Cli;
using LeNetServe.Exporter.Commands;

return await CommandLineProgram.RunAsync("lenetserve-export", new("Writes trained runs as ONNX models that prove themselves, and looks into model files.")
{
    ExportCommand.Create(),
    VerifyCommand.Create(),
    InspectCommand.Create(),
    DiffCommand.Create(),
    QuantizeCommand.Create(),
}, args, ModelFailure.CodeOf);
