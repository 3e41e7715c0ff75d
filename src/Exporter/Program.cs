using System.CommandLine;
using LeNetServe.Cli;
using LeNetServe.Exporter.Commands;

var root = new RootCommand("Writes trained runs as ONNX models that prove themselves, and looks into model files.")
{
    ExportCommand.Create(),
    VerifyCommand.Create(),
    InspectCommand.Create(),
    DiffCommand.Create(),
    QuantizeCommand.Create(),
};
return await CommandLineProgram.RunAsync("lenetserve-export", root, args, ModelFailure.CodeOf);
