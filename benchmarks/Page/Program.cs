using LeNetServe.Page;

// Prints the figures of the server's page beside their aims. The server has core 0; the browser and its driver have core 1.
//
//     Page SERVER.dll MODELS MODEL
return args switch
{
    [var server, var models, var model] => await PageRun.MeasureAsync(server, models, model),
    _ => Usage(),
};

static int Usage()
{
    Console.Error.WriteLine("Page SERVER.dll MODELS MODEL");
    return 2;
}
