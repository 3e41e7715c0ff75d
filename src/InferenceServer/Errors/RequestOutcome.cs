namespace LeNetServe.InferenceServer.Errors;

/// <summary>How a request ended: the <c>outcome</c> label of the metrics.</summary>
internal enum RequestOutcome
{
    /// <summary>Answered.</summary>
    Ok,

    /// <summary>The caller's fault: a wrong shape, a broken image.</summary>
    Invalid,

    /// <summary>No such model or version.</summary>
    NotFound,

    /// <summary>No token, a wrong one, or a closed door.</summary>
    Denied,

    /// <summary>Turned away at once because the queue is full or the caller over its rate.</summary>
    Refused,

    /// <summary>The caller went away.</summary>
    Cancelled,

    /// <summary>The caller's deadline passed.</summary>
    Deadline,

    /// <summary>The model or the server was not ready.</summary>
    Unavailable,

    /// <summary>The server's fault.</summary>
    Error,
}
