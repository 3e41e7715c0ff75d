using LeNetServe.Runtime;
using LeNetServe.Runtime.Devices;
using LeNetServe.Serving;
using LeNetServe.Serving.Strangers;

// Prints every figure of the server beside its target:
//
//     Serving compare SERVER.dll MODEL_VERSION_FOLDER [--quick] [--only NAME]
//
// Sends one load to a running server:
//
//     Serving load URL pixels|png|stream CALLERS SECONDS [CALLS_PER_SECOND] MODEL_VERSION_FOLDER
//
// Measures a good client beside 2, 20 and 600 callers that send pixel bombs:
//
//     Serving bombs SERVER.dll MODEL_VERSION_FOLDER SECONDS
//
// Mixes good, bad and hostile traffic near the capacity of the server:
//
//     Serving soak SERVER.dll MODEL_VERSION_FOLDER MINUTES
//
// Measures explanations against answers, and their share of a busy server:
//
//     Serving explain SERVER.dll MODEL_VERSION_FOLDER SECONDS
//
// Runs one part of the comparison, of bombs or of soak:
//
//     Serving echo | bare MODEL_VERSION_FOLDER | alone MODEL_VERSION_FOLDER SECONDS
//     Serving bombs-of URL gifs|pngs CALLERS SECONDS MODEL | strangers GRPC_URL HTTP_URL MODEL SECONDS
return args switch
{
    ["compare", var server, var model, .. var rest] when Options(rest) is var (quick, only) =>
        await Comparison.RunAsync(server, model, quick, only),
    ["load", var url, var kind, var callers, var seconds, var rate, var model] =>
        await LoadCommand.RunAsync(url, kind, int.Parse(callers), double.Parse(seconds), double.Parse(rate), model),
    ["load", var url, var kind, var callers, var seconds, var model] =>
        await LoadCommand.RunAsync(url, kind, int.Parse(callers), double.Parse(seconds), 0, model),
    ["explain", var server, var model, var seconds] => await ExplainCommand.RunAsync(server, model, double.Parse(seconds)),
    ["bombs", var server, var model, var seconds] => await BombCommand.RunAsync(server, model, double.Parse(seconds)),
    ["bombs-of", var url, var kind, var callers, var seconds, var model] =>
        await BombSender.RunAsync(url, kind, int.Parse(callers), double.Parse(seconds), model),
    ["soak", var server, var model, var minutes] => await SoakCommand.RunAsync(server, model, double.Parse(minutes)),
    ["strangers", var grpc, var http, var model, var seconds] =>
        await TrafficSender.RunAsync(grpc, http, model, double.Parse(seconds)),
    ["echo"] => await ReferenceHost.RunAsync(new EchoServer()),
    ["bare", var model] => await BareAsync(model),
    ["alone", var model, var seconds] => Alone.Run(model, double.Parse(seconds)),
    _ => Usage(),
};

static async Task<int> BareAsync(string folder)
{
    folder = Path.TrimEndingDirectorySeparator(Path.GetFullPath(folder));
    using var model = ClassifierModel.Open(folder, new() { Device = Device.Cpu });
    return await ReferenceHost.RunAsync(new BareServer(model, Path.GetFileName(Path.GetDirectoryName(folder)!)));
}

static (bool Quick, string? Only)? Options(string[] rest) => rest switch
{
    [] => (false, null),
    ["--quick"] => (true, null),
    ["--only", var name] when Comparison.Names.Contains(name) => (false, name),
    ["--quick", "--only", var name] when Comparison.Names.Contains(name) => (true, name),
    ["--only", var name, "--quick"] when Comparison.Names.Contains(name) => (true, name),
    _ => null,
};

static int Usage()
{
    Console.Error.WriteLine(
        $"Serving compare SERVER.dll MODEL_VERSION_FOLDER [--quick] [--only {string.Join('|', Comparison.Names)}] "
        + "| load … | explain … | bombs … | soak … | echo | bare … | alone …");
    return 2;
}
