namespace LeNetServe.InferenceServer.Errors;

/// <summary>The names of the outcomes in the metrics.</summary>
internal static class RequestOutcomes
{
    public static string Name(RequestOutcome outcome) => outcome switch
    {
        RequestOutcome.Ok => "ok",
        RequestOutcome.Invalid => "invalid",
        RequestOutcome.NotFound => "not_found",
        RequestOutcome.Denied => "denied",
        RequestOutcome.Refused => "refused",
        RequestOutcome.Cancelled => "cancelled",
        RequestOutcome.Deadline => "deadline",
        RequestOutcome.Unavailable => "unavailable",
        _ => "error",
    };
}
