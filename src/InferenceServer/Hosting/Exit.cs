using LeNetServe.InferenceServer.Configuration;
using LeNetServe.InferenceServer.Errors;
using LeNetServe.InferenceServer.Models;
using LeNetServe.Runtime.Devices;
using LeNetServe.Runtime.Errors;
using LeNetServe.Runtime.Models;

namespace LeNetServe.InferenceServer.Hosting;

/// <summary>The ends of a start that does not serve.</summary>
internal static class Exit
{
    /// <summary>Runs the program. An expected failure is one line on stderr and its exit code; any other exception is a bug.</summary>
    public static async Task<int> GuardAsync(Func<Task<ExitCode>> run)
    {
        try
        {
            return (int)await run();
        }
        catch (Exception exception) when (Expected(exception) is { } failure)
        {
            await Console.Error.WriteLineAsync($"error: {failure.Message}");
            if (failure.Code == ExitCode.Usage)
                await Console.Error.WriteLineAsync("help: lenetserve-serve --help");
            return (int)failure.Code;
        }
    }

    /// <summary>Answers the command line if it asks for a text instead of a server. Throws if the configuration has faults.</summary>
    /// <returns>True if the program is done.</returns>
    public static bool AnswerWithoutServing(CommandLine commandLine, SettingsReader reader, ServerOptions options)
    {
        if (Text(commandLine, reader) is { } text)
        {
            Console.Out.Write(text);
            return true;
        }
        commandLine.RejectUnknown(reader.Settings.Select(setting => setting.Key));
        reader.RejectUnknown();
        RequireDevice(reader, options.Device);
        if (reader.Faults.Count > 0)
            throw Faulty([.. reader.Faults.Select(commandLine.InOptionWords)]);
        if (!commandLine.Has("--check"))
            return false;
        foreach (var note in options.Notes)
            Console.Error.WriteLine($"warning: {commandLine.InOptionWords(note)}");
        CheckModels(options.Models);
        Console.Out.WriteLine("The configuration is sound.");
        return true;
    }

    /// <summary>Gets the failure that a user can act on; null for a bug.</summary>
    public static ExpectedException? Expected(Exception exception) => exception switch
    {
        ExpectedException expected => expected,
        // A configuration file that cannot be parsed. The message names it.
        InvalidDataException or FormatException =>
            new(ExitCode.Usage, exception.InnerException is null
                ? exception.Message
                : $"{exception.Message} {Sentence(JsonFault.MessageOf(exception.GetBaseException()))}", exception),
        _ => exception.GetBaseException() is IOException or UnauthorizedAccessException or System.Net.Sockets.SocketException
            ? new(ExitCode.Trouble, exception is TypeInitializationException
                ? exception.GetBaseException().Message
                : exception.Message, exception)
            : null,
    };

    private static string Sentence(string text) => char.ToUpperInvariant(text[0]) + text[1..];

    private static string? Text(CommandLine commandLine, SettingsReader reader)
    {
        if (commandLine.Has("--help"))
            return SettingsHelp.Write(
                ServerOption.All.Select(option => ($"{option.Name} {option.Value}", option.Meaning)), reader.Settings);
        if (commandLine.Has("--version"))
            return $"lenetserve-serve {ProductVersion.Text}\n";
        if (commandLine.Has("--sample-config"))
            return SettingsSample.Write(reader.Settings);
        return commandLine.ValueOf("--completion") is { } shell ? CompletionScript.Of(shell) : null;
    }

    private static ExpectedException Faulty(IReadOnlyList<string> faults) => new(
        ExitCode.Usage,
        faults.Count == 1
            ? faults[0]
            : $"the configuration has {faults.Count} faults:{string.Concat(faults.Select(fault => $"{Environment.NewLine}  {fault}"))}");

    /// <summary>Warns of each folder that the server passes over. Throws if the folder of models has only such folders.</summary>
    private static void CheckModels(RepositoryOptions repository)
    {
        var models = VersionFolder.ModelsIn(repository, look => LoadingThreads.Within(repository.LoadTimeout, look));
        if (models.Count == 0)
            Console.Error.WriteLine($"warning: no model is in {repository.Path}, expected NAME/1/{ModelFiles.ModelFileName}");
        var servable = 0;
        var versions = new Dictionary<string, IReadOnlyCollection<long>>();
        foreach (var model in models)
        {
            try
            {
                // A folder on a mount that does not answer must not hold up the check.
                var (reason, found) = LoadingThreads.Within(
                    repository.LoadTimeout,
                    () => (VersionFolder.Misplaced(repository, model), VersionFolder.ServableIn(repository, model)));
                versions[model] = found;
                servable += repository.PolicyOf(model).Choose(found).Count > 0 ? 1 : 0;
                if (reason is not null)
                    Console.Error.WriteLine($"warning: something in the folder of model {Excerpt.Of(model)} is not served: {reason}");
            }
            catch (Exception exception) when (exception is IOException or UnauthorizedAccessException or TimeoutException)
            {
                Console.Error.WriteLine($"warning: the folder of model {Excerpt.Of(model)} cannot be read: {exception.Message}");
            }
        }
        foreach (var reason in repository.Unmatched(versions))
            Console.Error.WriteLine($"warning: {reason}");
        if (models.Count > 0 && servable == 0)
            throw new ExpectedException(
                ExitCode.BadInput, $"no model in {repository.Path} can be served, expected NAME/1/{ModelFiles.ModelFileName}");
    }

    private static void RequireDevice(SettingsReader reader, Device device)
    {
        if (device != Device.Cuda)
            return;
        try
        {
            ExecutionProviders.Resolve(device);
        }
        catch (InferenceException exception)
        {
            reader.Fault($"Device is \"cuda\": {exception.Message}");
        }
    }
}
