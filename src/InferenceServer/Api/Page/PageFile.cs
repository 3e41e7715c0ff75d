using System.Security.Cryptography;
using Microsoft.AspNetCore.Http.HttpResults;
using Microsoft.Net.Http.Headers;

namespace LeNetServe.InferenceServer.Api.Page;

/// <summary>A file of the page, embedded in the program.</summary>
internal sealed class PageFile
{
    /// <summary>Everything comes from this server. A drawing is a blob, and a picture in a style may be data.</summary>
    private const string Policy =
        "default-src 'self'; img-src 'self' blob: data:; object-src 'none'; base-uri 'none'; form-action 'none'; frame-ancestors 'none'";

    private readonly byte[] content;
    private readonly string contentType;
    private readonly EntityTagHeaderValue tag;

    private PageFile(string name)
    {
        using var stream = typeof(PageFile).Assembly.GetManifestResourceStream($"page/{name}")
            ?? throw new InvalidOperationException($"page/{name} is not embedded in the program");
        content = new byte[stream.Length];
        stream.ReadExactly(content);
        tag = new($"\"{Convert.ToHexStringLower(SHA256.HashData(content))[..16]}\"");
        Path = name == "index.html" ? "/" : $"/page/{name}";
        contentType = System.IO.Path.GetExtension(name) switch
        {
            ".html" => "text/html; charset=utf-8",
            ".js" => "text/javascript; charset=utf-8",
            ".css" => "text/css; charset=utf-8",
            ".svg" => "image/svg+xml",
            var other => throw new InvalidOperationException($"page/{name} has the extension {other}, expected .html, .js, .css or .svg"),
        };
    }

    /// <summary>Gets all files of the page.</summary>
    public static IReadOnlyList<PageFile> All { get; } =
    [
        .. typeof(PageFile).Assembly.GetManifestResourceNames()
            .Where(name => name.StartsWith("page/", StringComparison.Ordinal)).Select(name => new PageFile(name["page/".Length..])),
    ];

    /// <summary>Gets its path on the server.</summary>
    public string Path { get; }

    /// <summary>Replies with the file, or with 304 if the browser has it.</summary>
    public FileContentHttpResult Reply(HttpContext context)
    {
        var headers = context.Response.Headers;
        headers.ContentSecurityPolicy = Policy;
        headers.XContentTypeOptions = "nosniff";
        headers["Referrer-Policy"] = "no-referrer";
        headers.CacheControl = "no-cache";
        return TypedResults.Bytes(content, contentType, entityTag: tag);
    }
}
