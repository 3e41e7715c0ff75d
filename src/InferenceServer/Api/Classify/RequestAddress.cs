using System.Collections;
using System.Globalization;
using Google.Protobuf;
using Google.Protobuf.Reflection;
using LeNetServe.InferenceServer.Errors;
using LeNetServe.Runtime.Errors;

namespace LeNetServe.InferenceServer.Api.Classify;

/// <summary>Puts the model, the version and the query parameters of an address into a request. They have priority over the body.</summary>
internal static class RequestAddress
{
    /// <exception cref="InferenceException">A value is invalid, or the body says another model or version.</exception>
    public static void Apply(HttpContext context, IMessage request)
    {
        Name(request, "model", (string)context.Request.RouteValues["model"]!, "");
        if (context.Request.RouteValues["version"] is string version)
            Name(request, "version", Whole(version), 0L);
        foreach (var name in context.GetEndpoint()?.Metadata.GetMetadata<QueryAttribute>()?.Names ?? [])
            if (Query(context, name) is { } text)
                Set(request, request.Descriptor.Fields.InDeclarationOrder().Single(field => field.JsonName == name), text);
    }

    /// <summary>Sets a field that the address names. The body's empty value leaves the choice to the address.</summary>
    private static void Name<T>(IMessage request, string name, T value, T empty)
    {
        var field = request.Descriptor.FindFieldByName(name);
        var ofBody = (T)field.Accessor.GetValue(request);
        if (!Equals(ofBody, empty) && !Equals(ofBody, value))
            throw InferenceException.InvalidInput(
                $"the body says {name} {Quoted(ofBody)}, expected {Quoted(value)} as in the address", name);
        field.Accessor.SetValue(request, value);
    }

    private static void Set(IMessage request, FieldDescriptor field, string text)
    {
        if (!field.IsRepeated)
        {
            field.Accessor.SetValue(request, Parse(field, text));
            return;
        }
        field.Accessor.Clear(request);
        foreach (var name in text.Split(',', StringSplitOptions.RemoveEmptyEntries))
            ((IList)field.Accessor.GetValue(request)).Add(name);
    }

    private static object Parse(FieldDescriptor field, string text)
    {
        switch (field.FieldType)
        {
            case FieldType.Int32:
                return int.TryParse(text, NumberStyles.AllowLeadingSign, CultureInfo.InvariantCulture, out var whole)
                    ? whole : throw Unexpected("a number");
            case FieldType.Double:
                return double.TryParse(text, NumberStyles.AllowDecimalPoint, CultureInfo.InvariantCulture, out var number)
                    ? number : throw Unexpected("a number such as 0.99");
            default:
                // GEOMETRY_FIT is fit. The first value stands for none.
                var names = field.EnumType.Values.Select(value => value.Name.Split('_')[^1].ToLowerInvariant()).ToList();
                return names.IndexOf(text) is > 0 and var found
                    ? field.EnumType.Values[found].Number
                    : throw Unexpected($"{string.Join(", ", names[1..^1])} or {names[^1]}");
        }

        InferenceException Unexpected(string expected) =>
            InferenceException.InvalidInput($"{field.JsonName} is \"{Excerpt.Of(text)}\", expected {expected}", field.Name);
    }

    private static long Whole(string text) => long.TryParse(text, NumberStyles.None, CultureInfo.InvariantCulture, out var number)
        ? number
        : throw InferenceException.InvalidInput($"version is \"{Excerpt.Of(text)}\", expected a number", "version");

    private static string Quoted<T>(T value) => value is string text ? $"\"{Excerpt.Of(text)}\"" : $"{value}";

    private static string? Query(HttpContext context, string name)
    {
        var values = context.Request.Query[name];
        return values.Count <= 1
            ? values.FirstOrDefault()
            : throw InferenceException.InvalidInput($"{name} is given {values.Count} times, expected once", "");
    }
}
