namespace LeNetServe.Client;

/// <summary>Why a call failed, as far as a caller can act on it.</summary>
public enum LeNetServeErrorKind
{
    /// <summary>The server refused the input: no image, pixels of the wrong size, an option out of range. Sending it again cannot help.</summary>
    InvalidInput,

    /// <summary>The server has no such model or version; the message names those it has.</summary>
    NotFound,

    /// <summary>No token, or a wrong one.</summary>
    Unauthenticated,

    /// <summary>The token is good, and does not allow this.</summary>
    PermissionDenied,

    /// <summary>The server is full; a later try may succeed.</summary>
    Overloaded,

    /// <summary>No server answers, or the one that did is going away; a later try may succeed.</summary>
    Unavailable,

    /// <summary>No answer came within the deadline.</summary>
    DeadlineExceeded,

    /// <summary>The server does not know the call: it is no LeNetServe, or an older one.</summary>
    Unimplemented,

    /// <summary>A fault in the server or on the way.</summary>
    Internal,
}
