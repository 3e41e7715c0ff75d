using System.CommandLine;
using LeNetServe.BatchScorer.Invocation;
using LeNetServe.Cli;

var root = new RootCommand("Scores images with an ONNX image classifier, here or through servers.")
{
    ScoreCommand.Create(),
    MergeCommand.Create(),
}.WithExamples("""
    Examples:
      lenetserve-score score pictures --model models/my-model --out scores.csv
      lenetserve-score score pictures --server http://localhost:8001 --out scores.csv
      lenetserve-score merge job

    lenetserve-score COMMAND --help has the options of a command.
    """);
return await CommandLineProgram.RunAsync("lenetserve-score", root, args, ServingFailure.CodeOf);
