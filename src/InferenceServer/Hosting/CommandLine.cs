using LeNetServe.InferenceServer.Configuration;

namespace LeNetServe.InferenceServer.Hosting;

/// <summary>The words of the command line that are no settings: <c>--check</c> and <c>--help</c>. All others go to the configuration.</summary>
internal sealed record CommandLine(bool Check, bool Help, string[] Settings)
{
    public static CommandLine Parse(string[] args) => new(
        args.Contains("--check"),
        args.Contains("--help") || args.Contains("-h"),
        [.. args.Where(argument => argument is not ("--check" or "--help" or "-h"))]);

    /// <summary>A fault for each argument that sets nothing: a bare word, or a section that does not exist.</summary>
    public void RejectUnknown(SettingsReader reader)
    {
        var sections = reader.Settings.Select(setting => setting.Key.Split(':')[0]).ToHashSet(StringComparer.OrdinalIgnoreCase);
        for (var index = 0; index < Settings.Length; index++)
        {
            var argument = Settings[index];
            var key = argument.TrimStart('-').Split('=', 2)[0];
            if (argument == key && !argument.Contains('='))
                reader.Fault($"argument \"{argument}\" is not a setting, expected --Section:Key value");
            else if (!sections.Contains(key.Split(':')[0]) && key.Split(':')[0] is not ("Logging" or "environment" or "contentRoot"))
                reader.Fault($"--{key} is not a setting, expected one of the sections {string.Join(", ", sections)}; --help lists them");
            if (!argument.Contains('='))
                index++;
        }
    }
}
