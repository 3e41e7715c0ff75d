using System.IO.Compression;
using System.Xml.Linq;

namespace LeNetServe.EndToEnd.Tests.Packages;

/// <summary>A package of NuGet as a file.</summary>
internal static class PackedPackage
{
    /// <summary>Checks that a package has license, icon and readme, and the files that it names.</summary>
    /// <returns>The metadata by name.</returns>
    public static Dictionary<string, XElement> Check(string file)
    {
        using var package = ZipFile.OpenRead(file);
        using var manifest = package.Entries.Single(entry => entry.FullName.EndsWith(".nuspec", StringComparison.Ordinal)).Open();
        var metadata = XDocument.Load(manifest).Root!.Elements().Single().Elements().ToDictionary(element => element.Name.LocalName);

        Assert.Equal(("expression", "MIT"), ((string?)metadata["license"].Attribute("type"), metadata["license"].Value));
        Assert.Equal(ProductVersion.Text, metadata["version"].Value);
        Assert.NotEmpty(metadata["description"].Value);
        foreach (var name in (string[])["icon", "readme"])
            Assert.True(package.GetEntry(metadata[name].Value)?.Length > 0, $"{file} has no {metadata[name].Value}");
        return metadata;
    }
}
