using LeNetServe.Page;

// Prints the figures of the server's page beside their aims. The server has core 0; the browser and its driver have core 1.
//
//     Page SERVER.dll MODELS MODEL
//
// With "pictures FOLDER" behind them, writes the pictures of the page that the documents show.
return args switch
{
    [var server, var models, var model] => await PageRun.MeasureAsync(server, models, model),
    [var server, var models, var model, "pictures", var folder] => await PagePictures.WriteAsync(server, models, model, folder),
    _ => Usage(),
};

static int Usage()
{
    Console.Error.WriteLine("Page SERVER.dll MODELS MODEL [pictures FOLDER]");
    return 2;
}
