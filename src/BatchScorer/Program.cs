using LeNetServe.BatchScorer.Invocation;

HeadStart.Begin(args);
return await CommandLine.RunAsync(CommandLine.Root(), args);
