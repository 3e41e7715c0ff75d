using System.Runtime.CompilerServices;
using LeNetServe;
using LeNetServe.InferenceServer.Configuration;
using LeNetServe.InferenceServer.Hosting;
using LeNetServe.InferenceServer.Models;

return Descriptors.AreEnough() ? await ServeAsync(args) : (int)ExitCode.Trouble;

// Inlined code would load its assemblies before the check, and each takes a descriptor.
[MethodImpl(MethodImplOptions.NoInlining)]
static Task<int> ServeAsync(string[] args) => Exit.GuardAsync(async () =>
{
    NativeHeap.ShareArenas();
    NativeHeap.MapLargeBlocks();
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
