using LeNetServe.InferenceServer.Configuration;
using LeNetServe.InferenceServer.Hosting;
using LeNetServe.InferenceServer.Models;

NativeHeap.ShareArenas();
var commandLine = CommandLine.Parse(args);
var builder = WebApplication.CreateSlimBuilder(commandLine.Settings);
var reader = new SettingsReader(builder.Configuration);
var options = ServerOptions.Read(reader);

if (commandLine.Help)
    return Exit.Help(reader);
commandLine.RejectUnknown(reader);
reader.RejectUnknown();
reader.RequireDevice(options.Device);
if (reader.Faults.Count > 0)
    return Exit.Faulty(reader);
if (commandLine.Check)
    return Exit.Sound();

builder.AddServer(options);
builder.AddAnnouncement();
var app = builder.Build();
app.MapServer(options);
return (int)await ServerRun.RunAsync(app);
