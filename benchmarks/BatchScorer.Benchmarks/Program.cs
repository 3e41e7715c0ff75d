using LeNetServe.BatchScorer.Benchmarks;

// README.md says how to run it. PROGRAM is a built scorer.
return args switch
{
    ["speed", var data] => await Speed.MeasureAll(data, 7),
    ["speed", var data, var rounds] when int.TryParse(rounds, out var number) => await Speed.MeasureAll(data, number),
    ["speed", var model, var folder, .. var rounds] => await Speed.Measure(model, folder, Rounds(rounds, 7)),
    ["start", var program, var model, var image, .. var rounds] => await ColdStart.Measure(program, model, image, Rounds(rounds, 20)),
    ["memory", var program, var model, var image] => await Memory.Measure(program, model, image),
    _ => Usage(),
};

static int Rounds(string[] rest, int usual) => rest.Length > 0 ? int.Parse(rest[0]) : usual;

static int Usage()
{
    Console.Error.WriteLine(
        "expected: speed DATA [ROUNDS] | speed MODEL FOLDER [ROUNDS] | start PROGRAM MODEL IMAGE [ROUNDS] | memory PROGRAM MODEL IMAGE");
    return 2;
}
