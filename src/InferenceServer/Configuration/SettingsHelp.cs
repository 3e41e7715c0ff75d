using System.Text;

namespace LeNetServe.InferenceServer.Configuration;

/// <summary>Writes <c>--help</c> from the settings that the server reads.</summary>
internal static class SettingsHelp
{
    private const int OptionWidth = 28;

    /// <summary>Writes the help.</summary>
    /// <param name="options">Name and meaning of each option with a short name.</param>
    /// <param name="settings">The settings.</param>
    public static string Write(IEnumerable<(string Name, string Meaning)> options, IEnumerable<Setting> settings)
    {
        var text = new StringBuilder("""
            The LeNetServe inference server: gRPC, REST and the Open Inference Protocol.

            Usage: lenetserve-serve [MODELS] [options] [--Section:Key value]...

            MODELS is a folder of models, name/version/model.onnx; ./models by default.

            Examples:
              lenetserve-serve models
              lenetserve-serve models --listen 127.0.0.1 --grpc-port 8001 --http-port 8000 --log json
              lenetserve-serve --config server.json --tls-cert cert.pem --tls-key key.pem --token-file tokens

            Options:

            """);
        foreach (var (name, meaning) in options)
            text.Append("  ").Append(name.PadRight(OptionWidth)).Append(meaning).Append('\n');
        text.Append("""

            Settings come from appsettings.json, the file of --config, the environment (Section__Key) and the command line.
            The last one counts. Paths on the command line and in the environment are relative to the current folder,
            paths in a file to the folder of the file.

            """);
        foreach (var section in settings.GroupBy(setting => setting.Section))
        {
            text.Append('\n').Append(section.Key.Length == 0 ? "Settings" : section.Key).Append(":\n");
            foreach (var setting in section)
            {
                text.Append("  ").Append(setting.Key).Append('\n').Append("      ").Append(setting.Meaning).Append(". Default: ");
                text.Append(setting.Default.Length == 0 ? "none" : setting.Default).Append("; ").Append(setting.Allowed).Append(".\n");
            }
        }
        return text.ToString();
    }
}
