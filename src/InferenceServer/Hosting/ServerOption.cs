namespace LeNetServe.InferenceServer.Hosting;

/// <summary>An option of the command line with a short name. Every setting is also an option under its own name.</summary>
/// <param name="Name">The name, such as <c>--grpc-port</c>.</param>
/// <param name="Value">The placeholder of the value; empty for an option without a value.</param>
/// <param name="Key">The setting that the option sets; empty for an action.</param>
/// <param name="Meaning">The meaning in one line.</param>
/// <param name="Choices">The values to complete, with spaces; empty if the value is free.</param>
internal sealed record ServerOption(string Name, string Value, string Key, string Meaning, string Choices = "")
{
    /// <summary>Gets all options, in the order of the help.</summary>
    public static IReadOnlyList<ServerOption> All { get; } =
    [
        new("--grpc-port", "PORT", "Listen:GrpcPort", "gRPC; 0 takes a free port"),
        new("--http-port", "PORT", "Listen:HttpPort", "REST, health and metrics; 0 takes a free port"),
        new("--listen", "ADDRESS", "Listen:Address", "IP address of both ports, localhost or *"),
        new("--unix-socket", "FILE", "Listen:UnixSocket", "Unix socket for gRPC, beside the ports"),
        new("--device", "DEVICE", "Device", "auto, cpu or cuda", "auto cpu cuda"),
        new("--mode", "MODE", "Models:Mode", "none, poll or explicit: when the folder of models is read again", "none poll explicit"),
        new("--token-file", "FILE", "Security:InferenceTokensFile", "Bearer tokens that calls of models need, one a line"),
        new("--control-token-file", "FILE", "Security:ControlTokensFile", "Bearer tokens for loading and unloading of models"),
        new("--tls-cert", "FILE", "Security:Tls:CertificateFile", "Certificate and its intermediates, PEM"),
        new("--tls-key", "FILE", "Security:Tls:KeyFile", "Private key of the certificate, PEM"),
        new("--tls-client-ca", "FILE", "Security:Tls:ClientAuthoritiesFile", "Authorities of client certificates, PEM"),
        new("--page", "SWITCH", "Page", "on or off: the page at /", "on off"),
        new("--explain", "SWITCH", "Explain", "on or off: calls of Explain, and the inside of the models on the page", "on off"),
        new("--runs", "DIR", "Runs", "Folder of trainings that the page shows as films"),
        new("--image-log", "DIR", "ImageLog:Folder", "Folder for a sample of the images and answers, to label and train with"),
        new("--log", "FORMAT", "Logging:Format", "text, json or systemd", "text json systemd"),
        new("--config", "FILE", "", "JSON file of settings; --sample-config prints one"),
        new("--check", "", "", "Validate the configuration and exit"),
        new("--sample-config", "", "", "Print a commented file of all settings and exit"),
        new("--completion", "SHELL", "", "Print the completion script for bash, zsh, fish or pwsh and exit", "bash zsh fish pwsh"),
        new("--version", "", "", "Print the version and exit"),
        new("--help", "", "", "Print this help and exit"),
    ];
}
