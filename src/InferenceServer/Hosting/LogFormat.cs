namespace LeNetServe.InferenceServer.Hosting;

/// <summary>The format of the log on stderr.</summary>
internal enum LogFormat
{
    /// <summary>One line for each event, with a time stamp.</summary>
    Text,

    /// <summary>One JSON object for each event.</summary>
    Json,

    /// <summary>One line for each event with the priority of syslog, for journald.</summary>
    Systemd,
}
