using System.Text.Json;
using System.Text.RegularExpressions;
using LeNetServe.Cli.Pages;

namespace LeNetServe.Cli.Tests.Pages;

public sealed class PageTests
{
    [Fact]
    public void Render_TextThatLooksLikeMarkup_StaysText()
    {
        var html = Render("page.html", "<b> {{lead}}", "a & b", new { Text = "</script><script>alert(1)</script>" });

        Assert.Contains("<title>&lt;b&gt; {{lead}}</title>", html, StringComparison.Ordinal);
        Assert.Contains("<p>a &amp; b</p>", html, StringComparison.Ordinal);
        var block = Regex.Match(html, "id=\"data\">(.*?)</script>", RegexOptions.Singleline).Groups[1].Value;
        Assert.Equal("</script><script>alert(1)</script>", JsonDocument.Parse(block).RootElement.GetProperty("text").GetString());
    }

    [Fact]
    public void Render_FiguresThatAreNotNumbers_AreNamed()
    {
        var html = Render("page.html", "", "", new { Loss = double.NaN });

        Assert.Contains("{\"loss\":\"NaN\"}", html, StringComparison.Ordinal);
    }

    [Fact]
    public void Render_UnknownPlaceholder_IsNamed()
    {
        var exception = Assert.Throws<InvalidOperationException>(() => Render("odd.html", "", "", new { }));

        Assert.Contains("odd.html has the placeholder heading", exception.Message, StringComparison.Ordinal);
    }

    [Fact]
    public void Script_SharedByAllPages_EndsNoScriptElement() =>
        Assert.DoesNotContain("</script", Resource("page.js") + Resource("page.css"), StringComparison.OrdinalIgnoreCase);

    private static string Render(string template, string title, string lead, object data) =>
        Page.Render(typeof(PageTests).Assembly, template, title, lead, data);

    /// <summary>Gets an embedded file of the pages.</summary>
    internal static string Resource(string name)
    {
        using var reader = new StreamReader(typeof(Page).Assembly.GetManifestResourceStream(name)!);
        return reader.ReadToEnd();
    }
}
