#!/usr/bin/env dotnet
// Packs the four programs for this machine and installs them as .NET tools.
//
//     dotnet run install.cs                              # for this user: ~/.dotnet/tools
//     dotnet run install.cs -- --tool-path DIR           # into a folder
//     dotnet run install.cs -- --uninstall               # undoes it; with --tool-path DIR in that folder
//     dotnet run install.cs -- --help
#:property PublishAot=false

using System.Diagnostics;

(string Project, string Tool)[] programs =
[
    ("Trainer", "lenetserve-train"),
    ("Exporter", "lenetserve-export"),
    ("InferenceServer", "lenetserve-serve"),
    ("BatchScorer", "lenetserve-score"),
];

var root = (string)AppContext.GetData("EntryPointFileDirectoryPath")!;
var packages = Path.Combine(root, "artifacts", "packages");
var uninstall = false;
string? folder = null;
for (var index = 0; index < args.Length; index++)
{
    if (args[index] is "--help" or "-h")
    {
        Console.WriteLine("""
            Packs the four programs for this machine and installs them as .NET tools.

            Usage: dotnet run install.cs -- [options]

              --tool-path DIR  Install into this folder. Default: for this user, ~/.dotnet/tools
              --uninstall      Undo it; with --tool-path DIR in that folder
              --help           Print this help

            Examples:
              dotnet run install.cs
              dotnet run install.cs -- --tool-path tools
              dotnet run install.cs -- --uninstall
            """);
        return 0;
    }
    if (args[index] == "--uninstall")
        uninstall = true;
    else if (args[index] == "--tool-path" && index + 1 < args.Length && args[index + 1].Length > 0)
        folder = Path.GetFullPath(args[++index]);
    else
        return Fail($"\"{args[index]}\" is not known, expected --tool-path DIR, --uninstall or --help", 2);
}
// The name that build/Tool.props gives to a package. The runtime's own name may be that of a distribution, such as debian.12-x64.
if (!Dotnet(["msbuild", Path.Combine(root, "src", "Trainer"), "-getProperty:NETCoreSdkPortableRuntimeIdentifier"], out var platform))
    return Fail($"the platform was not found: {platform}", 5);
platform = platform.Trim();
string[] place = folder is null ? ["--global"] : ["--tool-path", folder];
if (uninstall)
{
    var gone = programs.Count(program => Dotnet(["tool", "uninstall", Package(program.Project), .. place], out _));
    Console.WriteLine(gone == 0 ? "nothing was installed" : $"{gone} tools were uninstalled");
    return 0;
}

if (Directory.Exists(packages))
    Directory.Delete(packages, recursive: true);
Directory.CreateDirectory(packages);
var sources = Path.Combine(packages, "nuget.config");
File.WriteAllText(sources, $"""
    <configuration><packageSources><clear /><add key="packed" value="{packages}" /></packageSources></configuration>
    """);
Console.WriteLine("packs and installs four programs; the first time this takes minutes, because libtorch alone is a large download");
foreach (var (project, tool) in programs)
{
    Console.WriteLine($"{tool}: packing for {platform}, about a minute …");
    // The rules for the sources are for those who change them.
    string[] pack =
        ["pack", Path.Combine(root, "src", project), "-c", "Release", "-o", packages, "-nologo", "-v", "q", "-p:RunAnalyzers=false"];
    // Native code starts fastest, and then code that is compiled ahead. The compilers are packages, which an offline machine may not have,
    // and native code needs a linker (clang or gcc) besides.
    string[] native = project == "BatchScorer" ? ["-p:PublishAot=true"] : [];
    var said = "";
    if (!native.Append("-p:PublishReadyToRun=true").Any(ahead => Dotnet([.. pack, ahead], out said)) && !Dotnet(pack, out said))
        return Fail($"{project} was not packed: {said}", 5);
    _ = Dotnet(["tool", "uninstall", Package(project), .. place], out _);
    if (!Dotnet(["tool", "install", Package(project), .. place, "--configfile", sources], out said))
        return Fail($"{tool} was not installed: {said}", 5);
    Console.WriteLine($"{tool}: installed, {Bytes(project) / 1e6:0} MB");
}
Directory.Delete(packages, recursive: true);

var target = folder ?? Path.Combine(Environment.GetFolderPath(Environment.SpecialFolder.UserProfile), ".dotnet", "tools");
if (!(Environment.GetEnvironmentVariable("PATH") ?? "").Split(Path.PathSeparator).Contains(target))
{
    Console.WriteLine($"{target} is not in PATH: put it there, or call the tools by their path");
    if (!OperatingSystem.IsWindows())
        Console.WriteLine($"next: export PATH=\"$PATH:{target}\"");
}
Console.WriteLine("next: lenetserve-train train --dataset strokes --epochs 3");
return 0;

string Package(string project) => $"LeNetServe.{project}.{platform}";

long Bytes(string project)
{
    var tools = folder ?? Path.Combine(Environment.GetFolderPath(Environment.SpecialFolder.UserProfile), ".dotnet", "tools");
    return Directory.EnumerateFiles(Path.Combine(tools, ".store", Package(project).ToLowerInvariant()), "*", SearchOption.AllDirectories)
        .Sum(file => new FileInfo(file).Length);
}

bool Dotnet(string[] arguments, out string said)
{
    var start = new ProcessStartInfo("dotnet", arguments) { RedirectStandardOutput = true, RedirectStandardError = true };
    // The package cache of this machine may have an older package of the same version.
    if (arguments[0] == "tool")
        start.Environment["NUGET_PACKAGES"] = Path.Combine(packages, "cache");
    using var process = Process.Start(start)!;
    var error = process.StandardError.ReadToEndAsync();
    said = process.StandardOutput.ReadToEnd() + error.Result;
    process.WaitForExit();
    return process.ExitCode == 0;
}

static int Fail(string message, int code)
{
    Console.Error.WriteLine($"error: {message.Trim()}");
    return code;
}
