using LeNetServe.InferenceServer.Recording;

namespace LeNetServe.InferenceServer.Access;

/// <summary>The tokens of both files, as long as they are valid.</summary>
internal sealed class AccessTokens : IDisposable
{
    private readonly SecurityOptions options;
    private readonly TimeProvider time;
    private readonly SecurityLog log;

    public AccessTokens(SecurityOptions options, TimeProvider time, SecurityLog log, ServerMetrics metrics)
    {
        this.options = options;
        this.time = time;
        this.log = log;
        Inference = Read(options.InferenceTokensFile);
        Control = Read(options.ControlTokensFile);
        if (Inference is { } inference)
            metrics.AddGauge("lenetserve_inference_tokens", "Valid inference tokens; 0: all are revoked", () => inference.Count);
        if (Control is { } control)
            metrics.AddGauge("lenetserve_control_tokens", "Valid control tokens; 0: all are revoked", () => control.Count);
        metrics.AddGauge("lenetserve_unreadable_token_files", "Token files that cannot be read; their tokens expire",
            () => new[] { Inference, Control }.Count(tokens => tokens?.IsStale == true));
    }

    /// <summary>Occurs after each change of the tokens. Handlers must not block.</summary>
    public event Action? Changed;

    /// <summary>Gets the tokens for calls of models; null if these calls need none.</summary>
    public BearerTokens? Inference { get; }

    /// <summary>Gets the tokens for loading and unloading; null when no file is set.</summary>
    public BearerTokens? Control { get; }

    /// <summary>Gets whether calls of models need a token and none is valid anymore.</summary>
    public bool NobodyMayCall => Inference?.Count == 0;

    public void Dispose()
    {
        Inference?.Dispose();
        Control?.Dispose();
    }

    private BearerTokens? Read(string? path)
    {
        if (path is null)
            return null;
        // At start an empty file is a fault; later it revokes all tokens.
        var isReload = false;
        var file = new ReloadedFile<byte[][]>(
            [path], ReadFile, options.ReloadInterval, time, log, new([], options.KeepTokens));
        file.Changed += () => Changed?.Invoke();
        return new(file);

        byte[][] ReadFile()
        {
            var tokens = TokenFile.Read(path, allowsNone: isReload);
            isReload = true;
            if (tokens.Length == 0)
                log.TokensRevoked(path);
            return tokens;
        }
    }
}
