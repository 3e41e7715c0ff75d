namespace LeNetServe.Runtime.Errors;

/// <summary>Every way in which a request or a model can fail without a bug. Closed: the edges translate each member.</summary>
public enum InferenceErrorKind
{
    /// <summary>The request is wrong and stays wrong: another size, type, value or file format than expected.</summary>
    InvalidInput,

    /// <summary>The request is larger than a limit allows.</summary>
    TooLarge,

    /// <summary>No such model or version.</summary>
    NotFound,

    /// <summary>The model exists and does not answer now: it is loading, failed to load, or the server is stopping.</summary>
    Unavailable,

    /// <summary>The queue is full: refused at once, worth trying again a little later.</summary>
    Overloaded,

    /// <summary>The caller's deadline passed before there was an answer.</summary>
    DeadlineExceeded,

    /// <summary>The caller went away.</summary>
    Cancelled,

    /// <summary>The operation is known and not offered here.</summary>
    Unsupported,

    /// <summary>The caller may not do this.</summary>
    Forbidden,

    /// <summary>The model file, its labels or its golden tensors are broken, or it cannot compute this input.</summary>
    InvalidModel,

    /// <summary>The device asked for is not there.</summary>
    DeviceUnavailable,
}
