using System.Text.Json.Serialization;

namespace LeNetServe.Trainer.Configuration;

/// <summary>The mirroring of training images.</summary>
internal enum FlipKind
{
    [JsonStringEnumMemberName("none")]
    None,

    /// <summary>Each image with probability ½, anew every epoch.</summary>
    [JsonStringEnumMemberName("random")]
    Random,

    /// <summary>Half of the images at first, then each changes sides every epoch, so that two epochs show every image both ways.</summary>
    [JsonStringEnumMemberName("alternating")]
    Alternating,
}
