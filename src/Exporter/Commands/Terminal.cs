using Spectre.Console;

namespace LeNetServe.Exporter.Commands;

/// <summary>Where tables are printed.</summary>
internal static class Terminal
{
    private const int WidthOfAFile = 200;

    /// <summary>The terminal; a file or a pipe gets lines wide enough not to be cut.</summary>
    public static IAnsiConsole Create()
    {
        var console = AnsiConsole.Create(new() { Out = new AnsiConsoleOutput(Console.Out) });
        if (Console.IsOutputRedirected)
            console.Profile.Width = WidthOfAFile;
        return console;
    }
}
