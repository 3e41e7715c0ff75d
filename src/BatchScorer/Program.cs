using LeNetServe.BatchScorer.Invocation;
using LeNetServe.Cli;

return await CommandLineProgram.RunAsync("lenetserve-score", new("Scores images with an ONNX image classifier, here or through servers.")
{
    ScoreCommand.Create(),
    MergeCommand.Create(),
}, args, ServingFailure.CodeOf);
