using System.CommandLine;
using LeNetServe.Cli;
using LeNetServe.Trainer.Commands;
using LeNetServe.Trainer.Comparison;
using LeNetServe.Trainer.Downloads;
using LeNetServe.Trainer.Records;
using LeNetServe.Trainer.Reports;
using LeNetServe.Trainer.Sweeps;

var root = new RootCommand("Trains LeNet-5 and compares experiments.")
{
    TrainCommand.Create(),
    EvaluateCommand.Create(),
    SweepCommand.Create(),
    DescribeCommand.Create(),
    DatasetsCommand.Create(),
    ReportCommand.Create(),
    CompareCommand.Create(),
    RecordsCommand.Create(),
}.WithExamples("""
    Examples:
      lenetserve-train train --dataset strokes --epochs 3
      lenetserve-train train --data pictures
      lenetserve-train compare runs

    lenetserve-train COMMAND --help has the options of a command.
    """);
return await CommandLineProgram.RunAsync("lenetserve-train", root, args);
