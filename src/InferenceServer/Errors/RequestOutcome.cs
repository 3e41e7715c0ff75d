namespace LeNetServe.InferenceServer.Errors;

/// <summary>The end of a request: the <c>outcome</c> label of the metrics.</summary>
internal enum RequestOutcome
{
    /// <summary>Answered.</summary>
    Ok,

    /// <summary>The request is wrong: a wrong shape, a broken image.</summary>
    Invalid,

    /// <summary>The model or version is not served.</summary>
    NotFound,

    /// <summary>The token is missing or wrong, or the access is switched off.</summary>
    Denied,

    /// <summary>Rejected at once, because the queue is full or the caller is over its rate.</summary>
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
