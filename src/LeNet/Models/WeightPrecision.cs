using System.Text.Json.Serialization;

namespace LeNetServe.Models;

/// <summary>The number format that a model file computes in. All but <see cref="Full"/> answer nearly as torch does.</summary>
public enum WeightPrecision
{
    /// <summary>32-bit floats, as in training: every golden image gets torch's best class.</summary>
    [JsonStringEnumMemberName("float32")]
    Full,

    /// <summary>16-bit floats.</summary>
    [JsonStringEnumMemberName("float16")]
    Half,

    /// <summary>Bytes with scales.</summary>
    [JsonStringEnumMemberName("int8")]
    Quantized,
}
