using LeNetServe.InferenceServer.Models;

namespace LeNetServe.InferenceServer.Access;

/// <summary>Finds every fault of <see cref="SecurityOptions"/> at start, including unreadable files.</summary>
internal static class SecurityFaults
{
    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(10);

    /// <summary>Lists the faults, each with key, value and expected values.</summary>
    public static IReadOnlyList<string> Find(SecurityOptions options)
    {
        var faults = new List<string>();
        if (options.Tls is { } tls)
        {
            if (tls.CertificateFile.Length == 0)
                faults.Add("Security:Tls:CertificateFile is empty, expected the path of a PEM file");
            else
                Try(faults, "Security:Tls", () => TlsCertificates.Read(tls));
        }
        if (options.InferenceTokensFile is { } inference)
            Try(faults, "Security:InferenceTokensFile", () => TokenFile.Read(inference));
        if (options.ControlTokensFile is { } control)
            Try(faults, "Security:ControlTokensFile", () => TokenFile.Read(control));
        if (options is { OpenControl: true, ControlTokensFile: not null })
            faults.Add("Security:OpenControl is true and Security:ControlTokensFile is set, expected one of them");
        if (options.InferenceTokensFile is null && (options.Metrics == EndpointAccess.Token || options.Reflection == EndpointAccess.Token))
            faults.Add("Security:Metrics or Security:Reflection is token, which needs Security:InferenceTokensFile");
        if (options.ReloadInterval < TimeSpan.FromMilliseconds(10))
            faults.Add($"Security:ReloadInterval is {options.ReloadInterval}, expected at least 10ms");
        return faults;
    }

    private static void Try<T>(List<string> faults, string key, Func<T> read)
    {
        try
        {
            LoadingThreads.Within(Patience, read);
        }
        catch (Exception exception) when (exception is IOException or UnauthorizedAccessException or InvalidDataException
            or TimeoutException)
        {
            faults.Add($"{key}: {exception.Message}");
        }
    }
}
