#!/usr/bin/env dotnet
// Training speed: this project's loop and, if its script is given, PyTorch eager take turns on the same cores. README.md here says more.
using System.Diagnostics;
using System.Globalization;
using System.Text.Json;

var options = Options.Parse(args);
if (options.PyTorch is { } file && !File.Exists(file))
{
    Console.Error.WriteLine($"error: --pytorch {file}: the file does not exist, expected a script that trains LeNet-5 and prints images/s");
    return 2;
}
// AdamW on the images as they are.
string[] Plain =
[
    "--optimizer", "adamw", "--rotate", "0", "--scale", "0", "--shear", "0", "--shift", "0", "--elastic", "0", "--cutout", "0",
    "--flip", "none",
];
var work = Directory.CreateTempSubdirectory("lenetserve-benchmark-").FullName;
var recipe = Path.Combine(work, "plain.json");
File.WriteAllText(recipe, $$"""
    {
      "dataset": "mnist", "variant": "{{options.Variant}}", "epochs": {{options.Epochs}}, "batch_size": {{options.Batch}},
      "optimizer": "sgd", "nesterov": false, "learning_rate": 0.05, "schedule": "constant", "warm_up": 0, "validation": 0
    }
    """);
Run("dotnet", ["build", "src/Trainer", "-c", "Release", "-v", "quiet", "-nologo"]);
var trainer = Path.GetFullPath(Path.Combine("artifacts", "bin", "Trainer", "release", "LeNetServe.Trainer.dll"));

var pytorch = options.PyTorch is { } given && HasPyTorch() ? given : null;
if (options.PyTorch is not null && pytorch is null)
    Console.WriteLine("PyTorch is not compared: /usr/bin/python3 has no torch or no numpy (Debian's python3-torch and python3-numpy)");

var (ours, theirs, evaluations, recipes) = (new List<double>(), new List<double>(), new List<double>(), new List<double>());
for (var round = 1; round <= options.Rounds; round++)
{
    var (own, evaluation) = Own(round);
    ours.Add(own);
    evaluations.Add(evaluation);
    if (pytorch is not null)
        theirs.Add(PyTorch(pytorch));
    var beside = theirs.Count == round ? $"; PyTorch {theirs[^1]:N0}, ratio {own / theirs[^1]:F2}" : "";
    if (options.Recipe is { } name)
    {
        var whole = Speed(Train($"recipe{round}", ["--recipe", name]));
        var plain = Speed(Train($"plain{round}", ["--recipe", name, .. Plain]));
        recipes.Add(whole / plain);
        beside += $"; recipe {name} {whole:N0}, its network plain {plain:N0}, ratio {recipes[^1]:F2}";
    }
    Console.WriteLine($"round {round}: {own:N0} images/s, evaluation {evaluation:N0}{beside}");
}
if (recipes.Count > 0)
    Console.WriteLine(
        $"recipe {options.Recipe}: median ratio to plain {Median(recipes):F2} ({recipes.Min():F2} to {recipes.Max():F2}; "
        + "aim: at least 0.85)");
var toTraining = Median(evaluations.Zip(ours, (evaluation, own) => evaluation / own));
Console.WriteLine(
    $"median of {options.Rounds}: {Median(ours):N0} images/s, evaluation {Median(evaluations):N0}; "
    + $"median ratio {toTraining:F2} (target: at least 1)");
var missed = toTraining < 1;
if (theirs.Count > 0)
{
    var toPyTorch = Median(ours.Zip(theirs, (own, their) => own / their));
    Console.WriteLine($"median PyTorch: {Median(theirs):N0} images/s; median ratio {toPyTorch:F2} (target: at least 2)");
    missed |= toPyTorch < 2;
}
Directory.Delete(work, recursive: true);
return missed ? 4 : 0;

(double Train, double Evaluate) Own(int round)
{
    var run = Train($"round{round}", ["--recipe", recipe]);
    var evaluated = Run("dotnet", [trainer, "evaluate", "--run", run, "--data", options.Data, "--threads", $"{options.Threads}"]);
    return (Speed(run), Figure(evaluated));
}

string Train(string folder, string[] arguments)
{
    var runs = Path.Combine(work, folder);
    Run("dotnet",
    [
        trainer, "train", .. arguments, "--epochs", $"{options.Epochs}", "--data", options.Data, "--threads", $"{options.Threads}",
        "--out", runs,
    ]);
    return Directory.GetDirectories(runs).Single();
}

static double Speed(string run)
{
    using var last = JsonDocument.Parse(File.ReadLines(Path.Combine(run, "metrics.jsonl")).Last());
    return last.RootElement.GetProperty("images_per_second").GetDouble();
}

double PyTorch(string script) => Figure(Run(
    "/usr/bin/python3",
    [script, options.Data, "--threads", $"{options.Threads}", "--batch", $"{options.Batch}", "--epochs", $"{options.Epochs}"]));

static bool HasPyTorch()
{
    try
    {
        var start = new ProcessStartInfo("/usr/bin/python3", ["-c", "import torch, numpy"]) { RedirectStandardError = true };
        using var python = Process.Start(start)!;
        python.StandardError.ReadToEnd();
        python.WaitForExit();
        return python.ExitCode == 0;
    }
    catch (System.ComponentModel.Win32Exception)
    {
        return false;
    }
}

// The number before the last " images/s".
static double Figure(string output)
{
    var text = output[..output.LastIndexOf(" images/s", StringComparison.Ordinal)];
    return double.Parse(text[(text.LastIndexOf(' ') + 1)..], NumberStyles.Number, CultureInfo.InvariantCulture);
}

static double Median(IEnumerable<double> values)
{
    var sorted = values.Order().ToArray();
    return (sorted[(sorted.Length - 1) / 2] + sorted[sorted.Length / 2]) / 2;
}

static string Run(string program, string[] arguments)
{
    using var process = Process.Start(new ProcessStartInfo(program, arguments) { RedirectStandardOutput = true })!;
    var output = process.StandardOutput.ReadToEnd();
    process.WaitForExit();
    return process.ExitCode == 0
        ? output
        : throw new InvalidOperationException($"{program} {string.Join(' ', arguments)} failed with exit code {process.ExitCode}");
}

internal sealed record Options(string Data, string? PyTorch, string? Recipe, int Rounds, int Epochs, int Batch, int Threads, string Variant)
{
    public static Options Parse(string[] args)
    {
        string? Value(string name) => Array.IndexOf(args, name) is >= 0 and var at && at + 1 < args.Length ? args[at + 1] : null;
        int Number(string name, int otherwise) => Value(name) is { } text ? int.Parse(text, CultureInfo.InvariantCulture) : otherwise;
        return new(
            Path.GetFullPath(
                Value("--data") ?? throw new ArgumentException("--data is missing, expected the folder of MNIST's four files")),
            Value("--pytorch") is { } script ? Path.GetFullPath(script) : null,
            Value("--recipe"),
            Number("--rounds", 5), Number("--epochs", 3), Number("--batch", 128), Number("--threads", 2), Value("--variant") ?? "lenet5");
    }
}
