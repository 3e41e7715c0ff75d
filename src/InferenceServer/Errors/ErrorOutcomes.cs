using LeNetServe.Runtime.Errors;

namespace LeNetServe.InferenceServer.Errors;

/// <summary>From an error's kind to the metrics' outcome.</summary>
internal static class ErrorOutcomes
{
    public static RequestOutcome Of(InferenceErrorKind kind) => kind switch
    {
        InferenceErrorKind.InvalidInput or InferenceErrorKind.TooLarge or InferenceErrorKind.Unsupported => RequestOutcome.Invalid,
        InferenceErrorKind.NotFound => RequestOutcome.NotFound,
        InferenceErrorKind.Forbidden => RequestOutcome.Denied,
        InferenceErrorKind.Overloaded => RequestOutcome.Refused,
        InferenceErrorKind.Cancelled => RequestOutcome.Cancelled,
        InferenceErrorKind.DeadlineExceeded => RequestOutcome.Deadline,
        InferenceErrorKind.Unavailable or InferenceErrorKind.DeviceUnavailable => RequestOutcome.Unavailable,
        InferenceErrorKind.InvalidModel => RequestOutcome.Error,
        _ => throw new ArgumentOutOfRangeException(nameof(kind), kind, "no such kind"),
    };
}
