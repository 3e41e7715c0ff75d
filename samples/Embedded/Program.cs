using LeNetServe.InferenceServer.Hosting;

var builder = WebApplication.CreateBuilder(args);
builder.AddLeNetServe();
var app = builder.Build();
app.MapGet("/", () => "an application with models in its own process");
app.MapLeNetServe();
app.Run();
