namespace LeNetServe.InferenceServer.Access;

/// <summary>The rule that decides on access to an endpoint.</summary>
internal enum AccessRule
{
    /// <summary>Everybody has access. Probes of health have no tokens.</summary>
    Open,

    /// <summary>Access needs one of the inference tokens, if there are any.</summary>
    Inference,

    /// <summary>Access needs one of the control tokens: loading and unloading of models.</summary>
    Control,

    /// <summary>The setting <c>Security:Metrics</c> decides.</summary>
    Metrics,

    /// <summary>The setting <c>Security:Reflection</c> decides.</summary>
    Reflection,
}
