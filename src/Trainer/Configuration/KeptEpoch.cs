using System.Text.Json.Serialization;

namespace LeNetServe.Trainer.Configuration;

/// <summary>The epoch whose weights a run keeps.</summary>
internal enum KeptEpoch
{
    /// <summary>The best one on the validation images; the last one without such images.</summary>
    [JsonStringEnumMemberName("best")]
    Best,

    /// <summary>The last one. The validation images measure and calibrate; they do not choose.</summary>
    [JsonStringEnumMemberName("last")]
    Last,
}
