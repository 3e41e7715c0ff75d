using Spectre.Console;

namespace LeNetServe.Exporter.Commands;

/// <summary>The console for tables.</summary>
internal static class Terminal
{
    private const int WidthOfAFile = 200;

    /// <summary>Creates the console. A file or a pipe gets lines wide enough for a whole row.</summary>
    public static IAnsiConsole Create(TextWriter output)
    {
        var console = AnsiConsole.Create(new() { Out = new AnsiConsoleOutput(output) });
        if (Console.IsOutputRedirected)
            console.Profile.Width = WidthOfAFile;
        return console;
    }
}
