using System.Text.Json;

namespace LeNetServe.InferenceServer.Errors;

/// <summary>The names of the outcomes in the metrics.</summary>
internal static class RequestOutcomes
{
    private static readonly string[] Names = Array.ConvertAll(Enum.GetNames<RequestOutcome>(), JsonNamingPolicy.SnakeCaseLower.ConvertName);

    public static string Name(RequestOutcome outcome) => Names[(int)outcome];
}
