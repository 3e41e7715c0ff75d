namespace LeNetServe.InferenceServer.Access;

/// <summary>Logs events of security. Never logs a token, a key or a header.</summary>
internal sealed partial class SecurityLog(ILogger<SecurityLog> logger)
{
    [LoggerMessage(1, LogLevel.Information, "{Path} has changed; the new content is in use", EventName = nameof(Reloaded))]
    public partial void Reloaded(string path);

    [LoggerMessage(2, LogLevel.Error, "{Path} has changed and cannot be used; the old content remains in use: {Reason}", EventName = nameof(
        NotReloaded))]
    public partial void NotReloaded(string path, string reason);

    [LoggerMessage(3, LogLevel.Warning, "Everybody who reaches this server may load and unload models (Security:OpenControl)",
        EventName = nameof(ControlIsOpen))]
    public partial void ControlIsOpen();

    [LoggerMessage(5, LogLevel.Warning, "{Path} has no token anymore; all its tokens are revoked", EventName = nameof(TokensRevoked))]
    public partial void TokensRevoked(string path);

    [LoggerMessage(6, LogLevel.Error, "{Path} could not be read for {Time}; all its tokens are revoked (Security:KeepTokens)",
        EventName = nameof(Expired))]
    public partial void Expired(string path, TimeSpan time);

    [LoggerMessage(7, LogLevel.Warning, "Clients reject the certificate in {Path}, which is valid from {From:u} to {Until:u} only",
        EventName = nameof(NotValid))]
    public partial void NotValid(string path, DateTime from, DateTime until);
}
