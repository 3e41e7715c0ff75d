using System.Text.Json.Serialization;

namespace LeNetServe.Specs;

/// <summary>The value that a pooling window gives.</summary>
public enum PoolingKind
{
    /// <summary>The largest value.</summary>
    [JsonStringEnumMemberName("max")]
    Max,

    /// <summary>The mean.</summary>
    [JsonStringEnumMemberName("average")]
    Average,
}
