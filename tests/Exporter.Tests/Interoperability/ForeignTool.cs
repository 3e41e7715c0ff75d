using System.ComponentModel;
using System.Diagnostics;
using System.Text.Json;

namespace LeNetServe.Exporter.Tests.Interoperability;

/// <summary>Somebody else's program that opens ONNX files.</summary>
internal sealed record ForeignTool(string Name, string Program, string Script, string Probe)
{
    public static ForeignTool OnnxChecker { get; } = new("onnx.checker", "/usr/bin/python3", "check_onnx.py", "import onnx");

    public static ForeignTool OpenCv { get; } = new("OpenCV DNN", "/usr/bin/python3", "run_opencv.py", "import cv2");

    public static ForeignTool Node { get; } = new("onnxruntime-node", "node", "run_node.mjs", "onnxruntime-node");

    public static ForeignTool Web { get; } = new("onnxruntime-web", "node", "run_web.mjs", "onnxruntime-web");

    public static IReadOnlyList<ForeignTool> All { get; } = [OnnxChecker, OpenCv, Node, Web];

    /// <summary>Skips the test if the tool is not installed.</summary>
    public void Require()
    {
        var there = Program == "node"
            ? Directory.Exists(Path.Combine(Repository.Scripts, "node_modules", Probe)) && Start("--version") is { Code: 0 }
            : Start("-c", Probe) is { Code: 0 };
        if (!there)
            Assert.Skip($"{Name} is not installed here; .ci/install installs it");
    }

    /// <summary>Runs the tool on model versions, one answer each.</summary>
    public IReadOnlyList<ToolAnswer> Run(IReadOnlyList<string> directories)
    {
        var (code, output, error) = Start([Path.Combine(Repository.Scripts, Script), .. directories]);
        var answers = output.Split('\n', StringSplitOptions.RemoveEmptyEntries)
            .Select(line => JsonSerializer.Deserialize<ToolAnswer>(line, ToolAnswer.Json)!).ToList();
        Assert.True(code == 0 && answers.Count == directories.Count,
            $"{Name} ended with {code} after {answers.Count} of {directories.Count} models: {error}");
        return answers;
    }

    private (int Code, string Output, string Error) Start(params string[] arguments)
    {
        var start = new ProcessStartInfo(Program)
        {
            RedirectStandardOutput = true,
            RedirectStandardError = true,
            WorkingDirectory = Repository.Scripts,
        };
        start.Environment["ORT_DISABLE_TELEMETRY"] = "1";
        start.Environment["PYTHONDONTWRITEBYTECODE"] = "1";
        foreach (var argument in arguments)
            start.ArgumentList.Add(argument);
        try
        {
            using var process = Process.Start(start)!;
            var error = process.StandardError.ReadToEndAsync();
            var output = process.StandardOutput.ReadToEnd();
            process.WaitForExit();
            return (process.ExitCode, output, error.Result);
        }
        catch (Win32Exception)
        {
            return (127, "", $"{Program} is not there");
        }
    }
}
