namespace LeNetServe.Trainer.Commands;

/// <summary>
/// Ties this process's life to its parent's: standard input is a pipe that the system closes when the parent ends, however it ends.
/// </summary>
internal static class InputEnd
{
    /// <summary>Cancels <paramref name="source"/> when standard input ends.</summary>
    public static void Cancels(CancellationTokenSource source) => new Thread(() =>
    {
        using var input = Console.OpenStandardInput();
        var buffer = new byte[256];
        while (input.Read(buffer) > 0)
        {
            // The bytes mean nothing; only the end does.
        }
        try
        {
            source.Cancel();
        }
        catch (ObjectDisposedException)
        {
            // The command is over.
        }
    })
    { IsBackground = true, Name = "end of input" }.Start();
}
