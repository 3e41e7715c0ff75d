using LeNetServe.Cli;
using LeNetServe.Trainer.Commands;
using LeNetServe.Trainer.Comparison;
using LeNetServe.Trainer.Downloads;
using LeNetServe.Trainer.Records;
using LeNetServe.Trainer.Reports;
using LeNetServe.Trainer.Sweeps;

return await CommandLineProgram.RunAsync("lenetserve-train", new("Trains LeNet-5 and compares experiments.")
{
    TrainCommand.Create(),
    EvaluateCommand.Create(),
    SweepCommand.Create(),
    DescribeCommand.Create(),
    DatasetsCommand.Create(),
    ReportCommand.Create(),
    CompareCommand.Create(),
    RecordsCommand.Create(),
}, args);
