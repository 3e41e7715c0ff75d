using System.Text.Json;
using LeNetServe.InferenceServer.Errors;

namespace LeNetServe.InferenceServer.Api.OpenInference.Rest;

/// <summary>Rejects the fields of a JSON object that would have no effect: unknown ones, and all but one of the same name.</summary>
internal static class KnownFields
{
    /// <exception cref="Runtime.Errors.InferenceException">The value is not an object, or a field is unknown or given twice.</exception>
    public static void Require(JsonElement json, params string[] known)
    {
        if (json.ValueKind != JsonValueKind.Object)
            throw OpenInferenceErrors.Invalid($"found a JSON {json.ValueKind}, expected an object");
        var seen = 0;
        foreach (var property in json.EnumerateObject())
        {
            var name = NameOf(property);
            var index = Array.IndexOf(known, name);
            if (index < 0)
                throw OpenInferenceErrors.Invalid(
                    $"unknown field '{Excerpt.Of(name)}'{NearestName.Expected(Excerpt.Of(name), known, "/openapi/v1.json")}");
            if ((seen & (1 << index)) != 0)
                throw OpenInferenceErrors.Invalid($"the field '{name}' is given more than once, expected once");
            seen |= 1 << index;
        }
    }

    private static string NameOf(JsonProperty property)
    {
        try
        {
            return property.Name;
        }
        catch (InvalidOperationException)
        {
            throw OpenInferenceErrors.Invalid("a field's name is not a valid string");
        }
    }
}
