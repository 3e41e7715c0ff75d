namespace LeNetServe.Client;

/// <summary>The reasons for a failed call.</summary>
public enum LeNetServeErrorKind
{
    /// <summary>The server rejected the input, such as pixels of the wrong size. A retry cannot succeed.</summary>
    InvalidInput,

    /// <summary>The server does not have the model or version. The message names the served models.</summary>
    NotFound,

    /// <summary>The token is missing or wrong.</summary>
    Unauthenticated,

    /// <summary>The token is valid but does not allow this call.</summary>
    PermissionDenied,

    /// <summary>The server is full. A later call may succeed.</summary>
    Overloaded,

    /// <summary>The server does not answer or is shutting down. A later call may succeed.</summary>
    Unavailable,

    /// <summary>The deadline passed before the answer.</summary>
    DeadlineExceeded,

    /// <summary>The server does not know the call: it is older, or is not LeNetServe.</summary>
    Unimplemented,

    /// <summary>A fault in the server or in the network.</summary>
    Internal,
}
