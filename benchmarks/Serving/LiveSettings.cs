namespace LeNetServe.Serving;

/// <summary>A folder with the appsettings.json of a server that watches it.</summary>
internal sealed class LiveSettings : IDisposable
{
    public LiveSettings() => RecordMetrics(true);

    public string Folder { get; } = Directory.CreateTempSubdirectory("lenetserve-settings-").FullName;

    /// <summary>Switches the server's metrics of requests on or off.</summary>
    public void RecordMetrics(bool on) =>
        File.WriteAllText(Path.Combine(Folder, "appsettings.json"), $$"""{ "Telemetry": { "Metrics": "{{(on ? "true" : "false")}}" } }""");

    public void Dispose() => Directory.Delete(Folder, recursive: true);
}
