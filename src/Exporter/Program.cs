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
}.WithExamples("""
    Examples:
      lenetserve-export export --run runs/ID --repository models --name my-model
      lenetserve-export verify --model models/my-model
      lenetserve-export inspect models/my-model

    lenetserve-export COMMAND --help has the options of a command.
    """);
return await CommandLineProgram.RunAsync("lenetserve-export", root, args, ModelFailure.CodeOf);
