using System.Text.Json.Serialization;

namespace LeNetServe.Specs;

/// <summary>The squashing functions.</summary>
public enum ActivationFunction
{
    /// <summary>max(0, a).</summary>
    [JsonStringEnumMemberName("relu")]
    Relu,

    /// <summary>tanh(a).</summary>
    [JsonStringEnumMemberName("tanh")]
    Tanh,

    /// <summary>1.7159·tanh(2a/3), so that f(±1) = ±1 (LeCun et al. 1998, appendix A).</summary>
    [JsonStringEnumMemberName("scaled-tanh")]
    ScaledTanh,

    /// <summary>a·σ(a) with the logistic function σ (Elfwing, Uchibe, Doya 2018; "swish").</summary>
    [JsonStringEnumMemberName("silu")]
    Silu,
}
