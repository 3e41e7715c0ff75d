using LeNetServe;
using LeNetServe.InferenceServer.Configuration;
using LeNetServe.InferenceServer.Hosting;
using LeNetServe.InferenceServer.Models;

NativeHeap.ShareArenas();
NativeHeap.MapLargeBlocks();
return await Exit.GuardAsync(async () =>
{
    Descriptors.Require();
    var commandLine = CommandLine.Parse(args);
    var builder = commandLine.CreateBuilder();
    var reader = new SettingsReader(builder.Configuration);
    var options = ServerOptions.Read(reader);
    if (Exit.AnswerWithoutServing(commandLine, reader, options))
        return ExitCode.Success;

    builder.AddConsoleLog(options.LogFormat);
    builder.AddServer(options);
    builder.AddAnnouncement();
    var app = builder.Build();
    app.MapServer(options);
    return await ServerRun.RunAsync(app);
});
