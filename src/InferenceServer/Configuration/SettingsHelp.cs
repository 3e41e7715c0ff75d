using System.Text;

namespace LeNetServe.InferenceServer.Configuration;

/// <summary>Writes <c>--help</c> from the settings that the server reads.</summary>
internal static class SettingsHelp
{
    public static string Write(IEnumerable<Setting> settings)
    {
        var text = new StringBuilder("""
            The LeNetServe inference server.

            Usage: LeNetServe.InferenceServer [--Section:Key value]... [--check]
              --check   validate the configuration and exit (0: sound, 2: not)

            Settings come from appsettings.json, then the environment (Section__Key), then the command line; the last one counts.

            """);
        foreach (var setting in settings)
            text.AppendLine().Append($"  {setting.Key}").AppendLine().Append(
                $"      {setting.Meaning}. Default: {(setting.Default == "" ? "none" : setting.Default)}; {setting.Allowed}.");
        return text.AppendLine().ToString();
    }
}
