using System.Globalization;

namespace LeNetServe.InferenceServer.Hosting;

/// <summary>
/// The file descriptors of the process. A server that accepts connections until none is left stops: accept then fails in a loop, and
/// nothing that needs a file works anymore.
/// </summary>
internal static class Descriptors
{
    /// <summary>
    /// The descriptors that are not for connections: assemblies, models, secrets, listeners. An idle server holds about 220.
    /// </summary>
    public const int Reserved = 320;

    /// <summary>The descriptors below which a server is not worth its start.</summary>
    public const int Least = Reserved + 64;

    private const int MostConnections = 10_000;
    private const int Unlimited = 1 << 20;

    /// <summary>Gets the largest number of descriptors that the process may have.</summary>
    public static int Limit { get; } = ReadLimit();

    /// <summary>Refuses a process that may open too few files. Call this first, because even the start needs many.</summary>
    /// <exception cref="ExpectedException">The limit is below <see cref="Least"/>.</exception>
    public static void Require()
    {
        if (Limit < Least)
            throw new ExpectedException(
                ExitCode.Trouble,
                $"the server cannot serve: the process may open {Limit} files, expected {Least} at least (ulimit -n)");
    }

    /// <summary>Gets the default for the connections of each listener.</summary>
    public static int ConnectionsOf(int listeners) => Math.Clamp((Limit - Reserved) / listeners, 1, MostConnections);

    // .NET raises the soft limit to the hard one when it starts.
    private static int ReadLimit()
    {
        const string Limits = "/proc/self/limits";
        if (!File.Exists(Limits))
            return Unlimited;
        var line = File.ReadLines(Limits).FirstOrDefault(line => line.StartsWith("Max open files", StringComparison.Ordinal)) ?? "";
        var words = line.Split(' ', StringSplitOptions.RemoveEmptyEntries);
        return words.Length > 3 && int.TryParse(words[3], NumberStyles.None, CultureInfo.InvariantCulture, out var limit)
            ? Math.Min(limit, Unlimited)
            : Unlimited;
    }
}
