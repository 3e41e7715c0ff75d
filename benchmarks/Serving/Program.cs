using LeNetServe.Serving;

// Usage: Serving compare SERVER.dll MODEL_VERSION_FOLDER [rounds] [seconds]     the whole comparison
//        Serving load URL echo|pixels|png|stream CALLERS SECONDS [CALLS_PER_SECOND] MODEL_VERSION_FOLDER
//        Serving echo | Serving ort MODEL_VERSION_FOLDER SECONDS                  parts of it
return args switch
{
    ["compare", var server, var model, .. var rest] => await Comparison.RunAsync(server, model, rest.Length > 0 ? int.Parse(rest[0]) : 5, rest.Length > 1 ? double.Parse(rest[1]) : 3),
    ["load", var url, var kind, var callers, var seconds, var rate, var model] => await LoadCommand.RunAsync(url, kind, int.Parse(callers), double.Parse(seconds), double.Parse(rate), model),
    ["load", var url, var kind, var callers, var seconds, var model] => await LoadCommand.RunAsync(url, kind, int.Parse(callers), double.Parse(seconds), 0, model),
    ["echo"] => await EchoServer.RunAsync(),
    ["ort", var model, var seconds] => OnnxRuntimeAlone.Run(model, double.Parse(seconds)),
    _ => Usage(),
};

static int Usage()
{
    Console.Error.WriteLine("Serving compare SERVER.dll MODEL_VERSION_FOLDER [rounds] [seconds] | load … | echo | ort …");
    return 2;
}
