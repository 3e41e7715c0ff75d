using System.CommandLine;
using LeNetServe.BatchScorer.Invocation;

return await CommandLine.RunAsync(new RootCommand("Scores images with an ONNX image classifier, here or through servers.")
{
    new ScoreCommand().Create(),
}, args);
