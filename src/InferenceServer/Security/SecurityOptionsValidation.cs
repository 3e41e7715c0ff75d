using Microsoft.Extensions.Options;

namespace LeNetServe.InferenceServer.Security;

/// <summary>Finds every fault of <see cref="SecurityOptions"/> at the start, unreadable files included.</summary>
internal sealed class SecurityOptionsValidation : IValidateOptions<SecurityOptions>
{
    public ValidateOptionsResult Validate(string? name, SecurityOptions options)
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
            faults.Add("Security:Metrics or Security:Reflection is Token and Security:InferenceTokensFile is not set, expected the file of tokens");
        if (options.RateLimit is { } limit)
        {
            if (limit.CallsPerSecond is not (> 0 and <= 1_000_000))
                faults.Add($"Security:RateLimit:CallsPerSecond is {limit.CallsPerSecond}, expected more than 0 and at most 1,000,000");
            if (limit.Burst is < 1 or > 1_000_000)
                faults.Add($"Security:RateLimit:Burst is {limit.Burst}, expected 1 to 1,000,000");
        }
        if (options.ReloadInterval < TimeSpan.FromMilliseconds(100) || options.ReloadInterval > TimeSpan.FromDays(1))
            faults.Add($"Security:ReloadInterval is {options.ReloadInterval}, expected 0.1 seconds to 1 day");
        return faults.Count == 0 ? ValidateOptionsResult.Success : ValidateOptionsResult.Fail(faults);
    }

    private static void Try(List<string> faults, string key, Action read)
    {
        try
        {
            read();
        }
        catch (Exception exception) when (exception is IOException or UnauthorizedAccessException or InvalidDataException)
        {
            faults.Add($"{key}: {exception.Message}");
        }
    }
}
