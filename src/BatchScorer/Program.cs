using LeNetServe.BatchScorer.Invocation;

return await CommandLine.RunAsync(CommandLine.Root(), args);
