namespace LeNetServe.InferenceServer.Access;

/// <summary>What security says. Never a token, a key or a header.</summary>
internal sealed partial class SecurityLog(ILogger<SecurityLog> logger)
{
    [LoggerMessage(1, LogLevel.Information, "{Path} has changed and is in use from now on", EventName = nameof(Reloaded))]
    public partial void Reloaded(string path);

    [LoggerMessage(2, LogLevel.Error, "{Path} has changed and cannot be used; the former content stays in use: {Reason}", EventName = nameof(NotReloaded))]
    public partial void NotReloaded(string path, string reason);

    [LoggerMessage(3, LogLevel.Warning, "Anyone who reaches this server may load and unload models (Security:OpenControl)", EventName = nameof(ControlIsOpen))]
    public partial void ControlIsOpen();

    [LoggerMessage(4, LogLevel.Debug, "{Path} from {Client}: {Reason}", EventName = nameof(Rejected))]
    public partial void Rejected(string path, string client, string reason);
}
