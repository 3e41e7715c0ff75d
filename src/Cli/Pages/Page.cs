using System.Net;
using System.Reflection;
using System.Text.Json;
using System.Text.Json.Serialization;
using System.Text.Json.Serialization.Metadata;
using System.Text.RegularExpressions;

namespace LeNetServe.Cli.Pages;

/// <summary>
/// A web page in one file, made of a template, the styles and script that all pages share, and one block of JSON. It needs no network.
/// </summary>
public static partial class Page
{
    /// <summary>Fills a template in.</summary>
    /// <param name="assembly">The program that embeds the template.</param>
    /// <param name="template">The template's resource name.</param>
    /// <param name="title">The page's title and heading.</param>
    /// <param name="lead">The main figures in a sentence, for readers without JavaScript too.</param>
    /// <param name="data">The data of the template's script; property names become camelCase.</param>
    /// <param name="contracts">The source generator's contracts of the data; null to find them by reflection.</param>
    public static string Render(
        Assembly assembly, string template, string title, string lead, object data, IJsonTypeInfoResolver? contracts = null) =>
        // In one pass: a title that holds a placeholder stays a title.
        Placeholder().Replace(Resource(assembly, template), match => match.Groups[1].Value switch
        {
            "title" => WebUtility.HtmlEncode(title),
            "lead" => WebUtility.HtmlEncode(lead),
            "style" => Resource(typeof(Page).Assembly, "page.css"),
            "script" => Resource(typeof(Page).Assembly, "page.js"),
            "data" => JsonSerializer.Serialize(data, Json(contracts).GetTypeInfo(data.GetType())),
            var name => throw new InvalidOperationException(
                $"{template} has the placeholder {name}, expected title, lead, style, script or data"),
        });

    /// <summary>The default encoder escapes "&lt;", so that no text can end the block.</summary>
    private static JsonSerializerOptions Json(IJsonTypeInfoResolver? contracts) => new()
    {
        PropertyNamingPolicy = JsonNamingPolicy.CamelCase,
        NumberHandling = JsonNumberHandling.AllowNamedFloatingPointLiterals,
        TypeInfoResolver = contracts ?? new DefaultJsonTypeInfoResolver(),
    };

    private static string Resource(Assembly assembly, string name)
    {
        using var stream = assembly.GetManifestResourceStream(name)
            ?? throw new InvalidOperationException($"{name} is not embedded in {assembly.GetName().Name}");
        using var reader = new StreamReader(stream);
        return reader.ReadToEnd();
    }

    [GeneratedRegex(@"\{\{(\w+)\}\}")]
    private static partial Regex Placeholder();
}
