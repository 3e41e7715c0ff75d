namespace LeNetServe.Runtime.Errors;

/// <summary>The expected failures of a request or a model. A server translates every member to its protocols.</summary>
public enum InferenceErrorKind
{
    /// <summary>The request has an unexpected size, type, value or file format. A retry cannot succeed.</summary>
    InvalidInput,

    /// <summary>The request has a content type, a charset or a content coding that the server does not read.</summary>
    UnsupportedMediaType,

    /// <summary>The request is larger than a limit allows.</summary>
    TooLarge,

    /// <summary>The model or version does not exist.</summary>
    NotFound,

    /// <summary>The model exists but cannot answer now: it is loading, failed to load, or the server is stopping.</summary>
    Unavailable,

    /// <summary>The queue is full. A retry a little later may succeed.</summary>
    Overloaded,

    /// <summary>The caller's deadline passed before the answer.</summary>
    DeadlineExceeded,

    /// <summary>The caller canceled the request or disconnected.</summary>
    Cancelled,

    /// <summary>The operation is known, but this server does not offer it.</summary>
    Unsupported,

    /// <summary>The caller has no valid token.</summary>
    Unauthenticated,

    /// <summary>The caller is not allowed to do this.</summary>
    Forbidden,

    /// <summary>The model file, its labels or its golden tensors are broken, or the model cannot compute this input.</summary>
    InvalidModel,

    /// <summary>The requested device is missing.</summary>
    DeviceUnavailable,
}
