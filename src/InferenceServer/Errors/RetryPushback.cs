using System.Globalization;

namespace LeNetServe.InferenceServer.Errors;

/// <summary>The wait before a retry, as gRPC and HTTP write it.</summary>
internal static class RetryPushback
{
    /// <summary>The name of gRPC's trailer.</summary>
    public const string Trailer = "grpc-retry-pushback-ms";

    /// <summary>Writes the value of <see cref="Trailer"/>: milliseconds.</summary>
    public static string Milliseconds(TimeSpan delay) => Math.Ceiling(delay.TotalMilliseconds).ToString(CultureInfo.InvariantCulture);

    /// <summary>Writes the value of HTTP's header Retry-After: seconds, at least one.</summary>
    public static string Seconds(TimeSpan delay) => Math.Max(1, Math.Ceiling(delay.TotalSeconds)).ToString(CultureInfo.InvariantCulture);
}
