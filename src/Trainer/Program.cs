using System.CommandLine;
using LeNetServe.Trainer.Commands;
using LeNetServe.Trainer.Comparison;
using LeNetServe.Trainer.Downloads;
using LeNetServe.Trainer.Invocation;
using LeNetServe.Trainer.Reports;
using LeNetServe.Trainer.Sweeps;

return await CommandLine.RunAsync(new RootCommand("Trains LeNet-5 and compares experiments.")
{
    TrainCommand.Create(),
    EvaluateCommand.Create(),
    SweepCommand.Create(),
    DescribeCommand.Create(),
    DatasetsCommand.Create(),
    ReportCommand.Create(),
    CompareCommand.Create(),
}, args);
