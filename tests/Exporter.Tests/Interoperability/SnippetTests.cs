using System.Diagnostics;
using System.Text.RegularExpressions;
using System.Xml.Linq;
using LeNetServe.Models;
using SkiaSharp;

namespace LeNetServe.Exporter.Tests.Interoperability;

public sealed partial class SnippetTests : IDisposable
{
    private readonly TemporaryDirectory temporary = new();

    [Theory]
    [InlineData("onnx-csharp", "classify.cs", "dotnet", "run")]
    [InlineData("onnx-python", "classify.py", "/usr/bin/python3", null)]
    [InlineData("onnx-javascript", "classify.mjs", "node", null)]
    public void Snippet_AsItStandsInTheDocument_NamesTheDigit(string name, string file, string program, string? verb)
    {
        if (name == "onnx-python")
            ForeignTool.OpenCv.Require();
        if (name == "onnx-javascript")
            ForeignTool.Node.Require();
        File.Copy(Path.Combine(Repository.Root, "models/lenet5-mnist/1/model.onnx"), temporary["model.onnx"]);
        File.Copy(Directory.GetFiles(Path.Combine(Repository.Root, "docs/digits/3"), "*.png").Order(StringComparer.Ordinal).First(),
            temporary["digit.png"]);
        if (name == "onnx-csharp")
            File.WriteAllText(temporary["Directory.Build.props"], SolutionsTensors());
        if (name == "onnx-javascript")
            Directory.CreateSymbolicLink(temporary["node_modules"], Path.Combine(Repository.Scripts, "node_modules"));
        File.WriteAllText(temporary[file], Snippet(name));

        var (code, output, error) = Run(program, verb is null ? [file] : [verb, file]);

        if (code != 0 && (error + output).Contains("NU1301", StringComparison.Ordinal))
            Assert.Skip("a package that the snippet needs is not here, and the network is missing");
        Assert.True(code == 0, error + output);
        Assert.StartsWith("3 ", output.Trim().Split('\n')[^1], StringComparison.Ordinal);
    }

    [Fact]
    public void Snippet_OfAColorPhotograph_AnswersAsTorch()
    {
        ForeignTool.OpenCv.Require();
        var model = Path.Combine(Repository.Root, "models/lenet5-cifar10/1");
        File.Copy(Path.Combine(model, "model.onnx"), temporary["model.onnx"]);
        var golden = GoldenTensors.Read(Path.Combine(model, GoldenTensors.FileName));
        // Each pixel becomes 4×4 pixels, so the snippet's resizing gives the golden image again.
        const int Side = 4 * 32;
        using var photo = new SKBitmap(Side, Side);
        for (var pixel = 0; pixel < Side * Side; pixel++)
        {
            var place = (pixel / Side / 4 * 32) + (pixel % Side / 4);
            photo.SetPixel(pixel % Side, pixel / Side, new(golden.Pixels[place], golden.Pixels[1024 + place], golden.Pixels[2048 + place]));
        }
        using (var file = File.Create(temporary["photo.png"]))
            photo.Encode(file, SKEncodedImageFormat.Png, 100);
        File.WriteAllText(temporary["classify.py"], Snippet("onnx-python-color"));

        var (code, output, error) = Run("/usr/bin/python3", ["classify.py"]);

        Assert.True(code == 0, error);
        var probabilities = golden.Probabilities[..golden.Classes];
        var best = Array.IndexOf(probabilities, probabilities.Max());
        Assert.Equal($"{best} {100 * probabilities[best]:0.0}%", output.Trim());
    }

    public void Dispose() => temporary.Dispose();

    private static string Snippet(string name)
    {
        var text = File.ReadAllText(Path.Combine(Repository.Root, "docs", "use-the-onnx.md"));
        return Marked().Matches(text).Single(match => match.Groups[1].Value == name).Groups[2].Value;
    }

    /// <summary>
    /// ONNX Runtime asks for an older System.Numerics.Tensors than the solution takes. With the solution's version the snippet needs no
    /// network after the solution was restored.
    /// </summary>
    private static string SolutionsTensors()
    {
        var versions = XDocument.Load(Path.Combine(Repository.Root, "Directory.Packages.props"));
        var tensors = versions.Descendants("PackageVersion")
            .Single(package => (string?)package.Attribute("Include") == "System.Numerics.Tensors");
        var version = tensors.Attribute("Version")!.Value;
        return $"""
            <Project><ItemGroup>
              <PackageReference Include="System.Numerics.Tensors" Version="{version}" />
            </ItemGroup></Project>
            """;
    }

    private (int Code, string Output, string Error) Run(string program, string[] arguments)
    {
        var start = new ProcessStartInfo(program, arguments)
        {
            RedirectStandardOutput = true,
            RedirectStandardError = true,
            WorkingDirectory = temporary.Path,
        };
        start.Environment["ORT_DISABLE_TELEMETRY"] = "1";
        start.Environment["DOTNET_CLI_TELEMETRY_OPTOUT"] = "1";
        start.Environment["MSBUILDDISABLENODEREUSE"] = "1";
        // The test runner sets these for its own process; the program that is built here must not see them.
        start.Environment.Remove("MSBuildSDKsPath");
        start.Environment.Remove("MSBUILD_EXE_PATH");
        using var process = Process.Start(start)!;
        var error = process.StandardError.ReadToEndAsync();
        var output = process.StandardOutput.ReadToEnd();
        process.WaitForExit();
        return (process.ExitCode, output, error.Result);
    }

    [GeneratedRegex("<!-- test: ([\\w-]+) -->\n```\\w+\n(.*?)```", RegexOptions.Singleline)]
    private static partial Regex Marked();
}
